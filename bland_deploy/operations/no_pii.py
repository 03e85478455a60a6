"""Looking through files for lists of people and phone numbers, before they get where others can read them."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.recipients.exposure import find_listed, find_numbers

_MOST_SHOWN = 10
_TABLES = {".csv": ",", ".tsv": "\t"}
_OPAQUE = re.compile(r"\.(?:xlsx?|ods|parquet|feather|avro|(?:csv|tsv|jsonl?|ndjson)\.(?:gz|bz2|xz|zst|zip))$")
_KEEP_OUT = "keep it out of git (a line in .gitignore) and let the campaign name where it lies; made-up people may stay"
_ALLOW = (
    "use a number set aside for fiction, such as +14155550100, or write `bland-deploy: allow-phone REASON` beside it"
)


def check_files(folder: Path, names: Sequence[str], country: str) -> list[Diagnostic]:
    """What must not get out, file by file; `names` are relative to the folder."""
    return [found for name in names for found in check_file(folder, name, country)]


def check_file(folder: Path, name: str, country: str) -> Iterator[Diagnostic]:
    """What must not get out of one file. Files that are gone, and what is no text, hold nothing that we can see."""
    if _OPAQUE.search(name.casefold()):
        message = "a table that cannot be looked into may be a list of people"
        yield error("exposed-list", message, Place(name), f"{_KEEP_OUT}, or exclude the file from this check")
        return
    text = _text(folder / name)
    delimiter = _TABLES.get(Path(name).suffix.casefold())
    listed = find_listed(text, delimiter, country) if delimiter else []
    if listed:
        count = f"{len(listed):,} people with phone numbers" if len(listed) > 1 else "a person with a phone number"
        yield error("exposed-list", f"the list holds {count}", Place(name, listed[0]), _KEEP_OUT)
        return
    spots = list(find_numbers(text, country))
    for spot in spots[:_MOST_SHOWN]:
        yield error("exposed-number", "this may be a real person's phone number", Place(name, *spot), _ALLOW)
    if len(spots) > _MOST_SHOWN:
        more = f"{len(spots) - _MOST_SHOWN:,} more phone numbers follow in this file"
        yield error("exposed-number", more, Place(name, spots[_MOST_SHOWN].line))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except OSError:
        content = b""
    return "" if b"\0" in content else content.decode("utf-8", "replace")
