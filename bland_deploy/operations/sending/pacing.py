"""How fast creates follow each other: slower when the provider limits us, faster again when it takes what we send.

Only what was provably not sent is sent again: a refusal for rate in the API's own envelope, or a way there that failed.
"""

from dataclasses import dataclass

TRIES = 5
"""So often a batch is sent before the run gives up on it."""
LONGEST_WAIT = 120.0
"""Seconds; a provider that asks for more is asked again by a later run."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_SHORTEST_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before each create, and how many in a row were not taken."""

    pause: float = 0.0
    not_taken: int = 0

    def slower(self) -> "Pace":
        """After a create that was not taken: twice the pause."""
        return Pace(min(_LONGEST_PAUSE, max(_FIRST_PAUSE, 2 * self.pause)), self.not_taken + 1)

    def faster(self) -> "Pace":
        """After one that was taken: half the pause, and in the end none."""
        half = self.pause / 2
        return Pace(half if half >= _SHORTEST_PAUSE else 0.0)

    def wait(self, asked: float) -> float | None:
        """Seconds until a batch may be sent again, at least what the provider asks for; None where that is too much."""
        if self.not_taken >= TRIES or asked > LONGEST_WAIT:
            return None
        return max(self.pause, asked)
