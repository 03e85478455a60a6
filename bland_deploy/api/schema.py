"""JSON Schema (draft 07) of `call`, `each` and `batch`, derived from the table: what editors show and complete."""

from bland_deploy.api.fields import STRUCTURE, Field, Shape, shapes_at
from bland_deploy.model.json import Json, JsonObject

_TEMPLATE: JsonObject = {"type": "string", "pattern": r"\{\{"}
_NULL: JsonObject = {"type": "null"}
_FILE: JsonObject = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "description": "Path of the text, from the workspace's root."}},
    "additionalProperties": False,
}
_BUILT = {"phone_number", *STRUCTURE["v1"], *STRUCTURE["v2"]}
_BOUNDS = {
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
}


def schema(level: str) -> JsonObject:
    """The schema of one level: `call`, `each` or `batch`. Unknown keys pass; every value may be null or a template."""
    shapes = {**shapes_at(level, "v2"), **(shapes_at(level, "v1") if level != "call" else {})}
    own = {name: shape for name, shape in shapes.items() if level in shape.field.levels and name not in _BUILT}
    return {
        "type": "object",
        "properties": {name: _value(shape) for name, shape in own.items()},
        "additionalProperties": True,
    }


def _value(shape: Shape) -> JsonObject:
    field = shape.field
    forms: list[Json] = [_of_type(shape, word) for word in field.types]
    if field.values:
        forms.insert(0, {"enum": list(field.values)})
    if field.from_file:
        forms.append(_FILE)
    if "string" not in field.types or field.most is not None:
        forms.append(_TEMPLATE)
    value: JsonObject = {"description": _description(field), "anyOf": [*forms, _NULL]}
    return {**value, "deprecated": True} if field.until else value


def _description(field: Field) -> str:
    default = f" Default: {field.default}." if field.default else ""
    end = f" Obsolete: documented until {field.until}" if field.until else ""
    instead = f"; use {field.replacement}" if field.until and field.replacement else ""
    return field.note + default + end + instead


def _of_type(shape: Shape, word: str) -> JsonObject:
    form: JsonObject = {"type": word}
    for keyword, bound in zip(_BOUNDS.get(word, ()), (shape.field.least, shape.field.most), strict=False):
        if bound is not None:
            form[keyword] = int(bound)
    if word == "object" and shape.keys:
        form["properties"] = {key: _value(inside) for key, inside in shape.keys.items()}
        required: list[Json] = [key for key, inside in shape.keys.items() if inside.field.required]
        if required:
            form["required"] = required
    if word == "array" and shape.items:
        form["items"] = _value(shape.items[0])
    return form
