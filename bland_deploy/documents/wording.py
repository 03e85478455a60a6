"""What pydantic finds, in plain words and at the right place: one diagnostic a mistake, no type names of Python."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from pydantic_core import ErrorDetails

from bland_deploy.diagnostics import Diagnostic, Place, error, nearest, shown
from bland_deploy.documents.nodes import Items, Mapping, Node, Scalar, find, place_of
from bland_deploy.documents.scalars import Unfit, resolve_plain
from bland_deploy.model.json import Json

Path: TypeAlias = tuple[str | int, ...]

_KINDS = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "int_type": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
}
_MODELS = {"FileText": "{file: PATH}", "SecretReference": "{env: NAME} or {file: PATH}", "FromColumn": "{column: NAME}"}
_ABSENT = object()
_PATTERNS = {
    r"^[A-Z]{2}$": "a country in two capital letters (ISO 3166), such as US",
    r"^[a-z0-9][a-z0-9-]{0,62}$": "1 to 63 lower-case letters, digits and hyphens, beginning with a letter or a digit",
    r"^[A-Za-z0-9._-]{1,40}$": "1 to 40 letters, digits, dots, underscores and hyphens",
}
_LIMITS = {
    "value_error": "{error}",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} character(s) long",
    "greater_than_equal": "must be at least {ge:,}",
    "less_than_equal": "must be at most {le:,}",
    "greater_than": "must be more than {gt:g}",
}


class Mistake(NamedTuple):
    """One of pydantic's findings at a path of the document."""

    path: Path
    type: str
    context: dict[str, Any]


def explain(mistakes: Sequence[Mistake], root: Node, *, already_told: bool) -> Iterator[Diagnostic]:
    """The diagnostics for everything that is wrong with a tree but unknown keys.

    A model's own check of what stands together is left out where `already_told`: it repeats what the checks of the
    documents say with an exact place.
    """
    unknown = [mistake.path for mistake in mistakes if mistake.type == "extra_forbidden"]
    for path, found in _by_path(mistakes).items():
        if any(len(other.path) > len(path) and other.path[: len(path)] == path for other in mistakes):
            continue  # what lies deeper is the mistake: the other branches of a union only add to it
        if found[0].type == "extra_forbidden" or (found[0].type == "missing" and _misspelt(path, unknown)):
            continue
        if found[0].type == "value_error" and already_told and isinstance(find(root, path), Mapping):
            continue
        yield _diagnostic(path, found, root)


def find_mistakes(errors: Iterable[ErrorDetails], value: Json) -> list[Mistake]:
    """The findings with pydantic's locations as paths of the document."""
    return [Mistake(_path(details, value), details["type"], details.get("ctx", {})) for details in errors]


def named(path: Sequence[str | int]) -> str:
    """A path as people write it: `recipients.inline[0].phone`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{shown(step)}"
    return f"`{text.removeprefix('.')}`" if text else "the file"


def place_of_value(root: Node, path: Path) -> Place:
    """Where the value at a path stands; where it is empty, its key."""
    node = find(root, path)
    empty = isinstance(node, Scalar) and not node.text and not node.style
    return place_of(root, path, key=empty)


def any_of(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _path(details: ErrorDetails, value: Any) -> Path:
    """A location without the tags that unions put into it."""
    path: list[str | int] = []
    kind = details["type"]
    for step in details["loc"]:
        if value is details["input"] and kind != "missing":
            break  # only tags can follow
        inner = _below(value, step)
        if inner is not _ABSENT:
            value = inner
        elif kind != "missing" or step != details["loc"][-1]:
            continue
        path.append(step)
    return tuple(path)


def _below(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and step < len(value) else _ABSENT
    return value.get(step, _ABSENT) if isinstance(value, dict) else _ABSENT


def _by_path(mistakes: Iterable[Mistake]) -> dict[Path, list[Mistake]]:
    groups: dict[Path, list[Mistake]] = {}
    for mistake in mistakes:
        groups.setdefault(mistake.path, []).append(mistake)
    return groups


def _misspelt(path: Path, unknown: Iterable[Path]) -> bool:
    """Whether a missing key is there under a name like it."""
    return any(other[:-1] == path[:-1] and nearest(str(other[-1]), [str(path[-1])]) is not None for other in unknown)


def _diagnostic(path: Path, found: list[Mistake], root: Node) -> Diagnostic:
    first = found[0]
    if first.type == "missing":
        where = place_of(root, path[:-1])
        return error("missing-key", f"{named(path)} is missing", where, f"add `{path[-1]}:`")
    place = place_of_value(root, path)
    expected = [word for mistake in found for word in _expected(mistake)]
    if expected:
        return _wrong_type(path, list(dict.fromkeys(expected)), place, find(root, path))
    return error("wrong-value", f"{named(path)} {_limit(first)}", place)


def _expected(mistake: Mistake) -> list[str]:
    if mistake.type == "literal_error":
        return [word.strip(" '") for word in mistake.context["expected"].replace(" or ", ", ").split(",")]
    if mistake.type == "model_type" and mistake.context["class_name"] in _MODELS:
        return [_MODELS[mistake.context["class_name"]]]
    return [_KINDS[mistake.type]] if mistake.type in _KINDS else []


def _wrong_type(path: Path, expected: list[str], place: Place, node: Node | None) -> Diagnostic:
    """A value of the wrong kind, or a word that is none of the allowed ones."""
    words = any_of(expected)
    if isinstance(node, Scalar) and node.value is None:
        return error(
            "wrong-type",
            f"{named(path)} must be {words}, and has no value",
            place,
            "write a value, or remove the key",
        )
    literal = not set(expected) & {*_KINDS.values(), *_MODELS.values()}
    if literal and isinstance(node, Scalar):
        meant = nearest(node.text, expected)
        help_text = _without_quotes(node, expected) or (f"did you mean {meant}?" if meant else None)
        return error("wrong-value", f"{named(path)} must be {words}", place, help_text)
    return error("wrong-type", f"{named(path)} must be {words}, not {_kind(node)}", place, _conversion(expected, node))


def _kind(node: Node | None) -> str:
    match node:
        case Mapping():
            return "a mapping"
        case Items():
            return "a list"
        case Scalar(value=bool()):
            return "true or false"
        case Scalar(value=int() | float()):
            return "a number"
        case _:
            return "text"


def _conversion(expected: list[str], node: Node | None) -> str | None:
    """How to write the same value as what was expected."""
    if not isinstance(node, Scalar):
        return None
    if "text" in expected and not isinstance(node.value, str):
        return f'write "{shown(node.text)}" in quotes'
    if expected == ["true or false"] and node.text.casefold() in {"yes", "no", "on", "off", "y", "n", "true", "false"}:
        return "write true or false without quotes; in YAML 1.2 yes, no, on and off are text"
    return _without_quotes(node, expected)


def _without_quotes(node: Scalar, expected: list[str]) -> str | None:
    if not isinstance(node.value, str) or not node.style:
        return None
    try:
        value = resolve_plain(node.text)
    except Unfit:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    fits = {"a number", "a whole number", str(value)} & set(expected)
    return f"write {shown(node.text)} without quotes" if fits else None


def _limit(mistake: Mistake) -> str:
    """The rule that a value of the right kind breaks."""
    if mistake.type == "string_pattern_mismatch":
        return f"must be {_PATTERNS[mistake.context['pattern']]}"
    return _LIMITS.get(mistake.type, "has a value that is not allowed here").format(**mistake.context)
