"""A new log in the place of a damaged one, in a folder store. The old one is kept, and nothing is ever overwritten.

The new log is written whole beside the old one. Then the old manifest goes aside, then part by part the old makes place
for the new, whose manifest comes last: a crash leaves a log that has lost its beginning, never one that seems empty.
"""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bland_deploy.state.backends.disk import sync
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.backends.words import in_plain_words

Rename = Callable[[Path, Path], object]

_KEPT = ".damaged"
_WRITING = ".replacing"
_READY = ".ready"
_MANIFEST = "manifest.json"
_FOLDERS = ("keys", "texts", "log")


def replace_log(
    root: Path, campaign: str, label: str, build: Callable[[FileStore], None], rename: Rename = Path.rename
) -> Path:
    """Put the log that `build` writes in the place of a campaign's, and give where the old one is kept.

    `label` tells what is kept now from what was kept before. Raises StoreFailed.
    """
    writing, ready = root / _WRITING / label, root / _READY
    build(FileStore(writing))
    with in_plain_words("replace the log in", root / campaign):
        for folder in _FOLDERS:
            (writing / campaign / folder).mkdir(mode=0o700, exist_ok=True)
        ready.mkdir(mode=0o700, exist_ok=True)
        _move(writing / campaign, ready / campaign, rename)
        _remove_empty(writing, writing.parent)
    finish_replacement(root, campaign, label, rename)
    return _kept(root, campaign, label)


def finish_replacement(root: Path, campaign: str, label: str, rename: Rename = Path.rename) -> bool:
    """Go on with a replacement that was interrupted; whether there was one. Raises StoreFailed."""
    ready, place, kept = root / _READY / campaign, root / campaign, _kept(root, campaign, label)
    if not ready.exists():
        return False
    with in_plain_words("replace the log in", place):
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (place / _MANIFEST).exists() and (ready / _MANIFEST).exists():
            _move(place / _MANIFEST, kept / _MANIFEST, rename)
        for part in (*_FOLDERS, _MANIFEST):
            if (ready / part).exists():
                if (place / part).exists():
                    _move(place / part, kept / part, rename)
                _move(ready / part, place / part, rename)
        _remove_empty(ready, ready.parent)
    return True


def _remove_empty(*folders: Path) -> None:
    for folder in folders:
        with suppress(OSError):  # somebody else's are in it
            folder.rmdir()


def _kept(root: Path, campaign: str, label: str) -> Path:
    return root / _KEPT / f"{campaign}-{label}"


def _move(source: Path, target: Path, rename: Rename) -> None:
    """Rename, durably. What is there already is never replaced by it."""
    if target.exists():
        raise FileExistsError(errno.EEXIST, "what is kept there would be overwritten", str(target))
    rename(source, target)
    for folder in (source.parent, target.parent):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            sync(descriptor)
        finally:
            os.close(descriptor)
