"""What is said in calls: who calls, that an AI speaks, how to be called no more, that the call is recorded.

The text of a call is its prompt and its first sentence, and alone what is left on a voicemail. Each distinct text is
looked at once. What Bland fills in during the call counts where the call brings it along.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from bland_deploy.diagnostics import Severity
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.operations.calls.checks.filled import Phrases, Values, denies_filled, is_idle, says_filled
from bland_deploy.operations.calls.objections import Objection, Objections
from bland_deploy.prompts.placeholders import blank_names, by_folded_name
from bland_deploy.rules.pack import load_pack
from bland_deploy.rules.phrases import PROMPT_LANGUAGE, REMEMBERED, denies, languages_of, says

MARKETING = "marketing"
_ELSEWHERE = ("pathway_id", "persona_id", "agent_id")
_FIELDS = ("task", "first_sentence", "voicemail", "voicemail_message", "record", "language", *_ELSEWHERE)
_BASE = "base_prompt"
_fields_of = itemgetter(*_FIELDS)

ReadSpeech = Callable[[JsonObject], Objections]


class Blanks(NamedTuple):
    """The texts of a call that Bland fills, their names in the form in which it compares them, and what is sought."""

    texts: tuple[str, ...]
    names: frozenset[str]
    phrases: Phrases

    def are_idle(self, everybody: Sequence[Values]) -> bool:
        """Whether they surely say the same: as they are written, and filled for each of these people."""
        return all(is_idle(text, self.phrases, everybody) for text in self.texts)


class Written(NamedTuple):
    """What is wrong with a text as it is written; `blanks` where that may depend on what Bland fills in."""

    objections: Objections
    blanks: Blanks | None


class Speech(NamedTuple):
    """From a call to what is wrong with its text: as Bland will fill it, and as it is written.

    With a text that is right as it is written nothing is wrong whatever it is filled with.
    """

    filled: ReadSpeech
    as_written: Callable[[JsonObject], Written]


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
    own_fields, known = _fields_reader(), dict[tuple[object, ...], _AsWritten]()

    def written(call: JsonObject) -> _AsWritten:
        own = own_fields(tuple(call))
        values = [call[name] for name in own]
        variant = (own, *values, *map(type, values))
        try:
            found = known.get(variant)
        except TypeError:  # a field that is a mapping
            return _written(judge, said, call)
        if found is None:
            if len(known) >= REMEMBERED:
                known.clear()
            found = known[variant] = _written(judge, said, call)
        return found

    def filled(call: JsonObject) -> Objections:
        text, (objections, blanks) = written(call)
        return objections if blanks is None else judge(_filled(text, call))

    return Speech(filled, lambda call: written(call).written)


class _AsWritten(NamedTuple):
    """A text as it is written, and what is wrong with it."""

    text: _Text
    written: Written


def _written(judge: "_Judge", shared: JsonObject, call: JsonObject) -> _AsWritten:
    text = _text_of(shared, call)
    objections = judge(text)
    return _AsWritten(text, Written(objections, judge.blanks(text) if objections else None))


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


def _filled(text: _Text, call: Mapping[str, Json]) -> _Text:
    """The text with what the call brings along in the places of Bland's placeholders."""
    data = call.get("request_data")
    return text._replace(filled_with=by_folded_name({**call, **(data if isinstance(data, dict) else {})}))


def _denies(id_: str, part: str, languages: tuple[str, ...], text: _Text) -> bool:
    """Whether a part of a text asks for a denial."""
    if text.filled_with is None:
        return denies(id_, part, languages)
    return denies_filled(id_, part, languages, text.filled_with)


def _says(id_: str, part: str, languages: tuple[str, ...], text: _Text) -> bool:
    """Whether it makes a disclosure."""
    if text.filled_with is None:
        return says(id_, part, languages)
    return says_filled(id_, part, languages, text.filled_with)


class _Judge:
    """Says what is wrong with a text."""

    def __init__(self, purpose: str | None) -> None:
        pack = load_pack()
        self._ids = {said.kind: said.rule.id for said in pack.disclosures}
        self._denials = [denial.rule.id for denial in pack.denials]
        self._asked = ("identity", "ai", "opt_out") if purpose == MARKETING else ()

    def __call__(self, text: _Text) -> Objections:
        languages = (*text.languages, PROMPT_LANGUAGE)
        found = self._denied(text, languages)
        asked = self._asked_of(text)
        if asked and not text.languages:
            return (*found, _unchecked(text.path))
        where = "the text that is here" if text.is_elsewhere else "the text"
        found += self._lacking(self._unsaid(asked, text.said, languages, text), where, text)
        if text.left and self._asked:
            unsaid = self._unsaid(self._asked, (text.left,), languages, text)
            found += self._lacking(unsaid - {"ai"}, "the message for a voicemail", text)
        return tuple(found)

    def blanks(self, text: _Text) -> Blanks | None:
        """The parts of a text that Bland fills."""
        texts = tuple(part for part in (*text.said, text.left) if "{{" in part)
        if not texts:
            return None
        names = frozenset[str]().union(*map(blank_names, texts))
        asked = tuple(self._ids[kind] for kind in self._asked_of(text))
        return Blanks(texts, names, Phrases(asked, tuple(self._denials), (*text.languages, PROMPT_LANGUAGE)))

    def _asked_of(self, text: _Text) -> tuple[str, ...]:
        return (*self._asked, "recording") if text.is_recorded else self._asked

    def _unsaid(
        self, asked: tuple[str, ...], said: tuple[str, ...], languages: tuple[str, ...], text: _Text
    ) -> set[str]:
        """The kinds of disclosure that none of these parts of a text makes."""
        unsaid = set(asked)
        for kind in asked:
            for part in said:
                if _says(self._ids[kind], part, languages, text):
                    unsaid.remove(kind)
                    break
        return unsaid

    def _denied(self, text: _Text, languages: tuple[str, ...]) -> list[Objection]:
        found = []
        for id_ in self._denials:
            for part in (*text.said, text.left):
                if _denies(id_, part, languages, text):
                    found.append(_denial(id_, text.path))
                    break
        return found

    def _lacking(self, kinds: Collection[str], where: str, text: _Text) -> list[Objection]:
        found = []
        for kind, rule in _RULES.items():
            if kind in kinds:
                what = f"{where} does not say {_WHAT[kind]}"
                found.append(Objection(rule, Severity.ERROR, what, _SAY[kind], self._ids[kind], text.path))
        return found


@cache
def _denial(id_: str, path: tuple[str, ...] | None) -> Objection:
    what = "the text tells the agent to pass for a human being"
    way_out = "let the agent say what it is when somebody asks"
    return Objection("denies-being-an-ai", Severity.ERROR, what, way_out, id_, path)


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
