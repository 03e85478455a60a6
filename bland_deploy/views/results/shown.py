"""Results as they may be shown: numbers masked, and in CI nothing that a person said or a row holds."""

from collections.abc import Iterable, Iterator, Sequence

from bland_deploy.diagnostics import mask_number, mask_text
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.results import CallResult
from bland_deploy.views.mask import HIDDEN, Privacy

_SPOKEN = ("summary", "transcript")
_ORDER = tuple(name for name in CallResult._fields if name not in {"variables", *_SPOKEN, "columns"})


def field_names(columns: Sequence[str], *, details: bool, transcripts: bool) -> tuple[str, ...]:
    """The columns of a file of results, in order: what is known of a call, then cells of the list's row."""
    more = (*(("variables", "summary") if details else ()), *(("transcript",) if transcripts else ()))
    return (*_ORDER, *more, *(f"list.{name}" for name in columns))


def records(results: Iterable[CallResult], names: Sequence[str], privacy: Privacy) -> Iterator[JsonObject]:
    """Each result as a flat object with just these names."""
    for result in results:
        flat: JsonObject = {**result._asdict(), **{f"list.{name}": cell for name, cell in result.columns.items()}}
        yield {name: flat.get(name) for name in names} if privacy.numbers else _hidden(flat, names, privacy)


def _hidden(flat: JsonObject, names: Sequence[str], privacy: Privacy) -> JsonObject:
    return {name: _shown(name, flat.get(name), privacy) for name in names}


def _shown(name: str, value: Json, privacy: Privacy) -> Json:
    if name == "number":
        return mask_number(str(value))
    personal = name in {"variables", *_SPOKEN} or name.startswith("list.")
    if personal and value is not None and not privacy.row_values:
        return HIDDEN
    return _masked(value) if personal or name == "error" else value


def _masked(value: Json) -> Json:
    match value:
        case str():
            return mask_text(value)
        case dict():
            return {key: _masked(item) for key, item in value.items()}
        case list():
            return [_masked(item) for item in value]
        case int() if not isinstance(value, bool):
            masked = mask_text(str(value))
            return value if masked == str(value) else masked
        case _:
            return value
