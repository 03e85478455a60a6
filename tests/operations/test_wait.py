"""Waiting for batches, by a clock that only the wait moves, and what the end is worth."""

import pytest

from bland_deploy.client.connection import Clock
from bland_deploy.errors import AuthenticationFailed, ExitCode, Unavailable
from bland_deploy.model.statuses import BatchReport
from bland_deploy.operations.wait import Allowed, Glance, judge, wait, watch

DONE = BatchReport("hello", "1", "v2", "b-1", "completed", 100, 90, 10, final=True)
RUNNING = DONE._replace(batch_id="b-2", status="in_progress", successful=None, failed=None, final=False)
SHORT = DONE._replace(batch_id="b-3", status="completed_partial")
FAILED = DONE._replace(batch_id="b-4", status="failed")
HELD = BatchReport("hello", "1", "v2", None, "held", 5)


class Provider:
    """Answers with one thing after the other, an exception by raising it; the last one stays."""

    def __init__(self, *answers):
        self.answers, self.asked, self.time = list(answers), [], 0.0
        self.clock = Clock(monotonic=lambda: self.time, sleep=self.pass_time)

    def pass_time(self, seconds):
        self.time += seconds

    def __call__(self, known):
        self.asked.append(known)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait(self, seconds=1000.0, interval=10.0):
        return list(wait(watch(self, lambda: self.clock.sleep(interval)), self.clock, seconds))


def test_it_ends_at_the_first_look_that_finds_everything_final():
    provider = Provider((RUNNING, DONE), (RUNNING, DONE), (DONE, DONE), (RUNNING,))
    assert [len(glance.pending) for glance in provider.wait()] == [1, 1, 0]
    assert provider.time == 20.0


def test_each_look_is_told_what_the_one_before_found():
    provider = Provider((RUNNING,), (DONE,))
    provider.wait()
    assert provider.asked == [(), (RUNNING,)]


def test_it_ends_when_the_time_is_over():
    provider = Provider((RUNNING,))
    glances = provider.wait(seconds=35.0)
    assert (len(glances), provider.time) == (5, 40.0)
    assert judge(glances[-1], None)[0] == ExitCode.UNAVAILABLE


def test_nothing_sent_is_no_reason_to_wait():
    assert Provider(()).wait() == [Glance(())]


def test_a_provider_that_is_away_for_a_while_ends_nothing():
    provider = Provider(Unavailable("it is down"), (RUNNING,), Unavailable("it is down"), (DONE,))
    glances = provider.wait()
    assert [glance.trouble for glance in glances] == ["it is down", None, "it is down", None]
    assert [glance.reports for glance in glances] == [(), (RUNNING,), (RUNNING,), (DONE,)]


def test_a_provider_that_stays_away_ends_as_unavailable():
    glances = Provider(Unavailable("it is down")).wait(seconds=30.0)
    assert judge(glances[-1], None) == (
        ExitCode.UNAVAILABLE,
        "the time is over, and the provider could not be asked: it is down",
    )


def test_a_refused_key_ends_it_at_once():
    with pytest.raises(AuthenticationFailed):
        Provider((RUNNING,), AuthenticationFailed("no")).wait()


@pytest.mark.parametrize(
    ("reports", "allowed", "code"),
    [
        ((), None, ExitCode.DONE),
        ((DONE,), None, ExitCode.DONE),
        ((DONE,), Allowed(10), ExitCode.DONE),
        ((DONE,), Allowed(9), ExitCode.PARTIAL),
        ((DONE, DONE), Allowed(10, percent=True), ExitCode.DONE),
        ((DONE, DONE), Allowed(9.9, percent=True), ExitCode.PARTIAL),
        ((DONE, SHORT), None, ExitCode.PARTIAL),
        ((DONE, FAILED), Allowed(1000), ExitCode.PARTIAL),
        ((DONE, SHORT, RUNNING), None, ExitCode.UNAVAILABLE),
        ((DONE, SHORT, RUNNING, HELD), None, ExitCode.UNKNOWN),
    ],
)
def test_the_gravest_finding_is_the_exit_code(reports, allowed, code):
    assert judge(Glance(tuple(reports)), allowed)[0] == code
