"""What a probe has created and not yet stopped, on disk before it is sent: a killed one can be tidied up after.

It lies in the workspace's own folder, which is never committed, and holds ids alone.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bland_deploy.errors import DeployError
from bland_deploy.settings.state_key import make_own_folder
from bland_deploy.settings.target import OWN_FOLDER
from bland_deploy.state.backends.locks import locked

_FOLDER = "probe"


class Left(NamedTuple):
    """A create of an earlier probe: `batch_id` is None where its answer was not recorded."""

    api: str
    attempt: str
    batch_id: str | None


class Journal:
    """An open journal. `left` is what an earlier probe did not get to the end of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.left = _read(path)

    def begin(self, api: str, attempt: str) -> None:
        """Record, durably, that a create is about to be sent."""
        self._append({"api": api, "attempt": attempt})

    def created(self, api: str, attempt: str, batch_id: str) -> None:
        """Record which batch it became."""
        self._append({"api": api, "attempt": attempt, "batch_id": batch_id})

    def forget(self) -> None:
        """Everything is stopped, and nothing has to be tidied up."""
        with _in_plain_words():
            self._path.unlink(missing_ok=True)
        self.left = ()

    def _append(self, line: dict[str, str]) -> None:
        with _in_plain_words():
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, json.dumps(line).encode() + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


@contextmanager
def open_journal(root: Path, environment: str) -> Iterator[Journal]:
    """The journal of an environment, held alone. Raises Locked while another probe holds it."""
    with ExitStack() as held:
        with _in_plain_words():
            folder = make_own_folder(root) / _FOLDER
            folder.mkdir(mode=0o700, exist_ok=True)
            held.enter_context(locked(folder / ".lock", 0.0))
            journal = Journal(folder / _name(environment))
        yield journal


def left_by_probes(root: Path, environment: str) -> tuple[Left, ...]:
    """What a probe of an environment has created and did not get to stop, or is still at. Raises DeployError."""
    with _in_plain_words():
        return _read(root / OWN_FOLDER / _FOLDER / _name(environment))


def _name(environment: str) -> str:
    return f"{environment.replace('/', '_')}.jsonl"


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        reason = (problem.strerror or "the disk refuses").lower()
        message = f"what a probe creates cannot be written down or read: {reason}"
        raise DeployError(message, help="make the workspace writable") from problem


def _read(path: Path) -> tuple[Left, ...]:
    """Every create in the order of the file. A line that a kill cut off was not followed by a send."""
    if not path.exists():
        return ()
    found: dict[str, Left] = {}
    for line in path.read_text("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
            left = Left(entry["api"], entry["attempt"], entry.get("batch_id"))
        except (ValueError, KeyError, TypeError):
            continue
        found[left.attempt] = left
    return tuple(found.values())
