"""The formats of lists: one module each, and one line each in this table."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from bland_deploy.recipients.formats import csv, excel, json, jsonl, parquet
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Listing, Read
from bland_deploy.recipients.text import LONGEST_LINE


class Text(NamedTuple):
    """How a list is read that is text: its columns where a header names them, its rows, and how long a line may be.

    `pieces`, if there, gives the rows in lumps.
    """

    columns: Callable[[io.TextIOWrapper, Listing], tuple[str, ...] | None]
    rows: Callable[[io.TextIOWrapper, Listing], Iterator[Read]]
    longest_line: int = LONGEST_LINE  # bytes
    delimiter: str | None = None
    pieces: Callable[[io.TextIOWrapper, Listing], Iterator[Lump | Read]] | None = None


class Table(NamedTuple):
    """How a list is read that is no text: its columns and its rows, out of a file that can be sought."""

    columns: Callable[[BinaryIO, Listing], tuple[str, ...] | None]
    rows: Callable[[BinaryIO, Listing], Iterator[Read]]
    has_sheets: bool = False


def _no_header(_text: io.TextIOWrapper, _listing: Listing) -> None:
    """JSON names the columns in each row."""


FORMATS: dict[str, Text | Table] = {
    ".csv": Text(csv.columns, csv.rows, delimiter=",", pieces=csv.pieces),
    ".tsv": Text(csv.columns, csv.rows, delimiter="\t", pieces=csv.pieces),
    ".json": Text(_no_header, json.rows, longest_line=json.LARGEST),
    ".jsonl": Text(_no_header, jsonl.rows),
    ".ndjson": Text(_no_header, jsonl.rows),
    ".parquet": Table(parquet.columns, parquet.rows),
    ".xlsx": Table(excel.columns, excel.rows, has_sheets=True),
}
