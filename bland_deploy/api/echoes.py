"""Where the stamp of a create comes back in what the provider tells of a batch or a call."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bland_deploy.api.envelopes import read_answer
from bland_deploy.api.outcomes import Listed
from bland_deploy.api.stamps import stamp_of
from bland_deploy.api.versions import VERSIONS
from bland_deploy.model.capability import EchoAnswer
from bland_deploy.model.json import JsonObject


class CallRecord(NamedTuple):
    """What a call's own record shows of what was sent: whether the stamp, and its metadata where there is any."""

    stamped: bool
    metadata: JsonObject | None


def echo_of(listed: Listed) -> EchoAnswer:
    """Where a listed batch shows its stamp."""
    if listed.stamp is not None:
        return "stamp"
    return "description" if listed.attempt else "neither"


def batch_in(api: str, body: bytes) -> Listed | None:
    """The batch that the answer to a question for it tells of; None where it tells of none.

    v2 answers with the batch in `data`; v1 with `batch_params`, whose `id` is the batch's.
    """
    answer = read_answer(body) or {}
    inside = answer.get("data", answer.get("batch_params", answer))
    if not isinstance(inside, Mapping):
        return None
    item: Mapping[str, Any] = {"batch_id": inside.get("id"), **inside}
    return VERSIONS[api].listed(item)


def record_in(body: bytes) -> CallRecord | None:
    """What the answer to a question for a call shows; None where it is no call."""
    call = read_answer(body) or {}
    if not isinstance(call.get("call_id"), str):
        return None
    request, metadata = call.get("request_data"), call.get("metadata")
    stamped = stamp_of(call) is not None or stamp_of(request) is not None
    return CallRecord(stamped, metadata if isinstance(metadata, dict) else None)
