"""Checks of one field's value against what the table knows of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from bland_deploy.api.fields import Field, Shape
from bland_deploy.api.findings import UNKNOWN, Finding, blocked, doubt, refused
from bland_deploy.api.start_times import parse_start_time
from bland_deploy.diagnostics import nearest

Path: TypeAlias = tuple[str | int, ...]

DESCRIPTION_LIMIT = 60
_WORDS = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "array": "a list",
}
_KINDS: dict[type, str] = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array"}
_PATTERNS = {
    "uuid": (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "a UUID"),
    "number": (re.compile(r"\+?[0-9]{7,15}"), "a phone number with country code, without spaces, such as +14155550100"),
    "timezone": (re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*"), "an IANA zone such as America/New_York"),
    "dtmf": (re.compile(r"[0-9*#w]*"), "made of the keys 0-9, * and #, and w for a pause"),
}

# Keys that the value of another key asks for: around them, that key, its value, the key needed.
_NEEDS = (
    ("voicemail", "action", "leave_message", "message"),
    ("voicemail", "action", "leave_message_and_sms", "message"),
    ("voicemail", "action", "leave_message_and_sms", "sms"),
    ("guard_rails[]", "type", "custom", "prompt"),
    ("dialing_strategy", "type", "custom_pooling", "pool_id"),
)


def check_value(shape: Shape, value: object, path: Path) -> Iterator[Finding]:
    """What is doubtful about a field's value, and about what is inside of it. Null is accepted everywhere."""
    if value is None:
        return
    yield from _check_age(shape.field, path)
    if value is UNKNOWN:
        return
    kind = json_type(value)
    if not _fits(kind, value, shape.field.types):
        yield _odd_type(shape.field, kind, value, path)
        return
    match value:
        case str():
            yield from _check_text(shape.field, value, path)
        case dict():
            yield from _check_keys(shape, value, path)
        case list():
            yield from _check_items(shape, value, path)
        case int() | float():
            yield from _check_range(shape.field, value, "", path)


def takes_any_text(field: Field) -> bool:
    """Whether there is no text of which anything would be said."""
    bounded = field.least is not None or field.most is not None
    return "string" in field.types and not field.form and not bounded and (field.open or not field.values)


def json_type(value: object) -> str:
    """JSON's word for the type of a value other than null."""
    return _KINDS.get(type(value), "object")


def _fits(kind: str, value: object, types: tuple[str, ...]) -> bool:
    if kind in types:
        return True
    if kind == "integer":
        return "number" in types
    return kind == "number" and "integer" in types and isinstance(value, float) and value.is_integer()


def _odd_type(field: Field, kind: str, value: object, path: Path) -> Finding:
    wanted = " or ".join(_WORDS[word] for word in field.types)
    way_out = None
    if kind == "string" and _reads_as(str(value), field.types):
        way_out = "write it without quotes"
    elif kind in {"integer", "number"} and "string" in field.types:
        way_out = "write a name or an id, in quotes" if field.name == "voice" else "write it in quotes"
    return doubt(path, "odd-type", f"`{field.name}` is {_WORDS[kind]}; Bland documents {wanted}", way_out)


def _reads_as(text: str, types: tuple[str, ...]) -> bool:
    if "boolean" in types:
        return text.lower() in {"true", "false"}
    return bool({"integer", "number"}.intersection(types)) and re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def _check_age(field: Field, path: Path) -> Iterator[Finding]:
    way_out = f"use `{field.replacement}`" if field.replacement else None
    if field.until:
        message = f"`{field.name}` is obsolete: it was documented until {field.until}"
        yield doubt(
            path,
            "obsolete-field",
            message,
            way_out or "it is sent as written; leave it out unless you know that it works",
        )
    elif not field.documented:
        message = f"`{field.name}` is no documented field of a call"
        yield doubt(path, "unknown-field", message, way_out or f"{field.note} It is sent as written")


def _check_text(field: Field, text: str, path: Path) -> Iterator[Finding]:
    if field.form:
        yield from _check_form(field, text, path)
    if field.values and not field.open:
        yield from _check_choice(field, text, path)
    if field.form != "description":
        yield from _check_range(field, len(text), " characters", path)


