"""Parquet, streamed: one batch of rows is in memory at a time, of the columns' types as they are in the file."""

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any, BinaryIO

from bland_deploy.recipients.broken import damaged, needs_extra
from bland_deploy.recipients.formats.header import check_header
from bland_deploy.recipients.formats.listing import Listing, Read
from bland_deploy.recipients.formats.table import Numbered, make_rows

_ROWS = 8192  # of a batch


def columns(file: BinaryIO, listing: Listing) -> tuple[str, ...] | None:
    """The names of the schema, or None where `rows` will find fault with them."""
    names = tuple(_open(file, listing).schema_arrow.names)
    return None if check_header(names, listing) else names


def rows(file: BinaryIO, listing: Listing) -> Iterator[Read]:
    """The rows, numbered from 1."""
    opened = _open(file, listing)
    names = opened.schema_arrow.names
    mistakes = check_header(names, listing)
    if mistakes:
        yield from mistakes
        return
    yield from make_rows(names, _numbered(opened, listing), listing)


def _numbered(opened: Any, listing: Listing) -> Iterator[Numbered]:
    arrow = _library("pyarrow", listing)
    line = 1
    try:
        for batch in opened.iter_batches(batch_size=_ROWS):
            cells = [_in_microseconds(arrow, column).to_pylist(maps_as_pydicts="strict") for column in batch.columns]
            yield from enumerate(zip(*cells, strict=True), line)
            line += batch.num_rows
    except (arrow.ArrowException, OSError, KeyError) as problem:
        raise damaged(listing.name, "the Parquet file") from problem


def _in_microseconds(arrow: Any, column: Any) -> Any:
    """Times as Python has them. Nanoseconds are cut off, not rounded, whoever reads them."""
    kind = column.type
    if arrow.types.is_timestamp(kind) and kind.unit == "ns":
        return column.cast(arrow.timestamp("us", kind.tz), safe=False)
    return column.cast(arrow.time64("us"), safe=False) if arrow.types.is_time64(kind) else column


def _open(file: BinaryIO, listing: Listing) -> Any:
    parquet, arrow = _library("pyarrow.parquet", listing), _library("pyarrow", listing)
    try:
        return parquet.ParquetFile(file)
    except (arrow.ArrowException, OSError) as problem:
        raise damaged(listing.name, "the Parquet file") from problem


def _library(name: str, listing: Listing) -> ModuleType:
    """A module of pyarrow: large, and so imported where it is used only."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise needs_extra(listing.name, "Parquet lists", "parquet") from None
