"""A plan: the calls that would be sent now, as finished requests, and the reason for everyone left out."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.text import SharedText

NO_ATTEMPT = "0" * 16
NO_LINEAGE = "0" * 32


class Call(NamedTuple):
    """One dial to one recipient in one round: its recipient key (16 bytes), its JSON, and whom it rings.

    `identity` is the normal form of the number; the JSON may hold marks where its stamp goes.
    """

    key: bytes
    body: bytes
    identity: str


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire, finished but for the 16 characters of the attempt, which stand at `slots`.

    `body` holds zeros there. `keys` are the recipient keys of its calls, in the order of the calls.
    """

    campaign: str
    environment: str
    method: str
    path: str
    headers: tuple[str, ...]
    calls_key: str
    body: bytes
    slots: tuple[int, ...]
    keys: tuple[bytes, ...]
    numbers: tuple[str, ...]

    @property
    def calls(self) -> int:
        """How many people the request rings."""
        return len(self.keys)

    @property
    def payload_sha256(self) -> str:
        """Digest of the body with the attempt as zeros: what is shown and what is sent can be compared by it."""
        return sha256(self.body).hexdigest()

    def with_attempt(self, attempt: str) -> bytes:
        """The exact bytes to send under an attempt's id."""
        body = bytearray(self.body)
        for slot in self.slots:
            body[slot : slot + len(attempt)] = attempt.encode("ascii")
        return bytes(body)


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls of one campaign: to create, already sent or held, and left out by reason."""

    create: int = 0
    sent: int = 0
    held: int = 0
    suppressed: int = 0
    invalid: int = 0
    duplicate: int = 0
    excluded: int = 0
    deferred: int = 0

    def plus(self, **more: int) -> "Counts":
        """These counts with some raised."""
        return replace(self, **{name: getattr(self, name) + amount for name, amount in more.items()})


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls may cost, in USD, and what that rests on: prices in USD, lengths of a call in minutes.

    `prices_of` is the day of Bland's published prices (ISO 8601), None where the environment has prices of its own.
    """

    estimate: float = 0.0
    upper_bound: float = 0.0
    minute: float = 0.0
    minimum: float = 0.0
    expected_minutes: float = 0.0
    longest_minutes: float = 0.0
    prices_of: str | None = None


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What apply would do for one campaign in one round.

    `text_before` is the text that was sent last, if another one; `earlier_text` counts people who were called with it,
    `repeated` those among the calls to create who were called in an earlier round. `pause` is in seconds, between
    batches; `first_dial` and `last_dial` are aware, None where dialling begins as soon as a batch is sent.
    """

    campaign: str
    file: str
    api: Literal["v1", "v2"]
    round: str
    counts: Counts
    requests: tuple[Request, ...]
    text: SharedText
    text_before: SharedText | None = None
    earlier_text: int = 0
    repeated: int = 0
    cost: Cost = Cost()
    pause: float = 0.0
    first_dial: datetime | None = None
    last_dial: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply would do now.

    `digest` is what a reviewer approves: it covers inputs and requests, not state or clock.
    """

    environment: str
    campaigns: tuple[CampaignPlan, ...]
    digest: str
    state_read: bool
    diagnostics: tuple[Diagnostic, ...] = field(default=())

    @property
    def calls(self) -> int:
        """Calls to create."""
        return sum(campaign.counts.create for campaign in self.campaigns)

    @property
    def batches(self) -> int:
        """Requests to send."""
        return sum(len(campaign.requests) for campaign in self.campaigns)
