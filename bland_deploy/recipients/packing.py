"""Compressed lists: one line in the table for each ending. What is cut off is never taken for the end."""

import importlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from bland_deploy.recipients.broken import damaged, needs_extra

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# the bytes as they were before they were packed, and what the library says of bytes that are not
Unpack = Callable[[io.RawIOBase, str], io.RawIOBase]


class _Unpacked(io.RawIOBase):
    """The bytes out of a library's reader, whose complaints become one."""

    def __init__(self, file: BinaryIO, name: str, complaints: tuple[type[Exception], ...]) -> None:
        self._file = file
        self._name = name
        self._complaints = complaints

    def readinto(self, buffer: "WriteableBuffer") -> int:
        try:
            return int(self._file.readinto(buffer))  # type: ignore[attr-defined]  # all of these readers have it
        except OSError as problem:
            if problem.errno is not None:
                raise
            raise damaged(self._name, "the compressed file") from problem
        except self._complaints as problem:
            raise damaged(self._name, "the compressed file") from problem

    def close(self) -> None:
        self._file.close()
        super().close()


def _gzip(raw: io.RawIOBase, name: str) -> io.RawIOBase:
    import gzip  # noqa: PLC0415 - like all libraries here only for lists that are packed so
    import zlib  # noqa: PLC0415 - the same

    return _Unpacked(gzip.GzipFile(fileobj=io.BufferedReader(raw), mode="rb"), name, (EOFError, zlib.error))  # type: ignore[arg-type]  # it reads bytes


def _bz2(raw: io.RawIOBase, name: str) -> io.RawIOBase:
    import bz2  # noqa: PLC0415 - the same

    return _Unpacked(bz2.BZ2File(io.BufferedReader(raw)), name, (EOFError,))  # type: ignore[arg-type]  # it reads bytes


def _xz(raw: io.RawIOBase, name: str) -> io.RawIOBase:
    import lzma  # noqa: PLC0415 - the same

    return _Unpacked(lzma.LZMAFile(io.BufferedReader(raw)), name, (EOFError, lzma.LZMAError))  # type: ignore[arg-type]  # it reads bytes


def _zstd(raw: io.RawIOBase, name: str) -> io.RawIOBase:
    try:
        zstd = importlib.import_module("backports.zstd")
    except ImportError:
        raise needs_extra(name, "lists in Zstandard (.zst)", "zstd") from None
    return _Unpacked(zstd.ZstdFile(io.BufferedReader(raw)), name, (EOFError, zstd.ZstdError))


PACKINGS: dict[str, Unpack] = {".gz": _gzip, ".bz2": _bz2, ".xz": _xz, ".zst": _zstd}
