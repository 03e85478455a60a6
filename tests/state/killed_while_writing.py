"""Write logs in children that are killed at random moments; print how each ended and how much it had acknowledged."""

import os
import random
import select
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bland_deploy.state.backends.files import FileStore
from tests.state.building import begun, with_claim


def write_until_killed(folder, pipe):
    log = begun(FileStore(folder))
    while True:
        log, _ = with_claim(log, [log.number])
        os.write(pipe, b".")


def trial(folder, seconds):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        write_until_killed(folder, writing)
    select.select([reading], [], [])  # the log is begun and its first entry written
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(writing)
    acknowledged = 0
    while dots := os.read(reading, 65536):
        acknowledged += len(dots)
    os.close(reading)
    sys.stdout.write(f"{status} {acknowledged}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    place, trials = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(7)
    for number in range(trials):
        trial(place / str(number), chance.uniform(0, 0.03))
