"""A folder as a store, to the last fsync: for one machine, or committed to git by people.

A file is written under a temporary name, synced, linked to its name (which fails where the name exists), and then the
folder is synced. After a failed sync nothing is known about the file, so it is given up and never synced again.
"""

import errno
import itertools
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import takewhile
from pathlib import Path

from bland_deploy.state.backends.disk import (
    ROOM,
    allocate,
    changed,
    content,
    files,
    folders,
    open_new,
    put_down,
    sync,
    unlink,
    visible,
)
from bland_deploy.state.backends.locks import locked
from bland_deploy.state.backends.words import in_plain_words, links_needed, store_failed
from bland_deploy.state.store import StoreFailed

_NAME = re.compile(r"(?:[^./][^/]*/)*[^./][^/]*/?")
_OURS, _NUMBERS = secrets.token_hex(8), itertools.count()
_FULL = {errno.ENOSPC, errno.EDQUOT}
_TEMPORARY = ".tmp-"
_RESERVED = ".reserved"
"""A folder beside entries: what is counted for each of them must not be looked for among all of them."""


class FileStore:
    """The names are paths below a folder; files have mode 0600 and folders 0700."""

    def __init__(self, root: Path, *, sync: Callable[[int], None] = sync) -> None:
        self._root = root
        self._sync = sync
        self._reserved = dict[str, tuple[int | None, int]]()
        """Folders of reserved files, with when they were changed last and how many files were there."""

    @property
    def location(self) -> str:
        return str(self._root)

    def read(self, name: str) -> bytes | None:
        path = self._path(name)
        with in_plain_words("read", path):
            try:
                return content(path)
            except FileNotFoundError:
                self._refuse_a_dangling_root()
                return None

    def names(self, prefix: str) -> list[str]:
        folder = self._path(prefix) if prefix else str(self._root)
        with in_plain_words("list", folder):
            try:
                os.stat(folder)
            except FileNotFoundError:
                self._refuse_a_dangling_root()
                return []
            return sorted(path.removeprefix(f"{self._root}/") for path in visible(folder))

    def create(self, name: str, data: bytes) -> bool:
        return self.create_in_turn([(name, data)]) == 1

    def create_in_turn(self, files: Sequence[tuple[str, bytes]]) -> int:
        paths = [(self._path(name), data) for name, data in files]
        with ExitStack() as leftovers:
            written = self._all_written(paths, leftovers)
            created = [path for _, path in takewhile(_linked, zip(written, (path for path, _ in paths), strict=True))]
        self._sync_folders(created)
        return len(created)

    def put(self, blobs: Mapping[str, bytes]) -> None:
        paths = {self._path(name): data for name, data in blobs.items()}
        for path, data in paths.items():
            with ExitStack() as leftovers:
                created = _linked((self._written(path, data, leftovers), path))
            with in_plain_words("write", path):
                if not created and content(path) != data:
                    raise StoreFailed(f"{path} exists with other content", help="`bland-deploy state verify` says more")
        self._sync_folders(paths)

    def reserve(self, prefix: str, count: int) -> None:
        folder = f"{self._path(prefix)}/{_RESERVED}"
        with in_plain_words("reserve space in", folder):
            if self._reserved.get(folder) == (changed(folder), count):
                return
            self._make_folder(folder)
            for _ in range(count - len(files(folder))):
                allocate(f"{folder}/{secrets.token_hex(8)}")
            self._reserved[folder] = changed(folder), count

    @contextmanager
    def lock(self, prefix: str, timeout: float) -> Iterator[None]:
        folder = self._path(prefix)
        with ExitStack() as held:
            with in_plain_words("lock", folder):
                self._make_folder(folder)
                held.enter_context(locked(Path(folder, ".lock"), timeout))
            _clear(folder)
            held.callback(_clear, folder)
            yield

    # ------------------------------------------------------------------

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name of a store: {name!r}")
        return f"{self._root}/{name.removesuffix('/')}"

    def _refuse_a_dangling_root(self) -> None:
        """A link to a disk that is not there must not look like a state that has not begun."""
        if self._root.is_dir():
            return
        for folder in (self._root, *self._root.parents):
            if folder.is_symlink() and not folder.exists():
                raise StoreFailed(f"{folder} is a link to nowhere", help="bring back what it points to")

    def _all_written(self, paths: Sequence[tuple[str, bytes]], leftovers: ExitStack) -> list[str]:
        """Each of many files as `_written`. Where that fails for all together, it may still work one by one."""
        if len(paths) > 1:
            with suppress(OSError):
                return self._synced_at_the_end(paths, leftovers)
        return [self._written(path, data, leftovers) for path, data in paths]

    def _synced_at_the_end(self, paths: Sequence[tuple[str, bytes]], leftovers: ExitStack) -> list[str]:
        """All are written before the first is synced, so that the disk works for all of them at once."""
        temporaries, descriptors = list[str](), list[int]()
        with ExitStack() as still_there, ExitStack() as still_open:
            for path, data in paths:
                temporaries.append(_temporary(path))
                descriptors.append(self._open_new(temporaries[-1]))
                still_open.callback(os.close, descriptors[-1])
                still_there.callback(unlink, temporaries[-1])
                put_down(descriptors[-1], data)
            for descriptor in descriptors:
                self._sync(descriptor)
            leftovers.enter_context(still_there.pop_all())
        return temporaries

    def _written(self, path: str, data: bytes, leftovers: ExitStack) -> str:
        """What a file is to hold, whole and synced under a temporary name, which goes when the stack ends."""
        temporary = _temporary(path)
        with in_plain_words("write", path):
            self._write_temporary(temporary, data)
        leftovers.callback(unlink, temporary)
        return temporary

    def _write_temporary(self, path: str, data: bytes) -> None:
        try:
            self._write_new(path, data)
        except OSError as error:
            if error.errno not in _FULL or len(data) > ROOM or not _take_reserved(path):
                raise
            self._reserved.clear()
            self._overwrite(path, data)

    def _write_new(self, path: str, data: bytes) -> None:
        descriptor = self._open_new(path)
        try:
            put_down(descriptor, data)
            self._sync(descriptor)
        except OSError:
            unlink(path)
            raise
        finally:
            os.close(descriptor)

    def _open_new(self, path: str) -> int:
        """A file that was not there, and the folders above it."""
        try:
            return open_new(path)
        except FileNotFoundError:
            self._make_folder(os.path.dirname(path))
        return open_new(path)

    def _overwrite(self, path: str, data: bytes) -> None:
        """Write into a file that has its space on the disk already, which a full disk cannot refuse."""
        descriptor = os.open(path, os.O_WRONLY)
        try:
            put_down(descriptor, data)
            self._sync(descriptor)
            os.ftruncate(descriptor, len(data))
            self._sync(descriptor)
        finally:
            os.close(descriptor)

    def _make_folder(self, folder: str) -> None:
        if os.path.isdir(folder):
            return
        self._make_folder(os.path.dirname(folder) or ".")
        try:
            os.mkdir(folder, mode=0o700)
        except FileExistsError:
            if not os.path.isdir(folder):
                raise store_failed("make", folder, NotADirectoryError(errno.ENOTDIR, "")) from None
        self._sync_folder(os.path.dirname(folder) or ".")

    def _sync_folders(self, paths: Iterable[str]) -> None:
        """The folders in which these lie."""
        for folder in dict.fromkeys(map(os.path.dirname, paths)):
            with in_plain_words("write", folder):
                self._sync_folder(folder)

    def _sync_folder(self, folder: str) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._sync(descriptor)
        finally:
            os.close(descriptor)


