"""One apply at once by several processes without any lock, all let go at the same moment; prints their exit codes.

The lock only saves work: the log alone must decide. Run as a script: BOOKS ROOT RUNNERS.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.crashes import driver

driver.WatchedStore.lock = lambda _store, _prefix, _timeout: contextlib.nullcontext()


def race(books, root, runners):
    ready, go = os.pipe(), os.pipe()
    children = []
    for _ in range(runners):
        child = os.fork()
        if child == 0:
            os.close(go[1])
            os.write(ready[1], b".")
            os.read(go[0], 1)  # the end of the pipe: everybody is ready
            os._exit(driver.end_of(books, root, driver.Hook()))
        children.append(child)
    for _ in children:
        os.read(ready[0], 1)
    os.close(go[1])
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(race(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
