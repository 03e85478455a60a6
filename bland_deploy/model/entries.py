"""What the log of a campaign holds: a manifest, and entries that are created once and never changed.

Fields that are absent are left out of the JSON, so a later version can add optional ones without changing what was
written before. Nothing here holds a phone number: people are recipient keys in files of their own, named by content.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from bland_deploy.model.campaign import CampaignName, JsonObject, Round
from bland_deploy.model.keys import KEY_SIZE
from bland_deploy.model.strict import Strict

FORMAT = 1

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
AttemptId = Annotated[
    str, Field(pattern=r"^[a-z2-7]{16}$", description="80 random bits, drawn when a batch is claimed.")
]
Instant = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$", description="ISO 8601, in UTC.")
]


def instant(moment: datetime) -> str:
    """A moment as entries write it: ISO 8601 in UTC, with a Z. The moment must know its zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Manifest(Strict):
    """The beginning of a log: which state this is, of which campaign and account, under which state key."""

    format: Literal[1] = Field(1, description="Version of the log's format.")
    campaign: CampaignName = Field(description="The campaign the log belongs to.")
    lineage: str = Field(pattern=r"^[0-9a-f]{32}$", description="Random id of this state.")
    account: str | None = Field(None, description="Fingerprint of the provider's account; absent where it tells none.")
    key_id: str = Field(pattern=r"^[0-9a-f]{16}$", description="Public name of the state key.")
    key_check: str = Field(pattern=r"^[0-9a-f]{32}$", description="By which the state key is recognised.")
    normalisation: str = Field(min_length=1, description="Version of the rules that give numbers their normal form.")
    at: Instant
    by: str | None = Field(None, description="Who began it: user@host, or the address of a CI run.")


class Recorded(Strict):
    """What every entry has."""

    at: Instant
    by: str | None = Field(None, description="Who or what wrote it: user@host, or the address of a CI run.")


class ClaimedWindow(Strict):
    """When the calls of a batch begin, and how long it may be sent: within the calling hours of all its people."""

    closes: Instant | None = Field(None, description="Until when it may be sent; absent where no hours hold.")
    first_dial: Instant | None = Field(None, description="When its first call begins; absent for at once.")
    last_dial: Instant | None = Field(None, description="When its last call begins; absent for at once.")


class Compliance(Strict):
    """By what the people of a claim were guarded when it was made."""

    rules_sha256: Sha256 = Field(description="Digest of the rules pack.")
    profile: str = Field(description="The profile of calling hours that held.")
    declared: JsonObject = Field({}, description="`purpose`, `consent` and `waivers`, as the campaign's file has them.")
    lists: dict[str, Sha256] = Field({}, description="Digests of the suppression lists as they were read, by name.")
    suppressions: int = Field(0, ge=0, description="Entries of the log of suppressed people.")
    suppressions_head: Sha256 | None = Field(None, description="Digest of the last of them; absent where none is.")
    eligible: int | None = Field(
        None, ge=0, description="People of the list who could be called or were; absent in logs of earlier versions."
    )


class ClaimedBatch(Strict):
    """A batch that is about to be sent, and to whom."""

    attempt: AttemptId
    calls: int = Field(ge=0, description="How many people it rings; 0 only where it was adopted.")
    keys_sha256: Sha256 = Field(description="Names the file with their sorted recipient keys.")
    keys_at: int | None = Field(
        None,
        ge=0,
        description="How many keys of other batches precede theirs in it; absent where the file is theirs.",
    )
    payload_sha256: Sha256 | None = Field(
        None, description="Digest of the body, with zeros in place of the attempt; absent only where it was adopted."
    )
    prompt_sha256: Sha256 | None = Field(None, description="Digest of the text of the calls.")
    window: ClaimedWindow | None = Field(None, description="Its times; absent in logs of earlier versions.")

    def keys_in(self, packed: bytes) -> bytes:
        """Its recipient keys, sorted and packed, out of the content of the file that has them."""
        if self.keys_at is None:
            return packed
        return packed[self.keys_at * KEY_SIZE : self.keys_end * KEY_SIZE]

    @property
    def keys_end(self) -> int:
        """How many keys there are in that file up to the last of its own."""
        return (self.keys_at or 0) + self.calls


class GateFigure(Strict):
    """One figure of a wave, and whether the gate behind it let it pass."""

    figure: Literal["after", "min_completed", "answered", "failed", "opt_out", "stopped"]
    part: int = Field(ge=0, description="Calls; seconds that had passed, of `after`.")
    whole: int = Field(ge=0, description="Of so many calls; seconds that were to pass, of `after`.")
    limit: str = Field(description="As the campaign has it, such as `<= 5%`.")
    holds: bool


class ClaimedWave(Strict):
    """The wave of a rollout that a claim belongs to."""

    number: int = Field(ge=1, description="From 1.")
    of: int = Field(ge=1, description="How many waves the rollout had.")
    target: str = Field(description="Its target as the campaign had it, such as `5%`.")
    people: int = Field(ge=1, description="How many people that target was, those of earlier waves included.")
    gate: tuple[GateFigure, ...] | None = Field(
        None, description="The figures of the wave before that released it; absent where no gate was passed."
    )


