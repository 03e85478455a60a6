"""What a text says, by the phrases of the rules pack: disclosures that it makes, and denials that it asks for."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from bland_deploy.model.pack import Denials, Disclosure
from bland_deploy.rules.pack import load_pack

PROMPT_LANGUAGE = "en"
"""Prompts are written in English whatever language the agent speaks, so its phrases count besides."""

REMEMBERED = 20_000
"""How many texts are remembered, each with what it says."""

_STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'})
_LOOKALIKES = re.compile("[\u0130\u0131\u017f]")
"""What expressions take for the letters i and s, although it is not their capital letter."""
_CURLY = re.compile("[\u2018\u2019\u02bc\u201c\u201d]")
_END = r"""(?<=[.!?])["')\u201d]*\s+"""
_BETWEEN = re.compile(_END + r"""|\n\s*(?:\n|(?=[-*\u2022#]|\d+[.)]))|;\s""")
_ENDS = re.compile(_END)
_ANY = frozenset({"babel", "auto", "fluent"})


def languages_of(language: object) -> tuple[str, ...]:
    """The languages (ISO 639-1) whose phrases count where `call.language` says this; none where the pack has none.

    Without a language it is English. What understands every language counts as any of the pack's.
    """
    written = language.lower().removeprefix("babel-") if isinstance(language, str) and language else PROMPT_LANGUAGE
    if written in _ANY:
        return known_languages()
    spoken = _THREE_LETTERS.get(written, written.partition("-")[0])
    return (spoken,) if spoken in known_languages() else ()


@cache
def known_languages() -> tuple[str, ...]:
    """The languages of the pack."""
    return tuple(load_pack().disclosures[0].phrases)


@lru_cache(64)
def plain(text: str) -> str:
    """A text as the phrases expect it: straight quotes, single blanks. One text is asked for several times in a row."""
    return " ".join((text.translate(_STRAIGHT) if _CURLY.search(text) else text).split())


def sentences(text: str) -> list[str]:
    """The sentences and the items of lists of a text, as the phrases expect them."""
    return [plain(part) for part in _BETWEEN.split(text) if part.strip()]


def ends_of_sentences(text: str) -> list[int]:
    """Where sentences surely begin, whatever stands before the text and behind it.

    Cut there, pieces deny what the whole denies; what else is between sentences depends on what is beside it.
    """
    return [end.end() for end in _ENDS.finditer(text)]


@lru_cache(REMEMBERED)
def says(id_: str, text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text makes the disclosure with that id, in any of the languages."""
    return says_once(id_, text, languages)


def says_once(id_: str, text: str, languages: tuple[str, ...]) -> bool:
    """The same of a text that is not met again, and so is not remembered."""
    return may_hold(id_, text, languages) and _finder(id_, languages).is_in(plain(text))


@lru_cache(REMEMBERED)
def denies(id_: str, text: str, languages: tuple[str, ...]) -> bool:
    """Whether a sentence of a text asks for the denial with that id, in any of the languages."""
    return denies_once(id_, text, languages)


def denies_once(id_: str, text: str, languages: tuple[str, ...]) -> bool:
    """The same of a text that is not met again, and so is not remembered."""
    if not may_hold(id_, text, languages):
        return False
    return any(_is_denial(id_, sentence, languages) for sentence in sentences(text))


@lru_cache(REMEMBERED)
def _is_denial(id_: str, sentence: str, languages: tuple[str, ...]) -> bool:
    """The same of one sentence: texts that are made for each person share most of theirs."""
    return may_hold(id_, sentence, languages) and phrases_of(id_, languages).search(sentence) is not None


def may_hold(id_: str, text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text holds a word without which it holds no phrase of a disclosure or a denial (its id).

    Most texts hold none, and looking for phrases takes a hundred times as long.
    """
    lowered = text.lower()
    for word in words_of(id_, languages):
        if word in lowered:
            return True
    return not text.isascii() and _LOOKALIKES.search(text) is not None


class _Finder:
    """Says whether a phrase is in a text: first in the words that it had in the last text that holds it."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._last = ""

    def is_in(self, text: str) -> bool:
        """What a search for the phrase gives, much sooner where texts are alike."""
        at = text.find(self._last) if self._last else -1
        if at >= 0 and self._pattern.match(text, at):
            return True
        found = self._pattern.search(text)
        if found is not None:
            self._last = found[0]
        return found is not None


@cache
def _finder(id_: str, languages: tuple[str, ...]) -> _Finder:
    return _Finder(phrases_of(id_, languages))


@cache
def words_of(id_: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The words of which every text that holds a phrase has one; an empty one, which is everywhere, where not known."""
    words = _said(id_).words
    return tuple(dict.fromkeys(word for language in languages for word in words.get(language, ()))) if words else ("",)


@cache
def phrases_of(id_: str, languages: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all phrases by which a disclosure or a denial (its id) is known in some languages."""
    return re.compile("|".join(_of_languages(_said(id_).phrases, languages)) or r"(?!)", re.IGNORECASE)


def _said(id_: str) -> Disclosure | Denials:
    pack = load_pack()
    said: Iterable[Disclosure | Denials] = (*pack.disclosures, *pack.denials)
    return next(item for item in said if item.rule.id == id_)


def _of_languages(phrases: Mapping[str, tuple[str, ...]], languages: tuple[str, ...]) -> list[str]:
    return [f"(?:{phrase})" for language in dict.fromkeys(languages) for phrase in phrases.get(language, ())]


_THREE_LETTERS = {"eng": "en", "spa": "es", "fra": "fr", "deu": "de"}
