"""Putting the stamp into requests and finding it in what the provider lists."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from bland_deploy.api.values import DESCRIPTION_LIMIT
from bland_deploy.model.json import JsonObject
from bland_deploy.model.stamp import STAMP_KEY, Stamp

# A stamp holds no braces, so it is found in JSON that is cut off after it; inside of a text its quotes are escaped.
_STAMP = re.compile(rf'"{STAMP_KEY}"\s*:\s*(\{{[^{{}}]*\}})')


class Stamped(NamedTuple):
    """A request's envelope with the stamp, and where it could not be put: a note is due for each."""

    envelope: JsonObject
    metadata_refused: bool = False
    suffix_refused: bool = False


def with_metadata(fields: JsonObject, stamp: JsonObject) -> JsonObject | None:
    """The fields with the stamp in their metadata; None where the metadata is something else than an object."""
    metadata = fields.get("metadata", {})
    if not isinstance(metadata, dict):
        return None
    return {**fields, "metadata": {**metadata, STAMP_KEY: stamp}}


def with_suffix(envelope: JsonObject, key: str, suffix: str) -> JsonObject | None:
    """The envelope with the suffix on its label; None where it would pass 60 characters. No label, no suffix."""
    label = envelope.get(key)
    if not isinstance(label, str):
        return envelope
    if len(label) + len(suffix) > DESCRIPTION_LIMIT:
        return None
    return {**envelope, key: label + suffix}


def stamp_of(fields: object) -> Stamp | None:
    """The stamp in the metadata of fields that came from the provider, given as an object or as its JSON."""
    if isinstance(fields, str):
        return _stamp_in_text(fields)
    metadata = fields.get("metadata") if isinstance(fields, Mapping) else None
    return Stamp.from_json(metadata.get(STAMP_KEY)) if isinstance(metadata, Mapping) else None


def _stamp_in_text(text: str) -> Stamp | None:
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        match = _STAMP.search(text)
        return Stamp.from_json(_object(match[1])) if match else None
    return None if isinstance(fields, str) else stamp_of(fields)


def _object(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
