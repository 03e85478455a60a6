"""A list in parts, each of which can be worked on by whoever has it: text that is not read yet, or rows."""

import pickle
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from bland_deploy.model.recipient import Row
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Read

Part: TypeAlias = Lump | list[Read]


def read_parts(pieces: Iterable[Lump | Read], size: int) -> Iterator[Part]:
    """What was read, so many rows at a time, and lumps as they are."""
    part: list[Read] = []
    for piece in pieces:
        if not isinstance(piece, Lump):
            part.append(piece)
        if part and (len(part) == size or isinstance(piece, Lump)):
            yield part
            part = []
        if isinstance(piece, Lump):
            yield piece
    if part:
        yield part


def pack(part: Part) -> bytes:
    """A part for another process: rows as columns, which takes half the time."""
    if isinstance(part, Lump):
        return pickle.dumps(part, pickle.HIGHEST_PROTOCOL)
    rows = [item for item in part if isinstance(item, Row)]
    others = [(at, item) for at, item in enumerate(part) if not isinstance(item, Row)] if len(rows) < len(part) else []
    columns = ([row.line for row in rows], [row.values for row in rows], [row.call for row in rows])
    return pickle.dumps((columns, others), pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Part:
    """What `pack` was given."""
    packed = pickle.loads(data)  # noqa: S301 - written by this program, for a fork of its process
    if isinstance(packed, Lump):
        return packed
    columns, others = packed
    items: list[Read] = list(map(Row, *columns))
    for at, item in others:
        items.insert(at, item)
    return items
