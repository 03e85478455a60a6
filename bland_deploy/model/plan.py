"""A plan: the calls that would be sent now, as finished requests, and the reason for everyone left out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.retry import Retried
from bland_deploy.model.schedule import Begun
from bland_deploy.model.text import SharedText
from bland_deploy.model.waiver import Waiver
from bland_deploy.model.waves import NextWave

NO_ATTEMPT = "0" * 16
NO_LINEAGE = "0" * 32


class Route(NamedTuple):
    """Where a request goes, and whose it is. `headers` are names; `calls_key` is where its body holds the calls."""

    campaign: str
    environment: str
    method: str
    path: str
    headers: tuple[str, ...]
    calls_key: str


class Moments(NamedTuple):
    """The times of a request, aware: until when it may be sent (excluded), and when its first and last calls begin.

    `first` and `last` are None where its calls begin as soon as it is sent.
    """

    closes: datetime | None
    first: datetime | None = None
    last: datetime | None = None


ANY_MOMENT = Moments(None)


class Content(NamedTuple):
    """What a request holds: its bytes, finished but for the 16 characters of the attempt, which stand at `slots`.

    `body` holds zeros there. `numbers` are the normal forms of its calls' numbers, `keys` the recipient keys (16 bytes)
    of those that it rings, both in the order of the calls.
    """

    body: bytes
    slots: tuple[int, ...]
    keys: tuple[bytes, ...]
    numbers: tuple[str, ...]

    def with_attempt(self, attempt: str) -> bytes:
        """The exact bytes to send under an attempt's id."""
        body = bytearray(self.body)
        for slot in self.slots:
            body[slot : slot + len(attempt)] = attempt.encode("ascii")
        return bytes(body)


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire. The bytes of very many requests do not fit into memory, so each knows where its own are.

    `calls` is how many people it rings, `size` the bytes of its body. `payload_sha256` is the digest of the body with
    the attempt as zeros: what is shown and what is sent can be compared by it. `timed` is whether there may be a
    `start_time` of a user's in it, which is known without reading it; `moments` are its times. `read` gives the same
    content whenever it is asked, from any thread; it raises as its maker says.
    """

    route: Route
    calls: int
    size: int
    payload_sha256: str
    timed: bool
    read: Callable[[], Content] = field(compare=False, repr=False)
    moments: Moments = ANY_MOMENT

    @property
    def campaign(self) -> str:
        """The campaign that it belongs to."""
        return self.route.campaign

    def with_attempt(self, attempt: str) -> bytes:
        """The exact bytes to send under an attempt's id."""
        return self.read().with_attempt(attempt)


def finish(route: Route, read: Callable[[], Content]) -> Request:
    """The request with a content, which is read once to describe it, and again whenever it is needed."""
    content = read()
    return describe(route, len(content.keys), content.body, read)


def describe(route: Route, calls: int, body: bytes, read: Callable[[], Content]) -> Request:
    """The request that rings so many people by this body, which is not held: `read` gives it again."""
    return Request(route, calls, len(body), sha256(body).hexdigest(), b'"start_time"' in body, read)


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
    not_retried: int = 0

    @property
    def eligible(self) -> int:
        """People of the list whom the campaign may call in this round, whether they were called by now or not."""
        return self.create + self.sent + self.held + self.deferred

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
    batches; `first_dial` and `last_dial` are aware, None where dialling begins as soon as a batch is sent. `finish`
    is when the last of those would begin who are deferred, if the rest went on day by day. `objections` are what
    speaks against making these calls at these times, before `waivers` take some of it away. `retried` is whom a
    round calls that is a retry, and whom of its list it does not. `eligible_before` is how many people the list had
    for this round when it was claimed last, None where that is not known. `wave` is the one that these calls are,
    None without a rollout; whom later waves call is deferred. `begun` says how many calls begin when (seconds since
    1970 UTC), in order, as far as that is known.
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
    finish: datetime | None = None
    purpose: str | None = None
    waivers: tuple[Waiver, ...] = ()
    objections: tuple[Diagnostic, ...] = ()
    eligible_before: int | None = None
    retried: Retried | None = None
    wave: NextWave | None = None
    begun: tuple[Begun, ...] = ()

    @property
    def later(self) -> int:
        """Of those deferred, the people whom later waves call."""
        return self.wave.later if self.wave else 0


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
