"""What `state adopt` takes over: batches that the provider lists and the log does not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bland_deploy.diagnostics import Diagnostic


class AdoptedBatch(NamedTuple):
    """A batch as the provider lists it: by its stamp it has `calls` calls, and `listed` people are listed for it."""

    batch_id: str
    round: str
    lineage: str
    attempt: str
    created_at: str | None
    calls: int
    listed: int


class AdoptedHold(NamedTuple):
    """People who may have been called, and why that is not known."""

    round: str
    people: int
    reason: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting does to a campaign's log: it `begins` one, `adds` to it, or `replaces` a damaged one.

    `elsewhere` counts batches by the lineage of other states, which are not taken over unless asked for.
    """

    campaign: str
    lineage: str | None
    does: Literal["begins", "adds", "replaces"]
    batches: tuple[AdoptedBatch, ...]
    holds: tuple[AdoptedHold, ...]
    elsewhere: Mapping[str, int]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.batches and not self.holds and self.does != "replaces"
