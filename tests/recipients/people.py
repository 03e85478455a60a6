"""The same people in every format: how each is written, for the suites that compare what is read."""

import bz2
import csv
import gzip
import io
import json
import lzma

import openpyxl
import pyarrow as pa
from backports import zstd
from pyarrow import parquet

COLUMNS = ("phone_number", "first_name", "plan")
PEOPLE = (
    ("+14155550100", "Ann", "gold"),
    ("+14155550101", 'Ben "B", jr', ""),
    ("+14155550103", "Zoë\nQuint", "007"),
    ("+14155550102", "李", "1e5"),
)


def as_csv(delimiter=","):
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([COLUMNS, *PEOPLE])
    return written.getvalue().encode()


def as_objects():
    return [dict(zip(COLUMNS, person, strict=True)) for person in PEOPLE]


def as_json():
    return json.dumps(as_objects(), indent=1).encode()


def as_jsonl():
    return "".join(f"{json.dumps(person)}\n" for person in as_objects()).encode()


def as_parquet(**options):
    written = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(as_objects()), written, **options)
    return written.getvalue()


def as_workbook(rows=(COLUMNS, *PEOPLE), title="People"):
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def as_zstd(content):
    return zstd.compress(content, options={zstd.CompressionParameter.checksum_flag: True})


PACK = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": as_zstd}
FORMATS = {
    "csv": as_csv,
    "tsv": lambda: as_csv("\t"),
    "json": as_json,
    "jsonl": as_jsonl,
    "ndjson": as_jsonl,
    "parquet": as_parquet,
    "xlsx": as_workbook,
}
TEXTS = [ending for ending in FORMATS if ending not in {"parquet", "xlsx"}]
FILES = {
    **{f"people.{ending}": write for ending, write in FORMATS.items()},
    **{
        f"people.{ending}.{packing}": lambda pack=pack, write=FORMATS[ending]: pack(write())
        for ending in TEXTS
        for packing, pack in PACK.items()
    },
}
