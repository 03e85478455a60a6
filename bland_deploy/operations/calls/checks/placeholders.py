"""The names that Bland fills during the call: whether every call brings them along."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bland_deploy.api.fields import bland_fills
from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.documents.nodes import place_of
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.operations.calls.checks.fields import Met
from bland_deploy.operations.calls.prepare import Parts, Prepared
from bland_deploy.prompts.placeholders import (
    SHOWN_ROWS,
    Lacking,
    Placeholder,
    check_placeholders,
    find_placeholders,
    fold,
    present,
)

Path = tuple[str | int, ...]
Names = tuple[str, ...]


class PlaceholderChecks:
    """Remembers which variables the calls bring along (few different sets of names, however many calls)."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._is_flat = prepared.version.name == "v1"
        self._seen: dict[Names, Names] = {}
        self._latest: Names = ()
        self._sets: dict[Names, Met] = {}
        self._in_rows: dict[str, int] = {}

    def see(self, call: Mapping[str, Json]) -> Names:
        """The names of the variables that a call brings along; equal ones are the same object."""
        data = call.get("request_data")
        names = tuple(data) if isinstance(data, dict) else ()
        if self._is_flat:
            names = (*call, *names)
        if names != self._latest:
            self._latest = self._seen.setdefault(names, names)
        return self._latest

    def note(self, places_of: Mapping[Names, Sequence[int]], lines: Sequence[int]) -> None:
        """Remember which names the calls bring along, by their places in these lines."""
        for names, places in places_of.items():
            first = [lines[at] for at in places[:SHOWN_ROWS]]
            self._sets.setdefault(names, Met()).add(first, len(places))

    def note_in_row(self, names: Iterable[str], line: int) -> None:
        """Remember the placeholders in the fields that a row overrides."""
        for name in names:
            self._in_rows.setdefault(name, line)

    def diagnostics(self, parts: Parts) -> tuple[Diagnostic, ...]:
        """What is wrong, given what all calls share. Nothing is said where there are no calls."""
        if not self._sets:
            return ()
        known = self._known(parts)
        return check_placeholders(self._placeholders(parts), known.values(), self._partial(parts, known))

    def _known(self, parts: Parts) -> dict[str, str]:
        """Every name that some call has, by its folded form."""
        names = [name for names in self._sets for name in names]
        return {fold(name): name for name in (*names, *self._everywhere(parts), *_keys(parts.call.get("request_data")))}

    def _everywhere(self, parts: Parts) -> Iterator[str]:
        """Names that do not come from the calls' own variables."""
        yield from self._prepared.campaign.placeholders
        yield from _response_names(parts.call)
        yield from _response_names(self._prepared.campaign.each)

    def _partial(self, parts: Parts, known: Mapping[str, str]) -> dict[str, Lacking]:
        """Names that some calls lack. A call's own `request_data` replaces the one that all calls share."""
        everywhere = {fold(name) for name in self._everywhere(parts)}
        shared = {fold(name) for name in _keys(parts.call.get("request_data"))}
        partial = {}
        for folded, name in known.items():
            without = [
                names
                for names in self._sets
                if folded not in map(fold, names) and not (folded in shared and (self._is_flat or not names))
            ]
            if without and folded not in everywhere:
                lines = sorted(line for names in without for line in self._sets[names].lines)[:SHOWN_ROWS]
                partial[name] = Lacking(sum(self._sets[names].count for names in without), tuple(lines))
        return partial

    def _placeholders(self, parts: Parts) -> Iterator[Placeholder]:
        prepared = self._prepared
        if prepared.prompt and parts.prompt is not None:
            yield from present(prepared.prompt.placeholders, parts.prompt, place_of(prepared.node, ("prompt",)))
        for value in (prepared.call, prepared.batch, prepared.each):
            for path, placeholder in value.placeholders_at:
                if bland_fills(path):
                    yield placeholder
        for name, line in self._in_rows.items():
            yield Placeholder(name, Place(prepared.source.name, line))


def names_in(overrides: JsonObject) -> tuple[str, ...]:
    """The placeholders in the fields that a row overrides."""
    return tuple(name for path, text in _texts(overrides) if bland_fills(path) for name in find_placeholders(text))


def _keys(value: Json) -> Iterable[str]:
    return value if isinstance(value, dict) else ()


def _texts(value: Json, path: Path = ()) -> Iterator[tuple[Path, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, item in value.items():
                yield from _texts(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from _texts(item, (*path, index))


def _response_names(fields: Mapping[str, Json]) -> Iterator[str]:
    """The names that dynamic data gives (API reference 4.4: `response_data[].name`)."""
    sources = fields.get("dynamic_data")
    for source in sources if isinstance(sources, list) else ():
        answers = source.get("response_data") if isinstance(source, dict) else None
        for answer in answers if isinstance(answers, list) else ():
            name = answer.get("name") if isinstance(answer, dict) else None
            if isinstance(name, str):
                yield name
