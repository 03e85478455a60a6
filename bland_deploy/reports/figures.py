"""Calls added up one by one, in memory that does not grow with them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import NormalDist
from typing import NamedTuple

from bland_deploy.api.outcomes import OUTCOMES
from bland_deploy.model.results import CallResult

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_LENGTHS = (15, 30, 60, 120, 300, 600)
LENGTH_NAMES = ("up to 15 s", "16–30 s", "31–60 s", "1–2 min", "2–5 min", "5–10 min", "over 10 min")


class Share(NamedTuple):
    """A part of a whole, and between which shares the truth lies with a confidence of 95 %, both from 0 to 1."""

    part: int
    whole: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The part as a number from 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None


def share_of(part: int, whole: int) -> Share:
    """The share with its Wilson score interval (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it)."""
    if not whole:
        return Share(0, 0, 0.0, 1.0)
    rate, spread = part / whole, _Z * _Z / whole
    centre = (rate + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * ((rate * (1 - rate) + spread / 4) / whole) ** 0.5
    return Share(part, whole, max(0.0, centre - half), min(1.0, centre + half))


@dataclass(slots=True)
class Figures:
    """Calls added up: how many there are, ended, were dialled and answered by a person; minutes talked, USD paid."""

    calls: int = 0
    completed: int = 0
    dialled: int = 0
    answered: int = 0
    minutes: float = 0.0
    cost: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    dispositions: Counter[str] = field(default_factory=Counter)

    def add(self, call: CallResult) -> None:
        """One more call."""
        self.calls += 1
        self.completed += call.completed
        self.dialled += call.dialled
        self.answered += call.outcome == "answered"
        self.minutes += call.minutes or 0.0
        self.cost += call.price or 0.0
        self.outcomes[call.outcome] += 1
        if call.disposition:
            self.dispositions[call.disposition] += 1

    @property
    def by_outcome(self) -> dict[str, int]:
        """Calls by outcome, in the order in which they are shown."""
        return {outcome: self.outcomes[outcome] for outcome in OUTCOMES if self.outcomes[outcome]}

    @property
    def by_disposition(self) -> dict[str, int]:
        """Calls by disposition, the most frequent first."""
        return dict(sorted(self.dispositions.items(), key=lambda item: (-item[1], item[0])))

    @property
    def answer_rate(self) -> Share:
        """How many of those who were dialled answered."""
        return share_of(self.answered, self.dialled)


def length_name(minutes: float) -> str:
    """The class that a length of talk belongs to."""
    seconds = minutes * 60
    return LENGTH_NAMES[sum(seconds > most for most in _LENGTHS)]


def hour_of(call: CallResult) -> str | None:
    """The hour (ISO 8601, UTC) in which a call was dialled, or was made where it was not; None where nobody says."""
    text = call.started_at or call.created_at
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.strftime("%Y-%m-%dT%H:00Z")
