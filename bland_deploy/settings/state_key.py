"""The key under which people are remembered: 32 random bytes, in a variable or in a file that git ignores."""

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from bland_deploy.diagnostics import Diagnostic, Place, warning
from bland_deploy.errors import AuthenticationFailed
from bland_deploy.settings.target import OWN_FOLDER
from bland_deploy.settings.variables import STATE_KEY, Variables

STATE_KEY_FILE = f"{OWN_FOLDER}/state.key"
_FORM = re.compile(r"[0-9a-fA-F]{64}")
_BYTES = 32


def read_state_key(root: Path, variables: Variables) -> bytes | None:
    """The 32 bytes of the state key: BLAND_DEPLOY_STATE_KEY, else the workspace's file; None where neither is.

    Raises AuthenticationFailed for one of a wrong form.
    """
    text = variables.get(STATE_KEY)
    source = f"the environment variable {STATE_KEY}"
    if not text:
        source = STATE_KEY_FILE
        try:
            text = (root / STATE_KEY_FILE).read_text("ascii")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as problem:
            raise AuthenticationFailed(f"the state key cannot be read from {source}") from problem
    if not _FORM.fullmatch(text.strip()):
        raise AuthenticationFailed(
            f"{source} does not hold a state key: 64 hexadecimal digits",
            help="put the key back that the state was made with; another one would make everybody look new",
        )
    return bytes.fromhex(text.strip())


def state_key_warnings(root: Path, variables: Variables) -> tuple[Diagnostic, ...]:
    """A warning where others may read the file of the state key."""
    if variables.get(STATE_KEY):
        return ()
    try:
        mode = (root / STATE_KEY_FILE).stat().st_mode
    except OSError:
        return ()
    if os.name != "posix" or not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ()
    return (
        warning(
            "readable-state-key",
            "other users may read the state key, and with it tell who was called",
            Place(STATE_KEY_FILE),
            f"chmod 600 {STATE_KEY_FILE}",
        ),
    )


def write_state_key(root: Path) -> bytes:
    """Makes the state key where there is none, durable and readable by this user only; returns the key that is there.

    Of two that make it at once both get the same. Raises AuthenticationFailed where it cannot be written.
    """
    try:
        folder = make_own_folder(root)
        _create(folder, "state.key", os.urandom(_BYTES).hex() + "\n")
    except OSError as problem:
        reason = (problem.strerror or "the disk refuses").lower()
        raise AuthenticationFailed(
            f"the state key cannot be written to {STATE_KEY_FILE}: {reason}",
            help=f"make the folder writable, or set {STATE_KEY}",
        ) from problem
    key = read_state_key(root, {})
    assert key is not None
    return key


def make_own_folder(root: Path) -> Path:
    """The workspace's folder for what is never committed, made with a `.gitignore` where it is missing."""
    folder = root / OWN_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / ".gitignore").exists():
        _create(folder, ".gitignore", "*\n")
    return folder


def _create(folder: Path, name: str, text: str) -> None:
    """A file that appears whole or not at all, and never in place of one that is there."""
    temporary = folder / f".{name}.{os.getpid()}.{os.urandom(4).hex()}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("ascii"))
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(temporary, folder / name)
    finally:
        temporary.unlink()
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
