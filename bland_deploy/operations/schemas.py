"""JSON Schema (draft 07, which editors understand) of every file format and document: made from the models."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel, TypeAdapter

from bland_deploy.api import schema as fields
from bland_deploy.diagnostics import nearest, shown
from bland_deploy.errors import InvalidInput
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.capability import Capability
from bland_deploy.model.durations import Duration
from bland_deploy.model.entries import Link, Manifest
from bland_deploy.model.workspace import Workspace
from bland_deploy.operations import outputs

# schemas are trees of anything; their shape is checked against the specification's own schema in the tests
Schema: TypeAlias = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_REFERENCE = "#/definitions/{model}"
_DURATION = TypeAdapter(Duration).json_schema()
_ONE_OF = {
    "Recipients": ("file", "inline", "url", "sql"),
    "Suppression": ("file", "url", "sql"),
    "SecretReference": ("env", "file"),
}


class Kind(NamedTuple):
    """A format with a schema: what it is of, and how the schema is made."""

    summary: str
    make: Callable[[], Schema]


def find_kind(name: str) -> Kind:
    """The kind of a name. InvalidInput where there is none."""
    if name not in KINDS:
        near = nearest(name, KINDS)
        way_out = f"did you mean `{near}`?" if near else f"there are {', '.join(KINDS)}"
        raise InvalidInput(f"there is no schema of `{shown(name)}`", help=way_out)
    return KINDS[name]


def make_schema(name: str) -> Schema:
    """The whole schema of a kind. InvalidInput where there is none."""
    kind = find_kind(name)
    return {"$schema": _DRAFT, "title": f"bland-deploy: {kind.summary}", **kind.make()}


# ----------------------------------------------------------------------


def _campaign() -> Schema:
    """A campaign: the model, with what the API's table of fields knows put in its place."""
    schema = _of_model(Campaign)
    properties, definitions = schema["properties"], schema["definitions"]
    _know_fields(properties, definitions)
    overlay = _partial(schema, leave_out=("campaign", "environments"))
    definitions["Overlay"] = overlay
    definitions["RecipientsOverlay"] = _partial(definitions["Recipients"])
    overlay["properties"]["recipients"] = _referred("RecipientsOverlay", "Whom to call.")
    properties["environments"]["additionalProperties"] = {"$ref": _REFERENCE.format(model="Overlay")}
    _need_one_of(definitions)
    return schema


def _workspace() -> Schema:
    """A workspace file. Its defaults are part of a campaign."""
    schema, campaign = _of_model(Workspace), _campaign()
    definitions = schema["definitions"]
    _need_one_of(definitions)
    definitions |= campaign["definitions"]
    schema["properties"]["defaults"] = _referred("Overlay", schema["properties"]["defaults"]["description"])
    return schema


def _state() -> Schema:
    """A file of the log. All of them carry their own digest."""
    schema = _draft07(TypeAdapter(Manifest | Link).json_schema(ref_template=_REFERENCE))
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Digest of the rest of the file."}
    for name in ("Manifest", "Link"):
        definition = schema["definitions"][name]
        definition["properties"]["sha256"] = digest
        definition["required"] = [*definition.get("required", ()), "sha256"]
    for definition in schema["definitions"].values():
        fixed = [name for name, value in definition.get("properties", {}).items() if "const" in value]
        definition["required"] = [*fixed, *definition.get("required", ())]
    return {"oneOf": schema.pop("anyOf"), **schema}


def _of_model(model: type[BaseModel]) -> Schema:
    return _draft07(model.model_json_schema(ref_template=_REFERENCE))


def _know_fields(properties: Schema, definitions: Schema) -> None:
    for level in ("call", "each", "batch"):
        name = level.capitalize()
        definitions[name] = fields.schema(level)
        properties[level] = _referred(name, properties[level]["description"])
    common, each = definitions["Call"]["properties"], definitions["Each"]["properties"]
    for name in [name for name in each if each[name] == common.get(name)]:
        each[name] = {"$ref": f"{_REFERENCE.format(model='Call')}/properties/{name}"}
    row = definitions["Recipients"]["properties"]["inline"]["anyOf"][0]["items"]
    row["properties"] = {"call": _referred("Each", "Overrides for this one call, any field, taken literally.")}


def _need_one_of(definitions: Schema) -> None:
    for name, keys in _ONE_OF.items():
        if name in definitions:
            definitions[name]["oneOf"] = [{"required": [key]} for key in keys]


def _partial(schema: Schema, leave_out: tuple[str, ...] = ()) -> Schema:
    """The same object with every key optional, and null in place of `!unset`."""
    properties = {name: value for name, value in schema["properties"].items() if name not in leave_out}
    return {
        "type": "object",
        "description": "Laid over the campaign: mappings merge deeply, lists and scalars replace, !unset deletes.",
        "properties": {name: {"anyOf": [value, {"type": "null"}]} for name, value in properties.items()},
        "additionalProperties": False,
    }


def _referred(name: str, description: str) -> Schema:
    """A reference with words of its own: draft 07 ignores what stands beside `$ref`."""
    return {"description": description, "allOf": [{"$ref": _REFERENCE.format(model=name)}]}


def _draft07(schema: Schema) -> Schema:
    """What pydantic makes, in draft 07 and without the titles that it makes of names."""
    schema = deepcopy(schema)
    definitions = schema.pop("$defs", {})
    root: Schema = _lean(schema)
    return {**root, "definitions": {name: _lean(definition) for name, definition in definitions.items()}}


def _lean(value: Any) -> Any:
    if isinstance(value, list):
        return [_lean(item) for item in value]
    if not isinstance(value, dict):
        return value
    lean = {
        key: {name: _lean(inside) for name, inside in item.items()} if key == "properties" else _lean(item)
        for key, item in value.items()
        if key not in {"title", "discriminator"} and (key, item) != ("default", None)
    }
    if lean.get("pattern") == _DURATION["pattern"] and "default" in lean:
        lean["default"] = f"{lean['default']:g}s"
    if "$ref" in lean and len(lean) > 1:
        lean = {"allOf": [{"$ref": lean.pop("$ref")}], **lean}
    return lean


KINDS: Mapping[str, Kind] = {
    "campaign": Kind("a campaign file", _campaign),
    "workspace": Kind("the workspace file bland-deploy.yaml", _workspace),
    "state": Kind("a file of the log: manifest.json, or an entry", _state),
    "capability": Kind("a capability file, which probe writes", partial(_of_model, Capability)),
    "lint": Kind("what lint prints", partial(_of_model, outputs.Linted)),
    "render": Kind("what render prints", partial(_of_model, outputs.Rendered)),
    "plan": Kind("what plan prints", partial(_of_model, outputs.Planned)),
    "apply": Kind("what apply prints", partial(_of_model, outputs.AppliedDocument)),
    "status": Kind("what status prints", partial(_of_model, outputs.StatusDocument)),
    "failure": Kind("what a command prints that fails", partial(_of_model, outputs.Failed)),
}
"""Every format with a schema; files first."""
