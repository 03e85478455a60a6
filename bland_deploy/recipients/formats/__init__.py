"""The file formats of lists: one module each, and one line each in this table."""

import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bland_deploy.recipients.formats import csv, json, jsonl
from bland_deploy.recipients.formats.listing import Listing, Read
from bland_deploy.recipients.text import LONGEST_LINE


class Format(NamedTuple):
    """How a list is read: its columns where a header names them, its rows, and how long a line may be (bytes)."""

    columns: Callable[[io.TextIOWrapper, Listing], tuple[str, ...] | None]
    rows: Callable[[io.TextIOWrapper, Listing], Iterator[Read]]
    longest_line: int = LONGEST_LINE
    delimiter: str | None = None


def _no_header(_text: io.TextIOWrapper, _listing: Listing) -> None:
    """JSON names the columns in each row."""


FORMATS = {
    ".csv": Format(csv.columns, csv.rows, delimiter=","),
    ".tsv": Format(csv.columns, csv.rows, delimiter="\t"),
    ".json": Format(_no_header, json.rows, longest_line=json.LARGEST),
    ".jsonl": Format(_no_header, jsonl.rows),
    ".ndjson": Format(_no_header, jsonl.rows),
}
