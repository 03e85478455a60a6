"""Reading the provider's answers. What is not plainly a success or a refusal is unclear: it is held, never guessed.

docs.bland.ai warns of no part of this; the rules are those of at-most-once dispatch: after the last byte of a create,
only a readable 2xx with a `batch_id` is a success, and only a 4xx in the API's own envelope is a refusal.
"""

import re
from collections.abc import Mapping
from typing import Any

from bland_deploy.api.envelopes import (
    Failure,
    content_of,
    denies_success,
    failure_in,
    items_of,
    plain,
    read_answer,
    whole,
)
from bland_deploy.api.outcomes import (
    Account,
    BatchStatus,
    CallPage,
    Created,
    Listed,
    ListedCall,
    Refused,
    Stopped,
    Unclear,
)
from bland_deploy.api.stamps import stamp_of
from bland_deploy.api.versions import VERSIONS
from bland_deploy.errors import Unavailable

ME_PATH = "/v1/me"
# Documented refusals, and those whose meaning in HTTP is that the request was not processed. Not 408, 409 and 425.
_REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 418, 422, 429})
_RATE = re.compile(r"rate limit|too many requests|10 seconds|concurren|call_rl_plan", re.IGNORECASE)
# 429 also stands for blacklisted numbers and for limits that no waiting of ours will lift.
_POLICY = re.compile(
    r"blacklist|blocked|flagged|international|_intl_|new.account|daily|\bdnc\b|do.not.call", re.IGNORECASE
)


def parse_create(api: str, status: int, headers: Mapping[str, str], body: bytes) -> Created | Refused | Unclear:
    """What the answer to a create says, from its HTTP status, headers and body."""
    answer = read_answer(body)
    if answer is None:
        return Unclear(f"HTTP {status} with an answer that is not the API's")
    batch_id = _batch_id(answer)
    failure = failure_in(answer) or _message_alone(api, answer)
    if status in range(200, 300):
        if batch_id and failure is None and not denies_success(answer):
            return Created(batch_id)
        return Unclear(f"HTTP {status} {_told(failure, batch_id)}", batch_id)
    if status in _REFUSALS and failure is not None and batch_id is None and not answer.get("data"):
        kind = _kind(status, f"{failure.code} {failure.message}")
        return Refused(kind, failure.code, failure.message, _retry_after(headers))
    return Unclear(f"HTTP {status} {_told(failure, batch_id)}", batch_id)


def _batch_id(answer: Mapping[str, Any]) -> str | None:
    batch_id = content_of(answer, "batch_id")
    return batch_id if isinstance(batch_id, str) and batch_id else None


def _message_alone(api: str, answer: Mapping[str, Any]) -> Failure | None:
    """v1 batches: "any other message than `success` is an error"."""
    message = answer.get("message")
    if api != "v1" or not isinstance(message, str) or message.lower() == "success":
        return None
    return Failure(None, plain(message))


def _told(failure: Failure | None, batch_id: str | None) -> str:
    if failure is not None:
        return f"with a failure: {failure.message}"
    return "with a batch_id" if batch_id else "without a batch_id"


def _kind(status: int, text: str) -> str:
    by_status = {401: "authentication", 402: "payment", 403: "authentication"}.get(status)
    if by_status:
        return by_status
    if _POLICY.search(text):
        return "policy"
    if status == 429:  # noqa: PLR2004 - an HTTP status
        return "rate" if _RATE.search(text) else "policy"
    return "invalid"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; the form with a date is let be, as no document of Bland's promises either."""
    for name, value in headers.items():
        if name.lower() == "retry-after" and re.fullmatch(r"\d{1,6}(\.\d+)?", value.strip(), re.ASCII):
            return float(value)
    return None


def parse_batch_list(api: str, body: bytes) -> tuple[Listed, ...]:
    """The batches of a list. Raises Unavailable where any is unreadable: a witness who skips is none."""
    answer = _success(body, "the list of batches")
    version = VERSIONS[api]
    items = version.listed_in(answer)
    if items is None:
        raise _unreadable("the list of batches")
    found = [version.listed(item) if isinstance(item, Mapping) else None for item in items]
    if None in found:
        raise _unreadable("the list of batches")
    return tuple(batch for batch in found if batch is not None)


