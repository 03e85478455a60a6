import select
import signal

from tests.chaos.warm import warming


def test_a_process_that_has_ended_can_be_signalled_until_the_next_one_starts(tmp_path):
    with warming(tmp_path / "warm") as warm:
        running = warm.start("rules")
        assert select.select([warm.answers], [], [], 60)[0]
        running.signal(signal.SIGKILL)
        assert running.wait().code == 0
        running = warm.start("no-such-command")
        assert running.wait().code == 3
