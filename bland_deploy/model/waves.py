"""Where a round that is sent in waves stands."""

from dataclasses import dataclass

from bland_deploy.model.entries import GateFigure, Refusal
from bland_deploy.model.rollout import Rollout


@dataclass(frozen=True, slots=True)
class NextWave:
    """The wave that is sent next, or the last one where everybody was called.

    `number` is from 1; `targets` is how many people are called with each wave, those of earlier waves included.
    `called` counts who was, or may have been; `later` those whom later waves call. `is_open` is whether it may be sent
    without a look at the figures of the wave before: it is the first, was begun, or somebody promoted it. `figures` are
    those of the wave before, where they were judged; `refused` says that it was not sent, since some failed.
    """

    rollout: Rollout
    number: int
    targets: tuple[int, ...]
    called: int
    later: int
    is_open: bool
    figures: tuple[GateFigure, ...] = ()
    refused: Refusal | None = None

    @property
    def of(self) -> int:
        """How many waves there are."""
        return len(self.targets)

    @property
    def target(self) -> str:
        """Its target as the campaign's file has it."""
        return self.rollout.written[self.number - 1]

    @property
    def people(self) -> int:
        """How many people its target is."""
        return self.targets[self.number - 1]
