"""What the log knows of how the calls of a batch ended."""

from collections.abc import Mapping
from typing import NamedTuple


class RecordedBatch(NamedTuple):
    """A batch with its people by outcome, and how many are not known to their end; `new` is what was just written."""

    campaign: str
    round: str
    batch_id: str
    outcomes: Mapping[str, int]
    not_known: int
    new: bool
