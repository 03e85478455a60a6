"""Results as JSON, an object a line."""

from collections.abc import Iterable, Iterator, Sequence

import orjson

from bland_deploy.model.json import JsonObject


def lines(records: Iterable[JsonObject], _names: Sequence[str]) -> Iterator[bytes]:
    """The file line by line."""
    return (orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
