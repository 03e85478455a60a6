"""Bringing files into their canonical form, whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.documents.files import Unreadable, decode, read_bytes
from bland_deploy.documents.rewrite import rewrite
from bland_deploy.errors import InvalidInput


class Formatted(NamedTuple):
    """A file by the name that messages use: its text, the canonical one, and what is wrong where there is none."""

    name: str
    before: str = ""
    after: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether the canonical text is another one."""
        return self.after is not None and self.after != self.before


def format_file(path: Path, name: str) -> Formatted:
    """The canonical text of a file, which is only read; links are followed."""
    target = Path(os.path.realpath(path))
    content = read_bytes(target.parent, target.name)
    return _failed(content, name) if isinstance(content, Unreadable) else format_bytes(content, name)


def format_bytes(content: bytes, name: str) -> Formatted:
    """The canonical text of a file's content."""
    text = decode(content, name)
    if isinstance(text, Unreadable):
        return _failed(text, name)
    written = rewrite(text, name)
    return Formatted(name, text, written.text, written.diagnostics)


def _failed(problem: Unreadable, name: str) -> Formatted:
    return Formatted(name, diagnostics=(problem.diagnostic(Place(name)),))


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file's, at once and durably, with the same permissions; links are followed.

    InvalidInput where that cannot be done; then the file is as it was.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    try:
        with target.open("r+b") as file:  # refuses what this user may not write, which a rename would not
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        _write(temporary, text, mode)
        temporary.replace(target)
    except OSError as problem:
        reason = (problem.strerror or "the disk refuses").lower()
        raise InvalidInput(f"{path} cannot be written: {reason}", help="the file is as it was") from problem
    finally:
        with suppress(OSError):
            temporary.unlink()


def _write(path: Path, text: str, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode())
        path.chmod(mode)
        file.flush()
        os.fsync(descriptor)
