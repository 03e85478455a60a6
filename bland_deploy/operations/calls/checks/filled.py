"""What texts say once Bland has filled them: most of a text is the same for everybody, and judged once.

Whether a filled text can hold a phrase at all shows in the words that stand around its names; few texts have to be
looked at whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from bland_deploy.model.json import Json
from bland_deploy.prompts.placeholders import Parts, fill_parts, parts_of, put_together, written_in
from bland_deploy.rules.phrases import denies, denies_once, ends_of_sentences, may_hold, says, says_once, words_of

_REMEMBERED = 1024
_APART = "\n"
"""What no word holds."""

Values = Mapping[str, Json]
"""What Bland fills in, by the folded form of names."""


def says_filled(id_: str, text: str, languages: tuple[str, ...], values: Values) -> bool:
    """Whether a text makes a disclosure when it is filled."""
    if len(parts_of(text)) == 1:
        return says(id_, text, languages)
    seams = _seams(id_, text, languages)
    if seams is not None and not _holds(id_, seams, written_in(seams, values), languages):
        return False
    return says_once(id_, fill_parts(parts_of(text), values), languages)


@lru_cache(_REMEMBERED)
def _seams(id_: str, text: str, languages: tuple[str, ...]) -> Parts | None:
    """The parts of a text in which a word may come about by filling it; None where it has one anyway."""
    parts = parts_of(text)
    if may_hold(id_, _APART.join(parts[::3]), languages):
        return None
    return _around_names(parts, _reach(id_, languages))


def denies_filled(id_: str, text: str, languages: tuple[str, ...], values: Values) -> bool:
    """Whether a text asks for a denial when it is filled."""
    if len(parts_of(text)) == 1:
        return denies(id_, text, languages)
    judged = _judged(id_, text, languages)
    if judged.denies or any(_denies(id_, parts, written_in(parts, values), languages) for parts in judged.doubtful):
        return True
    if not judged.harmless or not _holds(id_, judged.seams, written_in(judged.seams, values), languages):
        return False
    return any(denies_once(id_, fill_parts(parts, values), languages) for parts in judged.harmless)


class Phrases(NamedTuple):
    """What is looked for in texts: the ids of disclosures and of denials, and the languages."""

    disclosures: tuple[str, ...]
    denials: tuple[str, ...]
    languages: tuple[str, ...]

    def may_stand_in(self, text: str) -> bool:
        """Whether a text may hold any of them."""
        return any(may_hold(id_, text, self.languages) for id_ in (*self.disclosures, *self.denials))


def is_idle(text: str, phrases: Phrases, everybody: Sequence[Values]) -> bool:
    """Whether a text surely says and denies the same: as it is written, and filled for each of these people."""
    seams = _all_seams(text, phrases)
    if seams is None:
        return False
    return not phrases.may_stand_in(
        _APART.join(put_together(seams, written_in(seams, one)) for one in ({}, *everybody))
    )


@lru_cache(_REMEMBERED)
def _all_seams(text: str, phrases: Phrases) -> Parts | None:
    """The parts of a text in which a word of a phrase may come about by filling it; None where there is one anyway.

    Of denials that is so where a sentence with a name has one; of disclosures, where any has.
    """
    parts, languages = parts_of(text), phrases.languages
    named = _APART.join(piece for sentence in _sentences(text) if len(sentence) > 1 for piece in sentence[::3])
    if any(may_hold(id_, _APART.join(parts[::3]), languages) for id_ in phrases.disclosures) or any(
        may_hold(id_, named, languages) for id_ in phrases.denials
    ):
        return None
    return _around_names(parts, max(_reach(id_, languages) for id_ in (*phrases.disclosures, *phrases.denials)))


# What stands around names is the same in many texts, and so are the people of a list that several campaigns name.


@lru_cache(_REMEMBERED)
def _holds(id_: str, parts: Parts, written: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    return may_hold(id_, put_together(parts, written), languages)


@lru_cache(_REMEMBERED)
def _denies(id_: str, parts: Parts, written: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    return denies_once(id_, put_together(parts, written), languages)


class _Judged(NamedTuple):
    """A text by its sentences: whether one without a name denies, and those with names, in parts.

    Of these the `doubtful` hold a word of a denial, the `harmless` do not, unless one comes about in their `seams`.
    """

    denies: bool
    doubtful: tuple[Parts, ...]
    harmless: tuple[Parts, ...]
    seams: Parts


@lru_cache(_REMEMBERED)
def _judged(id_: str, text: str, languages: tuple[str, ...]) -> _Judged:
    pieces = [*_sentences(text)]
    named = [parts for parts in pieces if len(parts) > 1]
    doubtful = [parts for parts in named if may_hold(id_, _APART.join(parts[::3]), languages)]
    harmless, reach = tuple(parts for parts in named if parts not in doubtful), _reach(id_, languages)
    seams = tuple(chain.from_iterable((*_around_names(parts, reach), "", "") for parts in harmless))
    return _Judged(
        any(denies(id_, parts[0], languages) for parts in pieces if len(parts) == 1),
        tuple(doubtful),
        harmless,
        (*seams, ""),
    )


def _sentences(text: str) -> Iterator[Parts]:
    """The pieces of a text between surely ended sentences, in parts."""
    piece: list[str] = []
    for at, part in enumerate(parts_of(text)):
        start = 0
        for end in ends_of_sentences(part) if at % 3 == 0 else ():
            yield (*piece, part[start:end])
            piece, start = [], end
        piece.append(part[start:])
    yield tuple(piece)


def _reach(id_: str, languages: tuple[str, ...]) -> int:
    """How many characters the longest word of a phrase has."""
    return max(map(len, words_of(id_, languages)), default=0)


def _around_names(parts: Parts, reach: int) -> Parts:
    """The parts, of their texts only what is so close to a name that a word may reach it."""
    last = len(parts) - 1
    return tuple(
        f"{part[:reach] if at else ''}{_APART}{part[-reach:] if at < last else ''}"
        if at % 3 == 0 and len(part) > 2 * reach
        else part
        for at, part in enumerate(parts)
    )
