"""What is said in calls: who calls, that an AI speaks, how to be called no more, that the call is recorded.

The text of a call is its prompt and its first sentence, and alone what is left on a voicemail. Each distinct text is
looked at once. What Bland fills in during the call counts where the call brings it along.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

from bland_deploy.diagnostics import Severity
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.operations.checks.filled import denies_filled, says_filled
from bland_deploy.operations.objections import Objection, Objections
from bland_deploy.prompts.placeholders import by_folded_name
from bland_deploy.rules.pack import load_pack
from bland_deploy.rules.phrases import PROMPT_LANGUAGE, REMEMBERED, denies, languages_of, says

MARKETING = "marketing"
_ELSEWHERE = ("pathway_id", "persona_id", "agent_id")
_FIELDS = ("task", "first_sentence", "voicemail", "voicemail_message", "record", "language", *_ELSEWHERE)
_BASE = "base_prompt"
_fields_of = itemgetter(*_FIELDS)

ReadSpeech = Callable[[JsonObject], Objections]


class Speech(NamedTuple):
    """From a call to what is wrong with its text: as Bland will fill it, and as it is written.

    With a text that is right as it is written nothing is wrong whatever it is filled with.
    """

    filled: ReadSpeech
    as_written: ReadSpeech


class _Text(NamedTuple):
    """What one call says: to whoever answers, and to a voicemail.

    `is_elsewhere` where Bland holds more of it, `is_own` where the call has some of it for itself.
    """

    said: tuple[str, ...]
    left: str
    languages: tuple[str, ...]
    is_recorded: bool
    is_elsewhere: bool
    is_own: bool
    filled_with: Mapping[str, Json] | None = None
    """What Bland fills in, by the folded form of names; None for the text as it is written."""

    @property
    def path(self) -> tuple[str, ...] | None:
        """Where it stands in the campaign; None for the row."""
        return None if self.is_own else ("prompt",)


def speech_reader(shared: JsonObject, purpose: str | None) -> Speech:
    """The functions from a call to what is wrong with its text; `shared` are the parameters of all calls.

    Prompts that deny being an AI and silent recordings are wrong whatever the purpose, the rest is for marketing.
    """
    judge, said = _Judge(purpose), {name: shared.get(name) for name in (*_FIELDS, _BASE)}
    return Speech(_filled_reader(judge, said), lambda call: judge(_text_of(said, call)))


def _filled_reader(judge: "_Judge", said: JsonObject) -> ReadSpeech:
    known, judged = dict[tuple[object, ...], Objections](), partial(_judged, judge, said)
    ours = judged({})
    if ours and _has_names(_text_of(said, {})):
        return judged

    own_fields = _fields_reader()

    def read(call: JsonObject) -> Objections:
        own = own_fields(tuple(call))
        if not own:
            return ours
        variant = (own, *[call[name] for name in own])
        try:
            found = known.get(variant)
        except TypeError:  # a field that is a mapping
            return judged(call)
        if found is None:
            found = judge(_text_of(said, call))
            if found:  # what is filled in may be another text in the next call
                return judged(call)
            _remember(known, variant)
        return found

    return read


def _fields_reader() -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """The function from the keys of a call to those that are said; there are few different ones."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def read(keys: tuple[str, ...]) -> tuple[str, ...]:
        own = known.get(keys)
        if own is None:
            if len(known) >= REMEMBERED:
                known.clear()
            own = known[keys] = tuple(name for name in keys if name in _FIELD_NAMES)
        return own

    return read


def _judged(judge: "_Judge", shared: JsonObject, call: JsonObject) -> Objections:
    """What is wrong with the text of a call: as it is written, or else as Bland will fill it."""
    text = _text_of(shared, call)
    found = judge(text)
    if not found or not call or not _has_names(text):
        return found
    return judge(_filled(text, call))


def _remember(known: dict[tuple[object, ...], Objections], variant: tuple[object, ...]) -> None:
    """Remember a text with which nothing is wrong, whatever is filled in."""
    if len(known) >= REMEMBERED:
        known.clear()
    known[variant] = ()


_FIELD_NAMES = frozenset(_FIELDS)


def _text_of(shared: Mapping[str, Json], call: Mapping[str, Json]) -> _Text:
    """The text of a call; `shared` has all that is said in all calls."""
    task, first, voicemail, message, record, language, *elsewhere = _fields_of({**shared, **call})
    base = shared[_BASE]
    nested = voicemail.get("message") if isinstance(voicemail, dict) else None
    return _Text(
        said=tuple(text for text in (base, task, first) if isinstance(text, str) and text),
        left=next((text for text in (nested, message) if isinstance(text, str)), ""),
        languages=languages_of(language),
        is_recorded=record is True,
        is_elsewhere=any(elsewhere),
        is_own=not _FIELD_NAMES.isdisjoint(call),
    )


