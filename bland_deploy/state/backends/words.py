"""What an operating system's error means for somebody who keeps state in a folder."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bland_deploy.state.store import StoreFailed

_CAUSES = {
    errno.ENOSPC: ("the disk is full", "free some space and run again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run again"),
    errno.EFBIG: ("the file would be larger than this system allows", "raise the limit on file sizes (ulimit -f)"),
    errno.EROFS: ("the file system is read-only", "keep the state where this user can write"),
    errno.EACCES: ("permission is denied", "give this user the right to read and write there"),
    errno.EPERM: ("the operation is not permitted", "give this user the right to read and write there"),
    errno.EIO: ("the disk reports an error", "check the disk, and bring the state back from git or a backup"),
    errno.ENOTDIR: ("a file stands where a folder is needed", "move it away, or choose another folder as `state`"),
    errno.EISDIR: ("a folder stands where a file is needed", "move it away; the log holds files only"),
    errno.ENAMETOOLONG: ("the path is too long", "choose a shorter folder as `state`"),
    errno.ELOOP: ("its links lead in a circle", "choose another folder as `state`"),
    errno.ENOLCK: ("this file system cannot lock", "keep the state on a local disk"),
}
_UNEXPECTED = ("the system reports {0}", "see that the folder of the state can be read and written")
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}


def store_failed(action: str, path: Path | str, error: OSError) -> StoreFailed:
    """The failure as a sentence: what could not be done, where, why; and the way out."""
    cause, help_ = _CAUSES.get(error.errno or 0, _UNEXPECTED)
    return StoreFailed(
        f"cannot {action} {path}: {cause.format(error.strerror)}", help=help_, outcome="what the log holds is unchanged"
    )


@contextmanager
def in_plain_words(action: str, path: Path | str) -> Iterator[None]:
    """Turn any OSError inside into StoreFailed."""
    try:
        yield
    except OSError as error:
        raise store_failed(action, path, error) from error


@contextmanager
def links_needed(path: str) -> Iterator[None]:
    """Turn the refusal of a hard link into StoreFailed: without it a file could appear half-written, or twice."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        raise StoreFailed(
            f"cannot create {path}: this file system cannot create a file only if it is absent (no hard links)",
            help="keep the state on a local disk",
        ) from error
