"""What the table knows of a field, as text."""

from collections.abc import Iterator

from bland_deploy.api.fields import FIELDS, SOURCES, Field, field_named
from bland_deploy.diagnostics import nearest

_NULL = " or null"


def find_field(name: str) -> Field | None:
    """The field at a path (`voicemail.action`, also `call.voicemail.action`), or the only one whose last key it is."""
    for level in ("", "call.", "each.", "batch."):
        if name.startswith(level) and (field := field_named(name.removeprefix(level))):
            return field
    inside = [field for field in FIELDS if field.name.endswith(f".{name}")]
    return inside[0] if len(inside) == 1 else None


def suggest_field(name: str) -> str | None:
    """The field that was probably meant, or None."""
    return nearest(name, [field.name for field in FIELDS])


def describe(field: Field) -> str:
    """A field as text: its name and type, what it is, and a line for each thing known of it."""
    head = f"{field.name}: {' or '.join(field.types)}{_NULL}"
    return "\n".join([head, f"  {field.note}", "", *(f"  {name + ':':<10} {text}" for name, text in _lines(field))])


def _lines(field: Field) -> Iterator[tuple[str, str]]:
    yield "stands", f"under {' or '.join(f'`{level}`' for level in field.levels)} ({', '.join(field.apis)})"
    if field.values:
        yield ("such as" if field.open else "values"), ", ".join(field.values)
    for old, new in field.old_values:
        yield "obsolete", f"{old}, now {new}"
    if field.least is not None or field.most is not None:
        yield "range", _range(field)
    if field.default is not None:
        yield "default", field.default
    if field.since:
        yield "since", field.since
    if field.until:
        yield "until", field.until + (f"; use {field.replacement}" if field.replacement else "")
    if field.bland_fills:
        yield "filled", "Bland fills {{name}} in it during the call"
    yield "source", SOURCES[field.source]


def _range(field: Field) -> str:
    unit = {"string": " characters", "array": " items"}.get(field.types[0], "")
    if field.most is None:
        return f"at least {field.least:g}{unit}"
    return f"at most {field.most:g}{unit}" if field.least is None else f"{field.least:g} to {field.most:g}{unit}"
