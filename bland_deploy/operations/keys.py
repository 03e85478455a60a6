"""The keys of our own files, read off the models: their names, types, defaults and descriptions."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bland_deploy.documents.keys import CAMPAIGN_MODELS, WORKSPACE_MODELS, Models

_FILES = {"campaign": CAMPAIGN_MODELS, "workspace": WORKSPACE_MODELS}
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "null": "",
}
_MODELS = {"FileText": "{file: PATH}", "SecretReference": "{env: NAME} or {file: PATH}", "FromColumn": "{column: NAME}"}


class Key(NamedTuple):
    """A key of a `campaign` or `workspace` file: its path (`NAME` for any name, `[]` for any item) and its facts.

    `default` is its YAML, or None where there is none.
    """

    file: str
    name: str
    type: str
    description: str
    default: str | None
    required: bool

    def is_named(self, name: str) -> bool:
        """Whether a path such as `environments.production.limits` is this key."""
        pattern = re.escape(self.name).replace("NAME", "[^.]+").replace(r"\[\]", r"(?:\[\d*\])?")
        return re.fullmatch(pattern, name) is not None


def all_keys() -> tuple[Key, ...]:
    """Every key of every file, in the order of the models."""
    return tuple(key for file, models in _FILES.items() for key in _keys(file, models))


def find_keys(name: str) -> tuple[Key, ...]:
    """The keys at a path, or else all whose last part it is."""
    keys = all_keys()
    exact = tuple(key for key in keys if key.is_named(name))
    return exact or tuple(key for key in keys if key.name.rpartition(".")[2] == name)


def _keys(file: str, models: Models) -> Iterator[Key]:
    for path, model in models.items():
        schema = model.model_json_schema(ref_template="{model}")
        for name, value in schema["properties"].items():
            required = name in schema.get("required", ())
            described = value.get("description") or schema["$defs"][value["$ref"]]["description"]
            yield Key(file, _path((*path, name)), _type(value), described, _default(value), required)


def _path(steps: tuple[str, ...]) -> str:
    """`environments.NAME.state`, `suppression[].file`."""
    return ".".join(steps).replace("suppression.*", "suppression[]").replace("*", "NAME")


def _type(value: Mapping[str, Any]) -> str:
    match value:
        case {"enum": choices}:
            return " or ".join(f"`{choice}`" for choice in choices)
        case {"const": choice}:
            return f"`{choice}`"
        case {"anyOf": forms}:
            return " or ".join(dict.fromkeys(word for form in forms if (word := _type(form))))
        case {"$ref": model}:
            return _MODELS.get(model, "mapping")
        case _:
            return _plain_type(value)


def _plain_type(value: Mapping[str, Any]) -> str:
    if value.get("type") == "array":
        item = _type(value["items"])
        return f"list of ({item})" if " or " in item else f"list of {item}"
    if "(ms|s|m|h|d)" in value.get("pattern", ""):
        return "duration"
    return _WORDS.get(value.get("type", ""), "anything")


def _default(value: Mapping[str, Any]) -> str | None:
    default = value.get("default")
    if default is None or isinstance(default, str):
        return default
    return f"{default:g}s" if _type(value) == "duration" else json.dumps(default)