def parse_status(api: str, body: bytes) -> BatchStatus:
    """Where a batch stands, from what its `status_path` gives. Raises Unavailable where that is unreadable."""
    answer = read_answer(body) or {}
    status = VERSIONS[api].status_in(answer)
    if status is None:
        raise _unreadable("the status of a batch", failure_in(answer))
    return status


def parse_status_v1(body: bytes) -> BatchStatus:
    """Where a v1 batch stands."""
    return parse_status("v1", body)


def parse_status_v2(body: bytes) -> BatchStatus:
    """Where a v2 batch stands, from its log."""
    return parse_status("v2", body)


def parse_calls(body: bytes) -> CallPage:
    """Some calls of a list. Raises Unavailable where any is unreadable."""
    answer = _success(body, "the list of calls")
    items = items_of(answer, "calls")
    calls = [None] if items is None else [_listed_call(item) for item in items]
    if None in calls:
        raise _unreadable("the list of calls")
    return CallPage(tuple(call for call in calls if call is not None), whole(answer.get("total_count")))


def parse_call(body: bytes) -> ListedCall:
    """One call with everything; its `status` is the call's own. Raises Unavailable where it is unreadable."""
    answer = read_answer(body) or {}
    call = _listed_call(answer)
    if call is None:
        raise _unreadable("a call", failure_in(answer))
    return call


_TEXTS = {
    **{name: name for name in ("status", "queue_status", "answered_by", "error_message", "created_at", "started_at")},
    "ended_at": "end_at",
    "disposition": "disposition_tag",
    "summary": "summary",
    "transcript": "concatenated_transcript",
}


def _listed_call(item: object) -> ListedCall | None:
    if not isinstance(item, Mapping):
        return None
    call_id, to, variables = item.get("call_id"), item.get("to"), item.get("variables")
    if not isinstance(call_id, str) or not isinstance(to, str | int):
        return None
    return ListedCall(
        call_id,
        str(to),
        item.get("batch_id"),
        item.get("completed") is True,
        minutes=_amount(item.get("call_length")),
        price=_amount(item.get("price")),
        stamp=stamp_of(item),
        variables=variables if isinstance(variables, dict) else None,
        **{name: value for name, key in _TEXTS.items() if isinstance(value := item.get(key), str)},
    )


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def parse_stop(status: int, body: bytes) -> Stopped:
    """What became of a stop."""
    answer = read_answer(body)
    if answer is None:
        return Stopped(done=False, message=f"HTTP {status} with an answer that is not the API's")
    failure = failure_in(answer)
    done = status in range(200, 300) and not denies_success(answer)
    message = failure.message if failure else None if done else f"HTTP {status}"
    return Stopped(done, message, whole(answer.get("num_calls")))


def parse_me(body: bytes) -> Account:
    """Whose key it is. No document says which key of the answer holds the id, so the likely ones are tried."""
    answer = read_answer(body)
    if answer is None:
        raise _unreadable("the account")
    inside = answer.get("data")
    account: Mapping[str, Any] = inside if isinstance(inside, Mapping) else answer
    billing = account.get("billing")
    balance = _amount(billing.get("current_balance")) if isinstance(billing, Mapping) else None
    ids = (account.get(key) for key in ("org_id", "organization_id", "user_id", "id"))
    return Account(next((str(value) for value in ids if value), None), balance)


def _success(body: bytes, what: str) -> Mapping[str, Any]:
    answer = read_answer(body)
    if answer is None:
        raise _unreadable(what)
    failure = failure_in(answer)
    if failure is not None or denies_success(answer):
        raise _unreadable(what, failure)
    return answer


def _unreadable(what: str, failure: Failure | None = None) -> Unavailable:
    reason = f": {failure.message}" if failure else ""
    return Unavailable(f"the provider's answer about {what} cannot be read{reason}", help="try again later")
