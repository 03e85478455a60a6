"""What came of one create of a probe: the provider's answers as they were, for the judge."""

from typing import NamedTuple

from bland_deploy.api.echoes import CallRecord
from bland_deploy.api.outcomes import Listed, ListedCall
from bland_deploy.operations.probe.trials import Trial

WAITING = "waiting_for_scheduled_calls"
"""The status of a batch whose calls wait for their time (API reference, 3.3)."""


class Observation(NamedTuple):
    """What came of a trial. `fate` is `created`, `refused`, `cut` or `lost`; `reason` says why, `kind` of a refusal.

    `listed` is how the list showed it, `waited` the seconds until it did or until nobody looked any more. `batch` is
    what it says of itself, `record` its first call; `calls` is None where they were not asked for.
    `kept_id` says whether it got the id that the trial chose, `left` how its calls were listed once it was stopped.
    """

    trial: Trial
    attempt: str
    fate: str
    batch_id: str | None = None
    reason: str | None = None
    kind: str | None = None
    listed: Listed | None = None
    waited: float = 0.0
    batch: Listed | None = None
    status: str | None = None
    calls: tuple[ListedCall, ...] | None = None
    record: CallRecord | None = None
    kept_id: bool = False
    left: tuple[ListedCall, ...] | None = None

    @property
    def dialled(self) -> bool:
        """Whether a call of it was dialled, which should have waited for its time."""
        return any(map(is_dialled, self.calls or ()))

    @property
    def refused(self) -> bool:
        """Whether it was plainly refused."""
        return self.fate == "refused"


def is_dialled(call: ListedCall) -> bool:
    """Whether a call has begun, or ended in another way than in the queue."""
    begun = call.started_at is not None or call.queue_status == "started"
    return begun or (call.completed and not call.undialled)
