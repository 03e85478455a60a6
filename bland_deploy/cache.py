"""What lint found in campaigns, remembered by the content of every file that it depends on.

A campaign's findings are used again only where each of its files still has the very content, and the program, its rules
and all that it was told are the same: content decides, never a time. Whatever cannot be kept or read is as if it never
was. It holds no cell of a list: findings quote none.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from bland_deploy import __version__
from bland_deploy.diagnostics import Diagnostic, Place, Severity
from bland_deploy.documents.discover import WORKSPACE_FILE, find_campaigns
from bland_deploy.documents.files import PRIVATE_FOLDERS, Unreadable, resolve

FOLDER = ".bland-deploy/cache"
_FORMAT = 1
_MOST_FILES = 8
_PIECE = 1 << 17
_DECIDING = ("_ruamel_yaml", "holidays", "jinja2", "phonenumbers", "pydantic", "tzdata")
_READING = ("backports.zstd", "pyarrow", "python_calamine")
"""Libraries on whose version findings may depend, and on whether they are there at all."""

Inputs = Mapping[str, str]
Stamp = tuple[int, int, int, int]


class Known(NamedTuple):
    """What is remembered of one campaign: its files by SHA-256, its file and id, findings, and texts with comments."""

    inputs: Inputs
    named: tuple[str, str | None, Place | None]
    found: tuple[Diagnostic, ...]
    texts: tuple[str, ...]


class Whole(NamedTuple):
    """A run over all campaigns: the globs that named them, and everything that was found."""

    globs: tuple[str, ...]
    names: tuple[str, ...]
    found: tuple[Diagnostic, ...]


@dataclass
class Cache:
    """The findings under one key. `hashes` are contents of files as they are now, each read once.

    `folders` are the paths of those that were looked at; None for one that files may not be read from.
    """

    root: Path
    file: Path
    campaigns: dict[str, Known] = field(default_factory=dict)
    whole: Whole | None = None
    hashes: dict[str, str | None] = field(default_factory=dict)
    folders: dict[str, str | None] = field(default_factory=dict)

    def campaign(self, name: str) -> Known | None:
        """What is known of a campaign, if nothing that it depends on has changed."""
        known = self.campaigns.get(name)
        return known if known is not None and self._is_current(known.inputs) else None

    def everything(self) -> Whole | None:
        """What was found in all campaigns, if they are the same ones and nothing of them has changed."""
        whole = self.whole
        if whole is None or tuple(find_campaigns(self.root, whole.globs)) != whole.names:
            return None
        known = [self.campaigns.get(name) for name in whole.names]
        return whole if all(one is not None and self._is_current(one.inputs) for one in known) else None

    def hash(self, name: str) -> str | None:
        """SHA-256 (hex) of a file of the workspace; None for one that cannot be read."""
        if name not in self.hashes:
            self.hashes[name] = self._quick_hash(name) or hash_of(self.root, name)
        return self.hashes[name]

    def _quick_hash(self, name: str) -> str | None:
        """The same of a file that is no link, in a folder that was looked at before; else None."""
        folder, slash, last = name.rpartition("/")
        key = folder + slash
        if key not in self.folders:
            path = resolve(self.root, folder) if slash else self.root
            self.folders[key] = None if isinstance(path, Unreadable) else str(path)
        place = self.folders[key]
        if place is None or last in {"", ".", ".."} or "\0" in last or last.casefold() in PRIVATE_FOLDERS:
            return None
        return _read_hash(f"{place}/{last}", os.O_NOFOLLOW)

    def keep(self, anew: Mapping[str, Known | None], whole: Whole | None) -> None:
        """Remember what was found anew, and a run over all campaigns; a disk that refuses is no failure."""
        before = {name: known for name, known in self.campaigns.items() if name not in anew}
        self.campaigns = before | {name: known for name, known in anew.items() if known is not None}
        if whole is not None:
            self.campaigns = {name: self.campaigns[name] for name in whole.names if name in self.campaigns}
        if anew or whole != self.whole:
            self.whole = whole
            self._save()

    def _save(self) -> None:
        with suppress(OSError):
            folder = self.file.parent
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
            partial = self.file.with_name(f"{self.file.name}.{os.getpid()}")
            partial.write_text(json.dumps(_written(self), separators=(",", ":")))
            partial.replace(self.file)
            for old in sorted(folder.glob("lint-*.json"), key=lambda path: path.stat().st_mtime)[:-_MOST_FILES]:
                old.unlink(missing_ok=True)

    def _is_current(self, inputs: Inputs) -> bool:
        return all(self.hash(name) == digest for name, digest in inputs.items())


def open_cache(root: Path, told: Sequence[object]) -> Cache:
    """The findings of runs that were told the same, by the same program. Empty where there are none."""
    key = sha256(repr([_FORMAT, *_program(), *told]).encode()).hexdigest()[:16]
    cache = Cache(root, root / FOLDER / f"lint-{key}.json")
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
        content = json.loads(cache.file.read_bytes())
        cache.campaigns = {name: _known(one) for name, one in content["campaigns"].items()}
        whole = content["whole"]
        cache.whole = whole and Whole(tuple(whole[0]), tuple(whole[1]), _read_found(whole[2]))
    return cache


def _program() -> list[object]:
    """What the findings of the same files depend on: this program, file by file, and its libraries."""
    facts: list[object] = [__version__, sys.version]
    package = Path(__file__).parent
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
        facts += [(name, stamp_of(f"{folder}/{name}")) for name in sorted(files) if not name.endswith(".pyc")]
    return [*facts, *map(_library, (*_DECIDING, *_READING))]


def _library(name: str) -> Stamp | None:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # of the package that it would be in
        return None
    return stamp_of(spec.origin) if spec is not None and spec.origin else None


def stamp_of(path: Path | str) -> Stamp | None:
    """What changes with a file: its size, times and number; None where it is not there."""
    try:
        status = os.stat(path)  # noqa: PTH116 - of a text, without making a Path of it
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def hash_of(root: Path, name: str) -> str | None:
    """SHA-256 (hex) of a file of a workspace; None for one that cannot be read."""
    path = resolve(root, name)
    return None if isinstance(path, Unreadable) else _read_hash(str(path))


def _read_hash(path: str, flags: int = 0) -> str | None:
    try:
        # a named pipe would otherwise wait for a writer for ever
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    except (OSError, ValueError):
        return None
    hasher = sha256()
    try:
        while piece := os.read(descriptor, _PIECE):
            hasher.update(piece)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return hasher.hexdigest()


def _written(cache: Cache) -> dict[str, Any]:
    campaigns = {
        name: [dict(one.inputs), one.named, _write_found(one.found), one.texts] for name, one in cache.campaigns.items()
    }
    whole = cache.whole
    return {"campaigns": campaigns, "whole": whole and [whole.globs, whole.names, _write_found(whole.found)]}


class _Written(NamedTuple):
    """A diagnostic as JSON has it."""

    rule: str
    severity: str
    message: str
    place: tuple[str | None, int | None, int | None]
    help: str | None
    ignored: str | None


def _write_found(found: Iterable[Diagnostic]) -> list[_Written]:
    return [
        _Written._make((item.rule, item.severity, item.message, item.place, item.help, item.ignored)) for item in found
    ]


def _read_found(written: Iterable[Sequence[Any]]) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(item.rule, Severity(item.severity), item.message, Place(*item.place), item.help, item.ignored)
        for item in map(_Written._make, written)
    )


def _known(written: Sequence[Any]) -> Known:
    inputs, (name, id_, place), found, texts = written
    return Known(inputs, (name, id_, place and Place(*place)), _read_found(found), tuple(texts))


def depends_on(cache: Cache, read: Inputs, lists: Mapping[str, Stamp | None]) -> dict[str, str] | None:
    """The files of a campaign by content: of those that were `read` it is known, `lists` are read here.

    None where one cannot be read, or a list is not as it was when its stamp was taken, so that nothing is remembered.
    """
    inputs = {WORKSPACE_FILE: cache.hash(WORKSPACE_FILE), **read}
    for name, stamp in lists.items():
        inputs[name] = hash_of(cache.root, name)
        if stamp is None or stamp != stamp_of(cache.root / name):
            return None
    known = {name: digest for name, digest in inputs.items() if digest is not None}
    return known if len(known) == len(inputs) else None
