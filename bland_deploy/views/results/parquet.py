"""Results as Parquet, through pyarrow (the extra `parquet`)."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from bland_deploy.model.json import Json, JsonObject

_GROUP = 20_000
_TYPES = {"row": pa.int64(), "completed": pa.bool_(), "minutes": pa.float64(), "price": pa.float64()}


def lines(records: Iterable[JsonObject], names: Sequence[str]) -> Iterator[bytes]:
    """The file piece by piece, a group of rows each. What is no plain value is JSON in a string."""
    schema = pa.schema([(name, _TYPES.get(name, pa.string())) for name in names])
    out = io.BytesIO()
    rows = iter(records)
    with pq.ParquetWriter(out, schema) as writer:
        while group := list(islice(rows, _GROUP)):
            columns = [
                pa.array([_cell(name, record[name]) for record in group], schema.field(name).type) for name in names
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _cell(name: str, value: Json) -> Json:
    if value is None or isinstance(value, str) or name in _TYPES:
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