def _temporary(path: str) -> str:
    """A name of nothing yet, beside a path."""
    return f"{os.path.dirname(path)}/{_TEMPORARY}{_OURS}-{next(_NUMBERS)}"


def _take_reserved(path: str) -> bool:
    """Rename one of the reserved files; a rename is won by one, and needs no space."""
    for reserved in files(f"{os.path.dirname(path)}/{_RESERVED}"):
        try:
            os.rename(reserved, path)
        except FileNotFoundError:  # pragma: no cover - another thread took it
            continue
        return True
    return False


def _linked(written: tuple[str, str]) -> bool:
    """Make a file appear under its name, or say False where the name exists."""
    temporary, path = written
    with in_plain_words("write", path), links_needed(path):
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    return True


def _clear(folder: str) -> None:
    """Remove what a killed run left behind: only under the lock, where nobody else writes. It can also stay."""
    with suppress(OSError):
        for place in (folder, *folders(folder)):
            reserved = f"{place}/{_RESERVED}"
            for leftover in (*files(place, _TEMPORARY), *files(reserved)):
                unlink(leftover)
            if os.path.isdir(reserved):
                os.rmdir(reserved)


def remove_logs(root: Path) -> None:
    """Remove every log of a folder store, for environments whose provider is a sandbox. Other folders are let be."""
    for folder in root.iterdir() if root.is_dir() else ():
        if (folder / "manifest.json").is_file() or (folder / "log").is_dir():
            shutil.rmtree(folder)
