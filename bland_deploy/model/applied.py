"""What an apply did."""

from dataclasses import dataclass
from enum import StrEnum

from bland_deploy.diagnostics import Diagnostic


class BatchFate(StrEnum):
    """What became of a batch; the words of apply's output."""

    SENT = "sent"
    HELD = "held"
    FAILED = "failed"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class AppliedBatch:
    """One batch of an apply: its id where the provider gave one, and why it was not sent where it was not."""

    campaign: str
    calls: int
    fate: BatchFate
    batch_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did, batch by batch; `open_holds` counts the calls that are held, also from before.

    `done_before` counts calls of the named campaigns that earlier runs had sent.
    """

    environment: str
    batches: tuple[AppliedBatch, ...]
    exit_code: int
    open_holds: int = 0
    done_before: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()

    def calls(self, fate: BatchFate) -> int:
        """How many calls met that fate."""
        return sum(batch.calls for batch in self.batches if batch.fate is fate)
