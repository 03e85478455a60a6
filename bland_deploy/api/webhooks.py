"""Webhooks: what a body says, and whether it comes from the provider (API reference, 8; docs.bland.ai, webhooks)."""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Any

import orjson

from bland_deploy.api.envelopes import whole
from bland_deploy.api.outcomes import OPTED_OUT, is_opt_out
from bland_deploy.diagnostics import mask_text
from bland_deploy.model.events import Event

SIGNATURE = "x-webhook-signature"
_LONGEST_ID = 128


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether it is the lower-case hex HMAC-SHA256 of the raw body under the secret, in constant time."""
    expected = hmac(secret.encode(), body, sha256).hexdigest()
    return compare_digest(expected.encode(), signature.strip().encode())


def parse_event(body: bytes) -> Event | None:
    """What a webhook tells, or None where it is none: of a call (the call object), or of a batch (its status)."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict):
        return None
    batch_id, call_id = _id(content, "batch_id"), _id(content, "call_id")
    if batch_id is None and call_id is None:
        return None
    digest = sha256(body).digest()
    if call_id is not None:
        status = _text(content, "status") or _text(content, "event_type")
        at = _text(content, "end_at") or _text(content, "created_at")
        reason = OPTED_OUT if is_opt_out(content.get("disposition_tag")) else None
        return Event(digest, "call", batch_id, call_id, status, at, reason=reason)
    reason = _text(content, "reason") or _text(content, "message")
    return Event(
        digest,
        "batch",
        batch_id,
        None,
        _text(content, "status"),
        _text(content, "timestamp"),
        whole(content.get("calls_total")),
        whole(content.get("calls_successful")),
        whole(content.get("calls_failed")),
        mask_text(reason) if reason else None,
    )


def _id(content: Mapping[str, Any], name: str) -> str | None:
    value = content.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable() else None


def _text(content: Mapping[str, Any], name: str) -> str | None:
    value = content.get(name)
    return value[:500] if isinstance(value, str) and value else None
