"""One claimed batch onto the wire, and what became of it into the log."""

from dataclasses import dataclass, replace

from bland_deploy.api.answers import parse_create
from bland_deploy.api.outcomes import Created, Refused
from bland_deploy.client.exchange import Answer
from bland_deploy.client.send import NotSent, SendOutcome, send_create
from bland_deploy.errors import AuthenticationFailed, Blocked, DeployError, ExitCode
from bland_deploy.model.applied import AppliedBatch, BatchFate
from bland_deploy.model.entries import Held, Receipt, Void, instant
from bland_deploy.model.plan import Request
from bland_deploy.operations.sending.book import Book, write_end, write_sending
from bland_deploy.operations.sending.claim import Claimed
from bland_deploy.operations.sending.world import Dropped, World

REFUSED_CODES = {
    "authentication": ExitCode.AUTHENTICATION,
    "payment": ExitCode.BLOCKED,
    "policy": ExitCode.BLOCKED,
    "rate": ExitCode.UNAVAILABLE,
    "invalid": ExitCode.INVALID,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a claimed batch, and the exit code of a failure (0 for none).

    `goes_on` is whether sending the next batch makes sense. `again` is after how many seconds the provider lets this
    one be sent again; None where it must not be, or where that would not help. `dropped` are people (identities) who
    were suppressed meanwhile: it was not sent, and may be without them. `others` counts what other runs had written
    when its end was recorded.
    """

    batch: AppliedBatch
    code: ExitCode = ExitCode.DONE
    goes_on: bool = True
    again: float | None = None
    dropped: frozenset[str] = frozenset()
    others: int = 0


def send(world: World, book: Book, claimed: Claimed) -> Sent:
    """Send one batch. Where it was not, or may not have been, that is recorded; a receipt is for the caller.

    Before the last byte a signal or an objection may still stop it; then the log gets its `sending`, with room kept for
    the receipt. Another runner's `void` makes that entry impossible, and then nothing goes out. Writing it may take
    its time, so there may be an objection after it too.
    """
    request = claimed.request

    def before_last_byte() -> None:
        world.passed("before sending")
        world.stop_if_interrupted()
        world.refuse(request)
        write_sending(book, request.campaign, claimed.attempt, world)
        world.refuse(request)
        world.passed("before the last byte")

    outcome = send_create(world.client, request.route.path, request.with_attempt(claimed.attempt), before_last_byte)
    world.passed("answered")
    sent = _judge(claimed, outcome)
    return sent if sent.batch.fate is BatchFate.SENT else _with_end(sent, claimed, book, world)


def receipt_of(claimed: Claimed, sent: Sent, world: World) -> Receipt:
    """What the log is to say of a batch that was sent."""
    assert sent.batch.batch_id is not None
    return Receipt(at=instant(world.now()), attempt=claimed.attempt, batch_id=sent.batch.batch_id)


def recorded(world: World, sent: Sent, problem: BaseException | None) -> Sent:
    """What became of a batch, once that is in the log. Raises a problem that nobody foresees.

    Where it could not be written the claim stays: held, and never sent again.
    """
    if problem is not None:
        if not isinstance(problem, DeployError):
            raise problem
        reason = f"what became of it could not be recorded: {problem.message}"
        batch = replace(sent.batch, fate=BatchFate.HELD, reason=reason)
        sent = Sent(batch, ExitCode.UNKNOWN, goes_on=False)
    world.passed("recorded")
    return sent


def _judge(claimed: Claimed, outcome: SendOutcome) -> Sent:
    request = claimed.request
    if isinstance(outcome, NotSent):
        batch = AppliedBatch(request.campaign, request.calls, BatchFate.NOT_SENT, reason=outcome.reason)
        return Sent(
            batch,
            _code_of(outcome),
            goes_on=isinstance(outcome.cause, Blocked),
            again=0.0 if outcome.retryable else None,
            dropped=outcome.cause.people if isinstance(outcome.cause, Dropped) else frozenset(),
        )
    if not isinstance(outcome, Answer):
        return _held(request, outcome.reason)
    match parse_create(claimed.api, outcome.status, outcome.headers, outcome.body):
        case Created(batch_id):
            return Sent(AppliedBatch(request.campaign, request.calls, BatchFate.SENT, batch_id))
        case Refused() as refused:
            reason = f"{refused.code}: {refused.message}" if refused.code else refused.message
            batch = AppliedBatch(request.campaign, request.calls, BatchFate.FAILED, reason=reason)
            again = (refused.retry_after or 0.0) if refused.kind == "rate" else None
            return Sent(batch, REFUSED_CODES[refused.kind], goes_on=refused.kind == "invalid", again=again)
        case unclear:
            return _held(request, unclear.reason)


def _held(request: Request, reason: str) -> Sent:
    batch = AppliedBatch(request.campaign, request.calls, BatchFate.HELD, reason=reason)
    return Sent(batch, ExitCode.UNKNOWN)


def _code_of(outcome: NotSent) -> ExitCode:
    if isinstance(outcome.cause, DeployError):
        return outcome.cause.exit_code
    if outcome.answer is not None and outcome.answer.status in {401, 403}:
        return AuthenticationFailed.exit_code
    return ExitCode.UNAVAILABLE


def _with_end(sent: Sent, claimed: Claimed, book: Book, world: World) -> Sent:
    """The end of a batch that was not sent, or may not have been, with that in the log."""
    at, reason = instant(world.now()), sent.batch.reason or ""
    kind = Held if sent.batch.fate is BatchFate.HELD else Void
    try:
        others = write_end(book, claimed.request.campaign, kind(at=at, attempt=claimed.attempt, reason=reason))
    except DeployError as problem:
        return recorded(world, sent, problem)
    return recorded(world, replace(sent, others=others), None)