def _check_choice(field: Field, text: str, path: Path) -> Iterator[Finding]:
    replacement = dict(field.old_values).get(text)
    if replacement:
        message = f"this value of `{field.name}` is obsolete"
        yield doubt(path, "obsolete-value", message, f"use `{replacement}`")
    elif text not in field.values:
        near = _near_value(text, field.values)
        message = f"`{field.name}` is none of the documented values"
        known = ", ".join(field.values)
        yield doubt(path, "unknown-value", message, f"did you mean `{near}`?" if near else f"documented are {known}")


def _near_value(text: str, values: tuple[str, ...]) -> str | None:
    by_lower = {value.lower(): value for value in values}
    near = nearest(text, by_lower)
    return by_lower[near] if near else None


def _check_range(field: Field, amount: float, unit: str, path: Path) -> Iterator[Finding]:
    low, high = field.least, field.most
    if (low is None or amount >= low) and (high is None or amount <= high):
        return
    if low is None or high is None:
        bounds = f"at least {low:g}" if high is None else f"at most {high:g}"
    else:
        bounds = f"from {low:g} to {high:g}"
    problem = f"has {amount}{unit}" if unit else "is out of range"
    yield doubt(path, "unusual-range", f"`{field.name}` {problem}; Bland documents {bounds}")


def _check_items(shape: Shape, items: list[object], path: Path) -> Iterator[Finding]:
    yield from _check_range(shape.field, len(items), " items", path)
    for inside in shape.items:
        for index, item in enumerate(items):
            yield from check_value(inside, item, (*path, index))


def _check_keys(shape: Shape, value: Mapping[str, object], path: Path) -> Iterator[Finding]:
    if not shape.keys:
        return
    name = shape.field.name
    for key, inside in value.items():
        known = shape.keys.get(key)
        if known is not None:
            yield from check_value(known, inside, (*path, key))
            continue
        near = nearest(key, shape.keys)
        way_out = f"did you mean `{near}`?" if near else f"known are {', '.join(shape.keys)}; it is sent as written"
        yield doubt((*path, key), "unknown-field", f"`{key}` is no known key of `{name}`", way_out)
    for key, inside_shape in shape.keys.items():
        if inside_shape.field.required and key not in value:
            yield doubt(path, "missing-field", f"`{name}` lacks `{key}`, which Bland requires in it")
    yield from _check_needs(name, value, path)


def _check_needs(name: str, value: Mapping[str, object], path: Path) -> Iterator[Finding]:
    for around, key, choice, needed in _NEEDS:
        if around == name and value.get(key) == choice and needed not in value:
            yield doubt(path, "missing-field", f"`{name}` needs `{needed}` with {key} `{choice}`")


def _check_form(field: Field, text: str, path: Path) -> Iterator[Finding]:
    check = _FORMS.get(field.form or "")
    if check:
        yield from check(field, text, path)
        return
    pattern, words = _PATTERNS[field.form or ""]
    if not pattern.fullmatch(text):
        yield doubt(path, "odd-form", f"`{field.name}` is not {words}")


def _check_https(field: Field, text: str, path: Path) -> Iterator[Finding]:
    if not text:
        yield doubt(path, "odd-form", f"`{field.name}` is empty", "write null, or leave it out")
    elif not text.lower().startswith("https://"):
        message = f"`{field.name}` does not start with https://; Bland refuses it"
        yield refused(path, "webhook-not-https", message, "give an https address")


def _check_start_time(field: Field, text: str, path: Path) -> Iterator[Finding]:
    time = parse_start_time(text)
    if time is None:
        message = f"`{field.name}` is not in a form that Bland documents; the call may be made at once"
        yield doubt(path, "odd-form", message, "write it as 2026-01-31 09:30:00 -05:00")
    elif time.tzinfo is None:
        message = f"`{field.name}` has no offset, so Bland takes it as UTC, whatever `timezone` says"
        yield blocked(path, "start-time-without-offset", message, "add the offset, such as -05:00, or +00:00 for UTC")


def check_description(field: Field | None, text: str, path: Path) -> Iterator[Finding]:
    """The length that docs.bland.ai gives for a v2 batch's description: 60 characters."""
    if len(text) > DESCRIPTION_LIMIT:
        name = field.name if field else "description"
        message = f"`{name}` has {len(text)} characters; Bland takes at most {DESCRIPTION_LIMIT}"
        yield refused(path, "description-too-long", message, "shorten it; a template counts as rendered")


_FORMS: dict[str, Callable[[Field, str, Path], Iterator[Finding]]] = {
    "https": _check_https,
    "start-time": _check_start_time,
    "description": check_description,
}
