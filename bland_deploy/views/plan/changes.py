"""What has changed in the text of a campaign since it was last sent: a unified diff of each part."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bland_deploy.model.json import Json
from bland_deploy.model.plan import CampaignPlan
from bland_deploy.views.harmless import clipped, harmless

_CONTEXT = 2
_MOST_COMPARED = 5_000
_MOST_SHOWN, _WIDEST = 120, 400


class Change(NamedTuple):
    """A part of the text that is another one than before, and the lines of the diff without its head."""

    part: str
    lines: tuple[str, ...]


_NUMBERS = Change("text", ("a phone number in it changed, and numbers are not kept",))


def changes(campaign: CampaignPlan) -> tuple[Change, ...]:
    """The parts that changed; none where it was never sent or the text last sent is not known."""
    before, now = campaign.text_before, campaign.text
    if before is None or before == now:
        return ()
    old, new = before.parts, now.parts
    return tuple(
        Change(part, tuple(_diff(_lines(old.get(part)), _lines(new.get(part)))))
        for part in {**old, **new}
        if old.get(part) != new.get(part)
    ) or (_NUMBERS,)


def shortened(lines: Sequence[str], most: int = _MOST_SHOWN, widest: int = _WIDEST) -> list[str]:
    """A diff as far as people read it: the first lines, not too wide, and how many more there are."""
    shown = [clipped(line, widest) for line in lines[:most]]
    more = len(lines) - len(shown)
    return [*shown, f"… {more:,} more lines"] if more > 0 else shown


def _lines(value: Json) -> list[str]:
    """The lines of a part; what is no text is written as JSON."""
    if value is None:
        return []
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return harmless(text).split("\n")


def _diff(old: list[str], new: list[str]) -> Iterator[str]:
    """The lines that differ, with some around them. Of very many lines, all between the first and the last change."""
    if max(len(old), len(new)) <= _MOST_COMPARED:
        from difflib import unified_diff  # noqa: PLC0415 - only where a text has changed

        yield from list(unified_diff(old, new, n=_CONTEXT, lineterm=""))[2:]
        return
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    gone, come = old[first : len(old) - last], new[first : len(new) - last]
    yield f"@@ -{first + 1},{len(gone)} +{first + 1},{len(come)} @@"
    yield from (f"-{line}" for line in gone)
    yield from (f"+{line}" for line in come)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same from the beginning."""
    for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return number
    return min(len(one), len(other))
