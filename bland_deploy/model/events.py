"""What the provider tells by itself, through webhooks."""

from typing import NamedTuple


class Event(NamedTuple):
    """One webhook, less what nobody needs: no number, no name, no transcript.

    `digest` is the SHA-256 of the body as it came, the same whenever a delivery is repeated. `kind` is `batch` or
    `call`. `at` is the provider's own time of it, as text. The counts are a batch's; `reason` is one of a batch, or
    says that who was called asked not to be called again.
    """

    digest: bytes
    kind: str
    batch_id: str | None
    call_id: str | None
    status: str | None
    at: str | None
    calls: int | None = None
    successful: int | None = None
    failed: int | None = None
    reason: str | None = None
