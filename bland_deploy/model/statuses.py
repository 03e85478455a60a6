"""How a batch that was sent is doing."""

from collections.abc import Mapping
from typing import NamedTuple


class Tally(NamedTuple):
    """Calls that the provider lists: how many by outcome (none of zero), minutes talked, USD so far.

    `drain` is how many seconds the queue still takes at the rate of dialling so far, None where there is no telling.
    """

    outcomes: Mapping[str, int]
    minutes: float
    cost: float
    drain: float | None = None


class BatchReport(NamedTuple):
    """A claimed batch, and where the provider says it stands.

    `status` is the provider's word, or the state's own where there is no batch id (`held`, `unfinished`, `void`).
    `calls` are those that were claimed; `successful` and `failed` are None until the provider tells. `not_dialled` is
    for how many people of a batch that ended it lists no dial; they count as called. None where that is not known.
    `final` is whether it will not change any more; a claim without a batch id never does by itself. `tally` is there
    where its calls were asked for.
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
    final: bool = False
    tally: Tally | None = None
    wave: int | None = None


class StoppedBatch(NamedTuple):
    """What became of a stop. A provider that refuses it (`stopped` false, `failed` false) has finished the batch.

    `calls` is how many calls it cancelled, `dialled` how many phones may have rung before; None where nobody says.
    """

    campaign: str
    batch_id: str
    stopped: bool
    failed: bool
    message: str | None = None
    calls: int | None = None
    dialled: int | None = None