class Claim(Recorded):
    """Before any of these batches is sent: the right to send them. Or, adopted, that they were sent before."""

    kind: Literal["claim"] = "claim"
    round: Round
    api: Literal["v1", "v2"]
    environment: str = Field(min_length=1)
    plan_digest: str | None = Field(None, description="Digest of the plan that was applied.")
    plan_id: Sha256 | None = Field(None, description="Digest of the plan file, where a saved plan was applied.")
    adopted: Literal[True] | None = Field(
        None,
        description="The batches were not sent from this log, but found at the provider or in a damaged log; "
        "they are held until a receipt or a person says more.",
    )
    compliance: Compliance | None = Field(None, description="Absent where adopted, and in logs of earlier versions.")
    wave: ClaimedWave | None = Field(None, description="Absent where the campaign had no rollout.")
    batches: tuple[ClaimedBatch, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _only_adopted_ones_are_without_payload(self) -> Self:
        if not self.adopted and any(batch.payload_sha256 is None or not batch.calls for batch in self.batches):
            raise ValueError("a batch that is about to be sent has calls and a payload")
        return self

    @property
    def wave_number(self) -> int | None:
        """The wave of a rollout that it belongs to, from 1; None for none."""
        return self.wave.number if self.wave else None


class Sending(Recorded):
    """The last byte of these requests goes out next: from here on they may have been sent."""

    kind: Literal["sending"] = "sending"
    attempts: tuple[AttemptId, ...] = Field(min_length=1)


class Receipt(Recorded):
    """The provider took a batch."""

    kind: Literal["receipt"] = "receipt"
    attempt: AttemptId
    batch_id: str = Field(min_length=1)


class Taken(Strict):
    """One of several batches that the provider took."""

    at: Instant
    attempt: AttemptId
    batch_id: str = Field(min_length=1)


class Receipts(Recorded):
    """Receipts that came while the log was being written to, and what was about to be sent then, in one entry.

    It says what each of them and a `sending` would say.
    """

    kind: Literal["receipts"] = "receipts"
    taken: tuple[Taken, ...] = Field(min_length=1)
    sending: tuple[AttemptId, ...] | None = Field(
        None, min_length=1, description="Whose last byte goes out next: from here on they may have been sent."
    )


class Void(Recorded):
    """A batch was provably not sent; its people are eligible again."""

    kind: Literal["void"] = "void"
    attempt: AttemptId
    reason: str


class Voids(Recorded):
    """Several batches were provably not sent, for the same reason: it says what a void of each would say."""

    kind: Literal["voids"] = "voids"
    attempts: tuple[AttemptId, ...] = Field(min_length=2)
    reason: str


class Held(Recorded):
    """Whether a batch was sent is unknown; its people count as possibly called until a person decides."""

    kind: Literal["held"] = "held"
    attempt: AttemptId
    reason: str


class Resolve(Recorded):
    """A person's decision about a batch, with who and why."""

    kind: Literal["resolve"] = "resolve"
    attempt: AttemptId
    outcome: Literal["sent", "not_sent", "not_rung"] = Field(
        description="`not_rung`: the provider took the batch but rang nobody, or nobody of those in `keys_sha256`."
    )
    batch_id: str | None = Field(None, min_length=1)
    keys_sha256: Sha256 | None = Field(None, description="Of `not_rung`: the people who are freed; all when absent.")
    who: str = Field(min_length=1)
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _what_belongs_together(self) -> Self:
        if self.outcome == "sent" and self.batch_id is None:
            raise ValueError("`sent` needs the batch_id")
        if self.outcome != "not_rung" and self.keys_sha256 is not None:
            raise ValueError("only `not_rung` frees some people of a batch")
        return self


class Verified(Recorded):
    """The provider was found to have one live batch for each of these claims."""

    kind: Literal["verified"] = "verified"
    attempts: tuple[AttemptId, ...] = Field(min_length=1)


class Promotion(Recorded):
    """A person's decision to send the next wave of a round whatever the figures of the one before, with who and why."""

    kind: Literal["promotion"] = "promotion"
    round: Round
    target: str = Field(description="Target of the wave that may be sent, such as `25%`.")
    who: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    gate: tuple[GateFigure, ...] = Field(description="The figures of the wave before, as they were then.")


class Refusal(Recorded):
    """Figures of a wave failed, so that the next one was not sent. Recorded once for the same failed figures."""

    kind: Literal["refusal"] = "refusal"
    round: Round
    target: str = Field(description="Target of the wave that was not sent, such as `25%`.")
    gate: tuple[GateFigure, ...]


class EndedPeople(Strict):
    """People of a batch whose calls ended alike."""

    outcome: str = Field(min_length=1, description="How they ended, such as `answered` or `no-answer`.")
    people: int = Field(ge=1)
    keys_sha256: Sha256 = Field(description="Names the file with their sorted recipient keys.")
    ended: Instant = Field(description="When the last of these calls ended, by the provider's clock.")


class Ended(Recorded):
    """How the calls of a batch that is over ended, by the provider's list. Whoever is missing here is not known."""

    kind: Literal["ended"] = "ended"
    attempt: AttemptId
    groups: tuple[EndedPeople, ...] = Field(min_length=1)


Entry: TypeAlias = Annotated[
    Claim | Sending | Receipt | Receipts | Void | Voids | Held | Resolve | Verified | Ended | Promotion | Refusal,
    Field(discriminator="kind"),
]


class Link(Strict):
    """One file of the log: an entry, chained to the bytes before it."""

    previous: Sha256 = Field(description="Digest of the previous file of the log; of the manifest, for the first.")
    entry: Entry
