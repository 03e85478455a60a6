"""What is said in the calls of a campaign: each distinct text once, with how many hear it, and as one of them does."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.plan import Request
from bland_deploy.prompts.heard import effective_call, heard
from bland_deploy.views.harmless import clipped, one_line
from bland_deploy.views.mask import Privacy, shown_texts
from bland_deploy.views.words import count

_SPOKEN = ("first_sentence", "base_prompt", "task", "voicemail")
_LIMIT = 8
_WIDEST, _LONGEST = 90, 20_000


@dataclass(slots=True)
class _Said:
    """A text, how many hear it, and the first of them: request, body and place of the call."""

    calls: int
    request: Request
    body: JsonObject
    number: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A text to show: its title, and its parts by name."""

    title: str
    parts: tuple[tuple[str, str], ...]


def variants(shown: Iterable[tuple[Request, JsonObject]], privacy: Privacy) -> tuple[tuple[Variant, ...], int]:
    """The texts that most people hear, and how many others there are. `shown` are requests with bodies as shown.

    Where values of rows may be shown, each has an example: the text as the first person of it will hear it.
    """
    said: dict[str, _Said] = {}
    for request, body in shown:
        for number in range(request.calls):
            effective, _ = effective_call(body, request.route.calls_key, number)
            text = json.dumps([effective.get(name) for name in _SPOKEN])
            if text in said:
                said[text].calls += 1
            else:
                said[text] = _Said(1, request, body, number)
    most = sorted(said.items(), key=lambda item: -item[1].calls)[:_LIMIT]
    return tuple(_variant(text, item, privacy) for text, item in most), len(said) - len(most)


def _variant(text: str, item: _Said, privacy: Privacy) -> Variant:
    named = [(name, value) for name, value in zip(_SPOKEN, json.loads(text), strict=True) if value not in (None, "")]
    begins = next((clipped(one_line(value), _WIDEST) for _, value in map(_part, named)), "nothing of its own")
    examples = _examples(item, dict(named), privacy)
    parts = [part for name, value in named for part in [(name, value), *examples.get(name, ())]]
    return Variant(f"{count(item.calls, 'call')}: {begins}", tuple(map(_part, parts)))


def _examples(item: _Said, said: JsonObject, privacy: Privacy) -> dict[str, list[tuple[str, Json]]]:
    """For each part in which something is filled in, the part as the first person who hears it does."""
    if not privacy.row_values:
        return {}
    texts = heard(item.body, item.request.route.calls_key, item.number)
    filled = shown_texts({name: texts[name] for name in said if name in texts}, item.request, privacy)
    return {
        name: [(f"{name}, as the first of them hears it", value)]
        for name, value in filled.items()
        if value != said[name]
    }


def _part(named: tuple[str, Json]) -> tuple[str, str]:
    name, value = named
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return name, clipped(text, _LONGEST)
