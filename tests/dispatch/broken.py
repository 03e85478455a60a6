"""Protocols that ring people twice, each by one thing left out or done otherwise, and how few faults that takes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from bland_deploy.client.send import Unknown, send_create
from bland_deploy.model.entries import Sending, Void, instant
from bland_deploy.operations import apply as applying
from bland_deploy.operations.provider import witness
from bland_deploy.state import log as logs
from bland_deploy.state.replay import Phase, Standing
from tests.dispatch.tape import SETTLE
from tests.dispatch.world import Rules


class Broken(NamedTuple):
    """A protocol and where it fails. `faults` is how few are enough."""

    faults: int
    rules: Rules
    replaced: Mapping[Callable[..., Any], Callable[..., Any]]
    settle: float = SETTLE
    counted: bool = False


LOCKED = Rules(runs=2, lock=True)
FREE = Rules(runs=2, rollback=False)


def say_nothing(*_):
    """No check."""


def send_again(client, path, body, before_last_byte):
    """What an HTTP library's retries do."""
    outcome = send_create(client, path, body, before_last_byte)
    return send_create(client, path, body, lambda: None) if isinstance(outcome, Unknown) else outcome


def end_unlisted(attempt, listed, at):
    """Not listed, so not sent."""
    if not listed and attempt.phase in {Phase.SENDING, Phase.HELD}:
        return Void(at=at, attempt=attempt.batch.attempt, reason="not listed")
    return witness._end_of(attempt, listed, at)


def trust_the_claim(_proposal, begun, _world):
    """No second look at the list."""
    return dict(begun)


def forget_claims(log, batches, now, ours=None):
    """Void without an entry: whoever claimed cannot know."""
    claimed = log.standing.in_phase(Phase.CLAIMED)
    void = {attempt.batch.attempt: replace(attempt, phase=Phase.VOID) for attempt in claimed}
    return replace(log, standing=Standing({**log.standing.attempts, **({} if ours else void)}))


def settle_once(log, batches, now, ours=None):
    """Decide by what was read, and write that down whatever others have written since."""
    listed = witness.by_attempt(batches)
    for id_, attempt in log.standing.attempts.items():
        entry = witness._end_of(attempt, listed.get(id_, []), instant(now))
        if entry is not None and (ours is None or id_ in ours):
            log = logs.record(log, entry)
    return log


def record_but_sending(log, entries):
    """No record before the last byte."""
    return logs.record_in_turn(log, [entry for entry in entries if not isinstance(entry, Sending)])


BLIND = {witness.refuse_unknown: say_nothing, witness.refuse_unsent: say_nothing}
BROKEN = {
    "resend after a time-out": Broken(0, LOCKED, {send_create: send_again}),
    "not listed, so resend": Broken(0, FREE, {witness._end_of: end_unlisted, applying._witness: trust_the_claim}),
    "not listed after a settle time, so resend": Broken(2, FREE, {witness._end_of: end_unlisted}),
    "no witness": Broken(1, LOCKED, BLIND),
    "no settle time": Broken(1, LOCKED, {}, settle=0.0),
    "a counter in place of a nonce": Broken(1, LOCKED, {witness.refuse_unsent: say_nothing}, counted=True),
    "what the log calls unsent may be listed": Broken(1, LOCKED, {witness.refuse_unsent: say_nothing}),
    "void without the log": Broken(1, FREE, {witness.settle: forget_claims}),
    "void decided by what was read before": Broken(0, FREE, {witness.settle: settle_once}),
    "nothing recorded before the last byte": Broken(0, FREE, {logs.record_in_turn: record_but_sending}),
}
