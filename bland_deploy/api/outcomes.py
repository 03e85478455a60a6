"""What answers of the provider say, as values."""

from typing import NamedTuple

from bland_deploy.model.json import JsonObject
from bland_deploy.model.stamp import Stamp

FINAL = frozenset({"completed", "completed_partial", "failed"})
OUTCOMES = ("queued", "running", "answered", "voicemail", "no-answer", "busy", "failed", "canceled", "unknown")
"""How a call stands or ended, in the order in which tables show it; exactly one is true of a call."""

_ANSWERED = {"human": "answered", "voicemail": "voicemail", "no-answer": "no-answer"}
_SAID = frozenset({"busy", "no-answer", "failed", "canceled"})
_SPOKEN = frozenset({"answered", "unknown"})
_ERRORS = frozenset({"pre_queue_error", "queue_error", "call_error", "complete_error"})


OPTED_OUT = "DO_NOT_CONTACT"


def is_opt_out(disposition: object) -> bool:
    """Whether a disposition says that somebody asked not to be called again."""
    return isinstance(disposition, str) and disposition.strip().upper().replace(" ", "_") == OPTED_OUT


class Created(NamedTuple):
    """The batch was created."""

    batch_id: str


class Refused(NamedTuple):
    """Nothing was created, and the provider says why. Numbers in `message` are masked.

    `kind` is one of `invalid`, `authentication`, `payment`, `policy` and `rate`; only `rate` may be tried again, after
    `retry_after` seconds where the provider says so.
    """

    kind: str
    code: str | None
    message: str
    retry_after: float | None = None


class Unclear(NamedTuple):
    """Whether a batch was created cannot be told. `batch_id` is set where the answer names one all the same."""

    reason: str
    batch_id: str | None = None


class Listed(NamedTuple):
    """A batch as the provider lists it. `attempt` is the stamp's, or the one that its description or label ends in."""

    batch_id: str
    created_at: str | None
    description: str | None
    attempt: str | None = None
    stamp: Stamp | None = None


class ListedCall(NamedTuple):
    """A call as the provider lists it. `to` is as listed, perhaps without country code; `minutes` is its length.

    Lists lack what only the call itself tells: summary, transcript and variables, and by their documentation price and
    disposition too (API reference, 7).
    """

    call_id: str
    to: str
    batch_id: str | None = None
    completed: bool = False
    status: str | None = None
    queue_status: str | None = None
    answered_by: str | None = None
    error_message: str | None = None
    created_at: str | None = None
    started_at: str | None = None
    minutes: float | None = None
    price: float | None = None
    stamp: Stamp | None = None
    ended_at: str | None = None
    disposition: str | None = None
    summary: str | None = None
    transcript: str | None = None
    variables: JsonObject | None = None

    @property
    def undialled(self) -> bool:
        """Whether it plainly ended before a phone could ring: cancelled in the queue, or never taken into it."""
        never = self.status == "canceled" or self.queue_status == "pre_queue_error"
        traces = (self.started_at, self.minutes, self.answered_by)
        return self.completed and never and not any(traces)

    @property
    def outcome(self) -> str:
        """One of OUTCOMES. Lists lack `status` by their documentation, so other marks must do (API reference, 7)."""
        if not self.completed:
            return "running" if self.started_at or self.queue_status == "started" else "queued"
        if self.status in _SAID:
            return str(self.status)
        if self.answered_by in _ANSWERED:
            return _ANSWERED[str(self.answered_by)]
        if self.queue_status in _ERRORS or self.error_message:
            return "busy" if "busy" in (self.error_message or "").lower() else "failed"
        return "unknown"

    @property
    def may_have_opted_out(self) -> bool:
        """Whether somebody was on the line, or may have been, and the list does not tell how the call was judged."""
        return self.completed and self.disposition is None and self.outcome in _SPOKEN

    @property
    def opted_out(self) -> bool:
        """Whether who was called asked not to be called again. Documents name nothing but this disposition for it."""
        return is_opt_out(self.disposition)


class CallPage(NamedTuple):
    """Some calls of a list; `total` is how many there are in all, where the provider says so."""

    calls: tuple[ListedCall, ...]
    total: int | None = None


class BatchStatus(NamedTuple):
    """Where a batch stands, in the words of v2's `state_change`, and its calls by outcome, None where not known yet."""

    status: str
    calls: int | None = None
    successful: int | None = None
    failed: int | None = None
    reason: str | None = None

    @property
    def final(self) -> bool:
        """Whether it will not change any more."""
        return self.status in FINAL


class Stopped(NamedTuple):
    """What became of a stop: `done`, or refused, which also covers a batch that was already finished."""

    done: bool
    message: str | None = None
    calls: int | None = None


class Account(NamedTuple):
    """Whose key it is: an id that stays the same, the balance in USD, each None where the answer has none."""

    id: str | None
    balance: float | None
