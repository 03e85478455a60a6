"""Reading files inside the jail: every path in the user's files is relative to the workspace and may not leave it."""

import os
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import NOWHERE, Diagnostic, Place, error

MAX_BYTES = 1024 * 1024
# What git and the tool keep for themselves: state keys and credentials lie there.
PRIVATE_FOLDERS = frozenset({".git", ".bland-deploy"})
_ROOM = 4096
"""Bytes for which there is room where a file says that it has less."""

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


class Unreadable(NamedTuple):
    """Why a file could not be read. `place` is set where the mistake lies inside the file."""

    rule: str
    message: str
    help: str | None = None
    place: Place | None = None

    def diagnostic(self, named_at: Place = NOWHERE) -> Diagnostic:
        """The error to show: inside the file if the mistake is there, else where the file is named."""
        return error(self.rule, self.message, self.place or named_at, self.help)


def resolve(root: Path, name: str) -> Path | Unreadable:
    """The path of a file named relative to the workspace, or why it may not be read (symlinks are followed)."""
    if not name or "\0" in name:
        return Unreadable("unreadable-file", "the path of the file is empty or holds a NUL character")
    parts = name.split("/")
    if name.startswith("/") or _leaves(root, parts):
        return Unreadable(
            "outside-workspace",
            f"{name} lies outside the workspace",
            "every path is relative to the folder of bland-deploy.yaml and stays inside it; move the file there",
        )
    if any(part.casefold() in PRIVATE_FOLDERS for part in parts):
        return Unreadable(
            "outside-workspace",
            f"{name} lies in a folder that is not part of the workspace's files",
            "files of .git and .bland-deploy are never read as input; keep it elsewhere in the workspace",
        )
    return root / name


def read_bytes(root: Path, name: str, limit: int = MAX_BYTES) -> bytes | Unreadable:
    """The content of a file of at most `limit` bytes, named relative to the workspace."""
    path = resolve(root, name)
    if isinstance(path, Unreadable):
        return path
    try:
        # a named pipe would otherwise wait for a writer for ever
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as problem:
        return _unopened(name, problem)
    try:
        return _read_open(descriptor, name, limit)
    except OSError as problem:
        return _unopened(name, problem)
    finally:
        os.close(descriptor)


def read_text(root: Path, name: str, limit: int = MAX_BYTES) -> str | Unreadable:
    """The text of a UTF-8 file, kept to the byte (a byte order mark and carriage returns included)."""
    content = read_bytes(root, name, limit)
    return content if isinstance(content, Unreadable) else decode(content, name)


def decode(content: bytes, name: str) -> str | Unreadable:
    """UTF-8 bytes as text, or the line and column of what is not UTF-8."""
    if content.startswith(_WIDE_MARKS):
        return Unreadable("wrong-encoding", f"{name} is UTF-16 or UTF-32", "save it as UTF-8", Place(name))
    zero = content.find(b"\0")
    if zero >= 0:
        return Unreadable(
            "binary-file",
            f"{name} is not text: it holds a NUL byte",
            "name a text file; a text in UTF-16 must be saved as UTF-8",
            _place_of_byte(content, zero, name),
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        byte = content[problem.start]
        return Unreadable(
            "wrong-encoding",
            f"{name} is not UTF-8: byte 0x{byte:02x} at offset {problem.start}",
            "save the file as UTF-8",
            _place_of_byte(content, problem.start, name),
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the workspace's texts, each once, and remembers what was read.

    `digests` holds the SHA-256 (hex) of every file read through this reader, by name, and `asked` the names of those
    that could not be read as well; texts are shared with the readers made by `again`, so that one run sees one content
    of a file.
    """

    root: Path
    digests: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    _texts: dict[str, tuple[str | Unreadable, str | None]] = field(default_factory=dict, repr=False)

    def again(self) -> "Reader":
        """A reader of the same texts with digests of its own."""
        return Reader(self.root, _texts=self._texts)

    def text(self, name: str) -> str | Unreadable:
        """The text of a file, to the byte, or why it cannot be read."""
        self.asked.add(name)
        known = self._texts.get(name)
        if known is None:
            content = read_bytes(self.root, name)
            known = (
                (content, None)
                if isinstance(content, Unreadable)
                else (decode(content, name), sha256(content).hexdigest())
            )
            self._texts[name] = known
        text, digest = known
        if digest is not None:
            self.digests[name] = digest
        return text

    def text_or_none(self, name: str) -> str | None:
        """The text of a file, or None where it cannot be read."""
        text = self.text(name)
        return None if isinstance(text, Unreadable) else text


def _leaves(root: Path, parts: list[str]) -> bool:
    """Whether a path leads out of the root. Only symlinks and `..` need the slow way of resolving."""
    path = str(root)
    for part in parts:
        path = f"{path}/{part}"
        if part == ".." or os.path.islink(path):  # noqa: PTH114 - Path.is_symlink raises for names that are too long
            whole = Path(os.path.realpath(root.joinpath(*parts)))
            inside = Path(os.path.realpath(root))
            return not whole.is_relative_to(inside) or any(
                step.casefold() in PRIVATE_FOLDERS for step in whole.relative_to(inside).parts
            )
    return False


def _read_open(descriptor: int, name: str, limit: int) -> bytes | Unreadable:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        return Unreadable("unreadable-file", f"{name} is a folder, not a file", "name a file")
    if not stat.S_ISREG(status.st_mode):
        return Unreadable("unreadable-file", f"{name} is not a regular file", "name a regular file")
    # room for all that could be there would have to be made first, which takes longer than to read a small file
    room = max(status.st_size + 1, _ROOM)
    chunks = []
    size = 0
    while size <= limit and (chunk := os.read(descriptor, min(room, limit + 1 - size))):
        chunks.append(chunk)
        size += len(chunk)
    if size > limit:
        return Unreadable(
            "file-too-large",
            f"{name} is larger than {limit:,} bytes",
            "keep lists of people in files of their own (`recipients.file`) and split long texts",
        )
    return b"".join(chunks)


def _unopened(name: str, problem: OSError | ValueError) -> Unreadable:
    if isinstance(problem, FileNotFoundError | NotADirectoryError):
        return Unreadable("unreadable-file", f"{name} does not exist", "paths start at the folder of bland-deploy.yaml")
    if isinstance(problem, PermissionError):
        return Unreadable("unreadable-file", f"{name} may not be read by this user", "check the file's permissions")
    reason = (getattr(problem, "strerror", None) or "its name cannot be used here").lower()
    return Unreadable("unreadable-file", f"{name} cannot be read: {reason}")


def _place_of_byte(content: bytes, offset: int, name: str) -> Place:
    before = content[:offset]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    return Place(name, line, column)
