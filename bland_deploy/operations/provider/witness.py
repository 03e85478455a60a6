"""The provider's list as a witness against lost or rolled-back state, and as evidence for unfinished sends."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime

from bland_deploy.api.outcomes import Listed
from bland_deploy.errors import StateProblem
from bland_deploy.model.entries import Entry, Held, Receipt, Void, instant
from bland_deploy.model.plan import NO_LINEAGE
from bland_deploy.model.stamp import Stamp
from bland_deploy.state.log import Log, LostRace, append_in_turn, refresh
from bland_deploy.state.replay import Attempt, Phase
from bland_deploy.state.several import together

_ADOPT = "bland-deploy state adopt"


class StateLost(StateProblem):
    """The provider knows of batches of which the state does not: it was lost, rolled back, or is another one."""

    rule = "state-lost"


def by_attempt(batches: Iterable[Listed]) -> Mapping[str, list[Listed]]:
    """The listed batches by the attempt in their stamp."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for batch in batches:
        if batch.attempt:
            found[batch.attempt].append(batch)
    return found


def refuse_unknown(campaign: str, round_: str, log: Log | None, batches: Iterable[Listed]) -> None:
    """StateProblem where the provider has a batch of this campaign that the log does not know.

    A batch under our own lineage that is not in the log means that the state was lost or rolled back. One of the same
    campaign and round under another lineage means that these people were called from another state. An attempt that
    the log knows is known, whatever its lineage: it may have been adopted.
    """
    for batch, stamp in unknown_batches(campaign, log, batches):
        if log is not None and stamp.lineage == log.manifest.lineage:
            raise StateLost(
                f"the provider has batch {batch.batch_id} of {campaign} that the state does not know: "
                "the state was lost or rolled back",
                help=f"bring back the newest state, or take over what the provider lists: `{_ADOPT} {campaign}`",
            )
        if stamp.round == round_ and stamp.lineage != NO_LINEAGE:
            raise StateLost(
                f"the provider has batch {batch.batch_id} of {campaign}, round {round_}, "
                + (f"from another state ({stamp.lineage})" if log else "and the state is empty"),
                help=_way_out_of_another_state(campaign, stamp.lineage if log else None),
            )


def refuse_unsent(log: Log, batches: Iterable[Listed]) -> None:
    """StateLost where the provider has a batch that nobody sent, if the log is right.

    The log must have been read after the list: `sending` is recorded before a batch can be listed.
    """
    for batch in batches:
        attempt = log.standing.attempts.get(batch.attempt or "")
        if attempt is not None and attempt.phase in {Phase.CLAIMED, Phase.VOID}:
            raise StateLost(
                f"the provider has batch {batch.batch_id} of {log.campaign}, which by the state was never sent: "
                "the state was rolled back",
                help="bring back the newest state; or apply again, which takes this batch in",
            )


def unknown_batches(campaign: str, log: Log | None, batches: Iterable[Listed]) -> Iterator[tuple[Listed, Stamp]]:
    """The listed batches of a campaign that the log does not know, each with its stamp."""
    known = log.standing.attempts if log is not None else {}
    for batch in batches:
        stamp = batch.stamp
        if stamp is not None and stamp.campaign == campaign and stamp.attempt not in known:
            yield batch, stamp


def _way_out_of_another_state(campaign: str, lineage: str | None) -> str:
    foreign = f" --foreign {lineage}" if lineage else ""
    return (
        f"bring that state back, or take over what it sent: `{_ADOPT} {campaign}{foreign}`; "
        "or choose another `round` to call everybody again on purpose"
    )


def settle(log: Log, batches: Iterable[Listed], now: datetime, ours: Container[str] | None = None) -> Log:
    """End what earlier runs left open, as far as there is evidence.

    A claim without `sending` was provably not sent: void. One whose attempt the provider lists was sent: receipt. Else
    nobody knows: held, until it is listed after all or a person decides. With `ours` only those attempts are looked at.
    """
    listed, at = by_attempt(batches), instant(now)
    while True:
        attempts = log.standing.attempts.items()
        ends = (_end_of(one, listed.get(id_, []), at) for id_, one in attempts if ours is None or id_ in ours)
        entries = together(entry for entry in ends if entry is not None)
        if not entries:
            return log
        try:
            return append_in_turn(log, entries)
        except LostRace:  # what was only claimed may be sent by now, and then a `void` would lie: decide again
            log = refresh(log)


def _end_of(attempt: Attempt, listed: list[Listed], at: str) -> Entry | None:
    id_ = attempt.batch.attempt
    if attempt.phase is Phase.SENT:
        return None
    if listed:
        first = min(listed, key=lambda batch: batch.created_at or "")
        return Receipt(at=at, attempt=id_, batch_id=first.batch_id)
    if attempt.phase is Phase.CLAIMED:
        return Void(at=at, attempt=id_, reason="an earlier run ended before sending it")
    if attempt.phase is Phase.SENDING:
        return Held(
            at=at, attempt=id_, reason="an earlier run ended while sending it, and the provider does not list it"
        )
    return None
