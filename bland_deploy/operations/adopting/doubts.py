"""Who may have been called although nothing shows it: they are held when batches are adopted."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bland_deploy.operations.adopting.salvage import Remains
from bland_deploy.operations.adopting.strays import Stray
from bland_deploy.operations.provider.dialled import KeyOf
from bland_deploy.state.log import Log, known_in


class Suspects(NamedTuple):
    """People of a round who may have been called."""

    round: str
    keys: frozenset[bytes]
    reason: str


class Doubts(NamedTuple):
    """What leaves doubts: batches that do not list all their people, and what a damaged log claimed.

    `round` is the campaign's own, the one of claims of which nothing more is known.
    """

    log: Log | None
    strays: Sequence[Stray]
    remains: Remains | None
    round: str

    def by_round(self) -> Mapping[str, Sequence[str]]:
        """The rounds in which anybody on the list may have been called, and why."""
        reasons = defaultdict(list)
        for stray in self.strays:
            if stray.missing:
                lists = f"batch {stray.batch.batch_id} lists {len(stray.keys)} of {stray.stamp.calls} people"
                reasons[stray.stamp.round].append(lists)
        if self.remains and self.remains.gaps:
            reasons[self.round].append("files of keys of the damaged log are lost")
        return reasons

    def suspects(self, listed: frozenset[str], key_of: Callable[[str], KeyOf]) -> Iterator[Suspects]:
        """Who is to be held, each person once. `listed` are the identities of everybody on the campaign's list."""
        accounted: set[bytes] = set().union(*(stray.keys for stray in self.strays))
        for round_, claimed in self.remains.claimed.items() if self.remains else ():
            if claimed - accounted:
                yield Suspects(round_, claimed - accounted, "the damaged log claimed them, and no batch lists them")
        accounted.update(*(self.remains.claimed.values() if self.remains else ()))
        for round_, reasons in self.by_round().items():
            known = (accounted, *(known_in(self.log, round_) if self.log else ()))
            keys = {key for key in map(key_of(round_), listed) if not any(key in keys for keys in known)}
            if keys:
                yield Suspects(round_, frozenset(keys), "; ".join(reasons))
