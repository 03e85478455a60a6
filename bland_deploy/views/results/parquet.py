"""Results as Parquet, through pyarrow (the extra `parquet`)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from bland_deploy.model.json import Json, JsonObject

_GROUP = 20_000
_TYPES = {"row": pa.int64(), "completed": pa.bool_(), "minutes": pa.float64(), "price": pa.float64()}


class _Pieces(list[bytes]):
    """Takes what pyarrow writes, as a file does."""

    closed = False

    def write(self, data: bytes) -> int:
        """Some bytes of the file."""
        self.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def lines(records: Iterable[JsonObject], names: Sequence[str]) -> Iterator[bytes]:
    """The file piece by piece, a group of rows each. What is no plain value is JSON in a string."""
    schema = pa.schema([(name, _TYPES.get(name, pa.string())) for name in names])
    written, rows = _Pieces(), iter(records)
    with pq.ParquetWriter(pa.PythonFile(written, mode="w"), schema) as writer:
        while group := list(islice(rows, _GROUP)):
            writer.write_table(_table(group, schema))
            yield b"".join(written)
            written.clear()
    yield b"".join(written)


def _table(group: Sequence[JsonObject], schema: pa.Schema) -> pa.Table:
    columns = [pa.array([_cell(field.name, record[field.name]) for record in group], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _cell(name: str, value: Json) -> Json:
    if value is None or isinstance(value, str) or name in _TYPES:
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
