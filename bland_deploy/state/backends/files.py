"""A folder as a store, to the last fsync: for one machine, or committed to git by people.

A file is written under a temporary name, synced, linked to its name (which fails where the name exists), and then the
folder is synced. After a failed sync nothing is known about the file, so it is given up and never synced again.
"""

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import takewhile
from pathlib import Path

from bland_deploy.state.backends.locks import locked
from bland_deploy.state.backends.words import in_plain_words, links_needed, store_failed
from bland_deploy.state.store import StoreFailed

ROOM = 4096
_FULL = {errno.ENOSPC, errno.EDQUOT}
_TEMPORARY = ".tmp-"
_RESERVED = ".reserved"
"""A folder beside entries: what is counted for each of them must not be looked for among all of them."""


def sync(descriptor: int) -> None:
    """Bring a file or folder to the disk. On macOS fsync stops at the drive's cache, so its stronger form is used."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # pragma: no cover - macOS
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


class FileStore:
    """The names are paths below a folder; files have mode 0600 and folders 0700."""

    def __init__(self, root: Path, *, sync: Callable[[int], None] = sync) -> None:
        self._root = root
        self._sync = sync

    @property
    def location(self) -> str:
        return str(self._root)

    def read(self, name: str) -> bytes | None:
        path = self._path(name)
        with in_plain_words("read", path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                self._refuse_a_dangling_root()
                return None

    def names(self, prefix: str) -> list[str]:
        folder = self._path(prefix) if prefix else self._root
        with in_plain_words("list", folder):
            try:
                folder.stat()
            except FileNotFoundError:
                self._refuse_a_dangling_root()
                return []
            return sorted(path.relative_to(self._root).as_posix() for path in _visible(folder))

    def create(self, name: str, data: bytes) -> bool:
        return self.create_in_turn([(name, data)]) == 1

    def create_in_turn(self, files: Sequence[tuple[str, bytes]]) -> int:
        paths = [(self._path(name), data) for name, data in files]
        with ExitStack() as leftovers:
            written = self._all_written(paths, leftovers)
            created = list(takewhile(_linked, zip(written, (path for path, _ in paths), strict=True)))
        for folder in dict.fromkeys(path.parent for _, path in created):
            with in_plain_words("write", folder):
                self._sync_folder(folder)
        return len(created)

    def put(self, blobs: Mapping[str, bytes]) -> None:
        paths = {self._path(name): data for name, data in blobs.items()}
        for path, data in paths.items():
            with ExitStack() as leftovers:
                created = _linked((self._written(path, data, leftovers), path))
            with in_plain_words("write", path):
                if not created and path.read_bytes() != data:
                    raise StoreFailed(f"{path} exists with other content", help="`bland-deploy state verify` says more")
        for folder in dict.fromkeys(path.parent for path in paths):
            with in_plain_words("write", folder):
                self._sync_folder(folder)

    def reserve(self, prefix: str, count: int) -> None:
        folder = self._path(prefix) / _RESERVED
        with in_plain_words("reserve space in", folder):
            self._make_folder(folder)
            for _ in range(count - len(_files(folder))):
                _allocate(folder / secrets.token_hex(8))

    @contextmanager
    def lock(self, prefix: str, timeout: float) -> Iterator[None]:
        folder = self._path(prefix)
        with ExitStack() as held:
            with in_plain_words("lock", folder):
                self._make_folder(folder)
                held.enter_context(locked(folder / ".lock", timeout))
            _clear(folder)
            held.callback(_clear, folder)
            yield

    # ------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        if any(not part or part.startswith(".") for part in name.removesuffix("/").split("/")):
            raise ValueError(f"not a name of a store: {name!r}")
        return self._root / name

    def _refuse_a_dangling_root(self) -> None:
        """A link to a disk that is not there must not look like a state that has not begun."""
        if self._root.is_dir():
            return
        for folder in (self._root, *self._root.parents):
            if folder.is_symlink() and not folder.exists():
                raise StoreFailed(f"{folder} is a link to nowhere", help="bring back what it points to")

    def _all_written(self, paths: Sequence[tuple[Path, bytes]], leftovers: ExitStack) -> list[Path]:
        """Each of many files as `_written`. Where that fails for all together, it may still work one by one."""
        if len(paths) > 1:
            with suppress(OSError):
                return self._synced_at_the_end(paths, leftovers)
        return [self._written(path, data, leftovers) for path, data in paths]

    def _synced_at_the_end(self, paths: Sequence[tuple[Path, bytes]], leftovers: ExitStack) -> list[Path]:
        """All are written before the first is synced, so that the disk works for all of them at once."""
        temporaries, descriptors = list[Path](), list[int]()
        with ExitStack() as still_there, ExitStack() as still_open:
            for path, data in paths:
                self._make_folder(path.parent)
                temporaries.append(path.parent / (_TEMPORARY + secrets.token_hex(8)))
                descriptors.append(os.open(temporaries[-1], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                still_open.callback(os.close, descriptors[-1])
                still_there.callback(temporaries[-1].unlink, missing_ok=True)
                _put_down(descriptors[-1], data)
            for descriptor in descriptors:
                self._sync(descriptor)
            leftovers.enter_context(still_there.pop_all())
        return temporaries

    def _written(self, path: Path, data: bytes, leftovers: ExitStack) -> Path:
        """What a file is to hold, whole and synced under a temporary name, which goes when the stack ends."""
        with in_plain_words("write", path):
            self._make_folder(path.parent)
            temporary = self._write_temporary(path.parent, data)
        leftovers.callback(temporary.unlink, missing_ok=True)
        return temporary

    def _write_temporary(self, folder: Path, data: bytes) -> Path:
        path = folder / (_TEMPORARY + secrets.token_hex(8))
        try:
            self._write_new(path, data)
        except OSError as error:
            if error.errno not in _FULL or len(data) > ROOM or not self._take_reserved(path):
                raise
            self._overwrite(path, data)
        return path

    def _write_new(self, path: Path, data: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _put_down(descriptor, data)
            self._sync(descriptor)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)

    def _overwrite(self, path: Path, data: bytes) -> None:
        """Write into a file that has its space on the disk already, which a full disk cannot refuse."""
        descriptor = os.open(path, os.O_WRONLY)
        try:
            _put_down(descriptor, data)
            self._sync(descriptor)
            os.ftruncate(descriptor, len(data))
            self._sync(descriptor)
        finally:
            os.close(descriptor)

    def _take_reserved(self, path: Path) -> bool:
        """Rename one of the reserved files; a rename is won by one, and needs no space."""
        for reserved in _files(path.parent / _RESERVED):
            try:
                reserved.rename(path)
            except FileNotFoundError:  # pragma: no cover - another thread took it
                continue
            return True
        return False

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            if not folder.is_dir():
                raise store_failed("make", folder, NotADirectoryError(errno.ENOTDIR, "")) from None
        self._sync_folder(folder.parent)

    def _sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._sync(descriptor)
        finally:
            os.close(descriptor)


def _put_down(descriptor: int, data: bytes) -> None:
    written = 0
    while written < len(data):
        written += os.write(descriptor, data[written:])


def _linked(written: tuple[Path, Path]) -> bool:
    """Make a file appear under its name, or say False where the name exists."""
    temporary, path = written
    with in_plain_words("write", path), links_needed(path):
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    return True


def _allocate(path: Path) -> None:
    """A new file of ROOM bytes whose space the disk has set aside."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, ROOM)
        else:  # pragma: no cover - macOS
            os.write(descriptor, bytes(ROOM))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _clear(folder: Path) -> None:
    """Remove what a killed run left behind: only under the lock, where nobody else writes. It can also stay."""
    with suppress(OSError):
        for place in (folder, *(path for path in folder.iterdir() if path.is_dir())):
            reserved = place / _RESERVED
            for leftover in (*_files(place, _TEMPORARY), *_files(reserved)):
                leftover.unlink(missing_ok=True)
            if reserved.is_dir():
                reserved.rmdir()


def _visible(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as found:
        for item in found:
            if item.name.startswith("."):
                continue
            if item.is_dir():
                yield from _visible(Path(item.path))
            else:
                yield Path(item.path)


def _files(folder: Path, beginning: str = "") -> list[Path]:
    """The files in a folder whose names begin so; none where there is no folder."""
    try:
        with os.scandir(folder) as found:
            return [Path(item.path) for item in found if item.name.startswith(beginning)]
    except FileNotFoundError:
        return []


def remove_logs(root: Path) -> None:
    """Remove every log of a folder store, for environments whose provider is a sandbox. Other folders are let be."""
    for folder in root.iterdir() if root.is_dir() else ():
        if (folder / "manifest.json").is_file() or (folder / "log").is_dir():
            shutil.rmtree(folder)
