"""How a batch that was sent is doing."""

from typing import NamedTuple


class BatchReport(NamedTuple):
    """A claimed batch, and where the provider says it stands.

    `status` is the provider's word, or the state's own where there is no batch id (`held`, `unfinished`, `void`).
    `calls` are those that were claimed; `successful` and `failed` are None until the provider tells. `not_dialled` is
    for how many people of a batch that ended it lists no dial; they count as called. None where that is not known.
    """

    campaign: str
    round: str
    api: str
    batch_id: str | None
    status: str
    calls: int
    successful: int | None = None
    failed: int | None = None
    reason: str | None = None
    not_dialled: int | None = None


class StoppedBatch(NamedTuple):
    """What became of a stop. A provider that refuses it (`stopped` false, `failed` false) has finished the batch.

    `calls` is how many calls it cancelled, where it says so.
    """

    campaign: str
    batch_id: str
    stopped: bool
    failed: bool
    message: str | None = None
    calls: int | None = None