def _has_names(text: _Text) -> bool:
    return any("{{" in part for part in (*text.said, text.left))


def _filled(text: _Text, call: Mapping[str, Json]) -> _Text:
    """The text with what the call brings along in the places of Bland's placeholders."""
    data = call.get("request_data")
    return text._replace(filled_with=by_folded_name({**call, **(data if isinstance(data, dict) else {})}))


def _denies(id_: str, parts: Iterable[str], languages: tuple[str, ...], text: _Text) -> bool:
    """Whether any of these parts of a text asks for a denial."""
    if text.filled_with is None:
        return any(map(denies, repeat(id_), parts, repeat(languages)))
    return any(map(denies_filled, repeat(id_), parts, repeat(languages), repeat(text.filled_with)))


def _says(id_: str, parts: Iterable[str], languages: tuple[str, ...], text: _Text) -> bool:
    """Whether any of them makes a disclosure."""
    if text.filled_with is None:
        return any(map(says, repeat(id_), parts, repeat(languages)))
    return any(map(says_filled, repeat(id_), parts, repeat(languages), repeat(text.filled_with)))


class _Judge:
    """Says what is wrong with a text."""

    def __init__(self, purpose: str | None) -> None:
        pack = load_pack()
        self._ids = {said.kind: said.rule.id for said in pack.disclosures}
        self._denials = [denial.rule.id for denial in pack.denials]
        self._asked = ("identity", "ai", "opt_out") if purpose == MARKETING else ()

    def __call__(self, text: _Text) -> Objections:
        languages = (*text.languages, PROMPT_LANGUAGE)
        found = [*self._denied(text, languages)]
        asked = (*self._asked, "recording") if text.is_recorded else self._asked
        if asked and not text.languages:
            return (*found, _unchecked(text.path))
        where = "the text that is here" if text.is_elsewhere else "the text"
        found += self._lacking(self._unsaid(asked, text.said, languages, text), where, text)
        if text.left and self._asked:
            unsaid = self._unsaid(self._asked, (text.left,), languages, text)
            found += self._lacking(unsaid - {"ai"}, "the message for a voicemail", text)
        return tuple(found)

    def _unsaid(
        self, asked: tuple[str, ...], said: tuple[str, ...], languages: tuple[str, ...], text: _Text
    ) -> set[str]:
        """The kinds of disclosure that none of these parts of a text makes."""
        return {kind for kind in asked if not _says(self._ids[kind], said, languages, text)}

    def _denied(self, text: _Text, languages: tuple[str, ...]) -> Iterator[Objection]:
        for id_ in self._denials:
            if _denies(id_, (*text.said, text.left), languages, text):
                what = "the text tells the agent to pass for a human being"
                way_out = "let the agent say what it is when somebody asks"
                yield Objection("denies-being-an-ai", Severity.ERROR, what, way_out, id_, text.path)

    def _lacking(self, kinds: Collection[str], where: str, text: _Text) -> Iterator[Objection]:
        for kind, rule in _RULES.items():
            if kind in kinds:
                what = f"{where} does not say {_WHAT[kind]}"
                yield Objection(rule, Severity.ERROR, what, _SAY[kind], self._ids[kind], text.path)


_RULES = {
    "identity": "identity-missing",
    "ai": "ai-disclosure-missing",
    "opt_out": "opt-out-missing",
    "recording": "recording-disclosure-missing",
}
_WHAT = {
    "identity": "who is calling",
    "ai": "that an AI speaks",
    "opt_out": "how to be called no more",
    "recording": "that the call is recorded",
}
_SAY = {
    "identity": 'say it in `first_sentence` or have the prompt say it: "This is … calling from …"',
    "ai": 'say it in `first_sentence` or have the prompt say it: "I am an AI assistant"',
    "opt_out": 'offer it: "If you do not want to be called again, say so"',
    "recording": 'say it in `first_sentence` or have the prompt say it: "This call is recorded", or do not record',
}


def _unchecked(path: tuple[str, ...] | None) -> Objection:
    return Objection(
        "disclosure-unchecked",
        Severity.WARNING,
        "the rules pack has no phrases for the language, so nobody has checked what the calls disclose",
        "have somebody who speaks it read the text",
        "",
        path,
    )
