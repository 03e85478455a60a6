"""Checks of a campaign's parts against the API's documentation, before anything is sent.

Errors are what the documentation says the create refuses and what cannot be built; every other doubt is a warning, and
null is accepted everywhere. Values that a template is yet to give are UNKNOWN. Text given as {file: PATH} is to be
resolved before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from bland_deploy.api.conflicts import check_conflicts
from bland_deploy.api.fields import STRUCTURE, Field, Shape, field_named, shapes_at
from bland_deploy.api.findings import UNKNOWN, Finding, Unknown, doubt, given, refused
from bland_deploy.api.values import check_description, check_value, takes_any_text
from bland_deploy.diagnostics import nearest
from bland_deploy.model.stamp import STAMP_KEY

FALLBACKS = ("task", "pathway_id", "persona_id", "agent_id")
_ENTRY = {"each", "row"}
_OTHER = {"v1": "v2", "v2": "v1"}
_BUILT = {"v1": {"call_data"}, "v2": {"call_objects", "global"}}


class Parts(NamedTuple):
    """What a campaign says of its requests; None where it says nothing."""

    prompt: object = None
    call: Mapping[str, object] = {}
    batch: Mapping[str, object] = {}
    description: str | Unknown | None = None


def check_call(fields: Mapping[str, object], api: str, level: str) -> Iterator[Finding]:
    """Mistakes and doubts in the fields of one level: `call`, `each`, `row` (a row's own `call`) or `batch`.

    Paths start below that level. `api` is "v1" or "v2".
    """
    shapes = shapes_at("each" if level in _ENTRY else level, api)
    for name, value in fields.items():
        shape = shapes.get(name)
        misplaced = _check_place(name, api, level, known=shape is not None)
        if misplaced is not None:
            yield misplaced
        if shape is not None:
            yield from check_value(shape, value, (name,))
        elif misplaced is None and not (api == "v1" and level in _ENTRY):
            yield _unknown(name, shapes, level)
    yield from check_conflicts(fields, api, level)


def undoubted(name: str, api: str, level: str) -> Callable[[object], bool]:
    """Whether a field's value is one of which `check_call` says nothing, seen at a glance; False tells nothing.

    What it says of the field's name, whatever the value, does not count.
    """
    shape = shapes_at("each" if level in _ENTRY else level, api).get(name)
    any_text = shape is None or takes_any_text(shape.field)
    any_object = shape is None or ("object" in shape.field.types and not shape.keys)

    def is_undoubted(value: object) -> bool:
        if type(value) is str:
            return any_text
        return any_object and type(value) is dict and STAMP_KEY not in value

    return is_undoubted


def _check_place(name: str, api: str, level: str, *, known: bool) -> Finding | None:
    """Whether a name may stand on its level."""
    if name in STRUCTURE[_OTHER[api]]:
        return _other_version(name, api, level)
    if name == "phone_number":
        return _number(api, level)
    if api == "v1" and level in _ENTRY:
        return _v1_entry(name) if known and name != "request_data" else None
    field = None if known or "." in name or "[" in name else field_named(name)
    return _elsewhere(field, api, level) if field else None


def _elsewhere(field: Field, api: str, level: str) -> Finding:
    name = field.name
    if api not in field.apis:
        return doubt((name,), "misplaced-field", f"`{name}` is a field of {_OTHER[api]}; it is sent as written")
    home = " or ".join(f"`{level}`" for level in field.levels)
    return doubt((name,), "misplaced-field", f"`{name}` is no field of `{_key(level)}`", f"it belongs under {home}")


def _key(level: str) -> str:
    return "call" if level == "row" else level


def _other_version(name: str, api: str, level: str) -> Finding:
    other = _OTHER[api]
    instead = {"base_prompt": "prompt", "label": "description", "global": "call"}.get(name, "recipients")
    message = f"`{name}` belongs to a {other} request; this campaign is {api}"
    if level == "call":
        return refused((name,), "other-version-key", message, f"use `{instead}`, or set `api: {other}`")
    return doubt(
        (name,), "other-version-key", message, f"it is sent as written; `{instead}` is the campaign's key for it"
    )


def _number(api: str, level: str) -> Finding:
    path = ("phone_number",)
    if level in _ENTRY:
        way_out = "the number called comes from `recipients.phone` alone; remove this one"
        return refused(path, "two-sources", "`phone_number` has two sources", way_out)
    if api == "v2" and level == "call":
        return refused(
            path, "number-in-global", "Bland forbids `phone_number` in what all calls share", "use `recipients`"
        )
    return doubt(path, "misplaced-field", f"`phone_number` is no field of `{level}`", "use `recipients`")


def _v1_entry(name: str) -> Finding:
    message = f"`{name}` in one v1 call is documented as a variable of the prompt, not as a setting of the call"
    return doubt((name,), "undocumented-override", message, "put it under `call` for all, or use `api: v2`")


def _unknown(name: str, shapes: Mapping[str, Shape], level: str) -> Finding:
    near = nearest(name, (known for known, shape in shapes.items() if not shape.field.until and shape.field.documented))
    way_out = f"did you mean `{near}`? It is sent as written" if near else "it is sent as written"
    around, _, inside = name.rpartition(".")
    if around and field_named(name):
        way_out = f"write `{inside}` inside of `{around}`; it is sent as written"
    return doubt((name,), "unknown-field", f"`{name}` is no documented field of `{_key(level)}`", way_out)


def check_request(parts: Parts, api: str) -> Iterator[Finding]:
    """Mistakes and doubts between the parts of a campaign. Paths start at the campaign."""
    yield from _check_sources(parts, api)
    yield from _check_prompt(parts, api)
    if api == "v2" and isinstance(parts.description, str):
        yield from check_description(None, parts.description, ("description",))


def _check_sources(parts: Parts, api: str) -> Iterator[Finding]:
    """Two sources for one target of the request."""
    prompt_key, label = ("task", "description") if api == "v2" else ("base_prompt", "label")
    taken = dict.fromkeys(_BUILT[api], "recipients") | ({"global": "call"} if api == "v2" else {})
    prompted = {prompt_key: "prompt"} if parts.prompt is not None else {}
    labelled = {label: "description"} if parts.description is not None else {}
    if api == "v2":
        yield from _twice(("call",), parts.call, prompted)
        yield from _twice(("batch",), parts.batch, taken | labelled)
        return
    yield from _twice(("call",), parts.call, taken | prompted | labelled)
    yield from _twice(("batch",), parts.batch, dict.fromkeys(parts.call, "call") | taken | prompted | labelled)


def _twice(at: tuple[str, ...], fields: Mapping[str, object], taken: Mapping[str, str]) -> Iterator[Finding]:
    for name in fields:
        if name in taken:
            message = f"`{at[0]}.{name}` and `{taken[name]}` both give the request's `{name}`"
            yield refused((*at, name), "two-sources", message, "keep one of them")


def _check_prompt(parts: Parts, api: str) -> Iterator[Finding]:
    """What the calls are about: v2 refuses a request whose calls share no prompt, v1 documents one as required."""
    if isinstance(parts.prompt, str) and not parts.prompt.strip():
        yield doubt(("prompt",), "prompt-blank", "the prompt is blank")
    if api == "v1":
        if not any(value is not None for value in (parts.prompt, *_each_of(parts, "base_prompt"))):
            yield doubt((), "prompt-missing", "there is no `prompt`; Bland documents `base_prompt` as required")
        return
    if parts.prompt is None and not any(parts.call.get(name) is not None for name in FALLBACKS):
        names = ", ".join(f"`{name}`" for name in FALLBACKS)
        message = (
            f"no prompt for all calls: Bland requires one of {names} in what they share, even if each call has its own"
        )
        yield refused((), "fallback-prompt-missing", message, "add `prompt`")
    if parts.prompt is not None and given(parts.call.get("pathway_id")):
        yield doubt(("prompt",), "ignored-field", "Bland ignores the prompt where `pathway_id` is set")


def _each_of(parts: Parts, name: str) -> tuple[object, object]:
    return parts.call.get(name), parts.batch.get(name)


def check_variables(names: Iterable[str], under: str, api: str, *, phone: str) -> Iterator[Finding]:
    """Mistakes and doubts about the recipients' variables: where they go (`under`, "" for flat) and their names.

    `phone` is the column that holds the number. Paths start at `recipients`.
    """
    at = ("variables_under",)
    if under == "phone_number":
        yield refused(at, "two-sources", "`variables_under` names the key that holds the number called")
    elif api == "v2" and under != "request_data":
        message = "Bland fills `{{name}}` from `request_data` only; variables elsewhere are settings of the call"
        yield doubt(at, "variables-not-filled", message, "leave out `variables_under`")
    if under == "" and phone != "phone_number" and "phone_number" in names:
        message = "the variable `phone_number` would stand where the number called stands"
        yield refused(("variables",), "two-sources", message, "give the variable another name, or name it as `phone`")


__all__ = [
    "FALLBACKS",
    "UNKNOWN",
    "Finding",
    "Parts",
    "check_call",
    "check_request",
    "check_variables",
    "undoubted",
]
