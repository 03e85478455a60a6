"""The documents that commands print with `--format json`, as models: their schemas are published.

`views` makes them; a test holds the two together. Minor additions are free, so unknown keys are allowed.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, JsonValue

from bland_deploy.model.entries import GateFigure
from bland_deploy.model.waiver import Waiver

Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count: TypeAlias = Annotated[int, Field(ge=0)]
Line: TypeAlias = Annotated[int, Field(ge=1)]
Api: TypeAlias = Literal["v1", "v2"]


class Found(BaseModel):
    """A diagnostic."""

    rule: str = Field(description="Id of the rule; `bland-deploy explain RULE` tells more.")
    severity: Literal["error", "warning", "note"]
    message: str
    file: str | None = Field(description="Relative to the workspace; null where there is none.")
    line: Line | None
    column: Line | None
    help: str | None = Field(description="The way out.")


class Printed(BaseModel):
    """What every document has, also when the exit code is not 0."""

    format_version: Literal[1]
    diagnostics: list[Found]


class Failed(Printed):
    """What a command prints when it fails before there is anything to show."""

    exit_code: Count = Field(description="With which the command ends.")
    outcome: str = Field(description="What became of the work.")


class IgnoredFound(Found):
    """A diagnostic that a comment ignores."""

    reason: str = Field(description="What the comment gives as its reason.")


class LintSummary(BaseModel):
    """How many there are."""

    errors: Count
    warnings: Count


class Linted(Printed):
    """What `lint --format json` prints."""

    summary: LintSummary
    ignored: list[IgnoredFound] = Field([], description="What comments ignore; absent where they ignore nothing.")


class RequestDocument(BaseModel):
    """A request as it may be shown: numbers masked without `--show-pii`, in CI also the values of rows."""

    campaign: str
    environment: str
    method: Literal["POST"]
    path: str
    headers: list[str] = Field(description="Names only.")
    body: dict[str, JsonValue]


class Rendered(Printed):
    """What `render --format json` prints."""

    requests: list[RequestDocument]
    texts: dict[str, JsonValue] = Field({}, description="With --recipient: the texts of that call, filled.")


class PlannedCalls(BaseModel):
    """Calls by what becomes of them."""

    create: Count = Field(description="Would be made now.")
    sent: Count = Field(description="Were made before.")
    held: Count = Field(description="May have been made: the outcome of their send is unknown.")
    suppressed: Count = Field(description="On a suppression list.")
    invalid: Count = Field(description="Without a number that can be called.")
    duplicate: Count = Field(description="The same person met again.")
    excluded: Count = Field(description="Left out by `where`, or by `test_mode` of v1.")
    deferred: Count = Field(description="To be called later.")
    not_retried: Count = Field(0, description="Of a round that is a retry: people who are not called again.")


class PlannedBatch(BaseModel):
    """Calls that travel in one create request."""

    calls: Annotated[int, Field(ge=1)]
    payload_sha256: Sha256 = Field(description="Digest of the unmasked body, with zeros in place of the attempt.")
    first_dial: str | None = Field(None, description="When its first call begins; absent for at once.")
    last_dial: str | None = Field(None, description="When its last call begins; absent for at once.")
    request: RequestDocument | None = Field(None, description="With --payloads.")


class Assumptions(BaseModel):
    """What an estimate of the cost rests on: prices in USD, lengths of a call in minutes."""

    minute: float = Field(description="USD a minute.")
    minimum: float = Field(description="USD a call, at least.")
    expected_minutes: float
    longest_minutes: float
    prices_of: str | None = Field(description="Day of Bland's published prices; null for the environment's own.")


class Cost(BaseModel):
    """What the calls may cost."""

    estimate: float
    upper_bound: float
    currency: Literal["USD"]
    assumptions: Assumptions


class TextChange(BaseModel):
    """A part of the text that is another one than when it was last sent."""

    part: str = Field(description="Such as `prompt` or `first_sentence`; `each.task` is its template.")
    diff: list[str] = Field(description="Lines of a unified diff without its head; phone numbers are masked.")


class PlannedText(BaseModel):
    """What all calls say."""

    sha256: Sha256
    sha256_before: Sha256 | None = Field(description="What was last sent, if another one that is still known.")
    changes: list[TextChange]


class PlannedWave(BaseModel):
    """A wave of a rollout."""

    target: str = Field(description="As the campaign has it, such as `5%`.")
    people: Count = Field(description="People called with it, those of earlier waves included.")


class RefusedWave(BaseModel):
    """That a wave was not sent, since figures of the one before failed."""

    at: str = Field(description="When it was first found (ISO 8601).")
    figures: list[GateFigure]


class PlannedRollout(BaseModel):
    """Where a round that is sent in waves stands."""

    wave: Annotated[int, Field(ge=1)] = Field(description="The wave that is next, from 1.")
    waves: list[PlannedWave]
    called: Count = Field(description="People who were called before, or may have been.")
    later: Count = Field(description="People whom later waves call; they are among `calls.deferred`.")
    gated: bool = Field(description="Whether apply looks at the figures of the wave before it sends this one.")
    on_fail: Literal["hold", "stop"]
    refused: RefusedWave | None = Field(
        None, description="What an apply has recorded of it; null where nothing failed."
    )


class PlannedRetry(BaseModel):
    """Whom a round calls that is a retry."""

    of: str = Field(description="The earlier round.")
    calls: dict[str, Count] = Field(description="People to call, by how their earlier call ended.")
    left_out: dict[str, Count] = Field(description="People left out: by how their call ended, or by another reason.")


class PlannedCampaign(BaseModel):
    """What apply would do for one campaign."""

    campaign: str
    api: Api
    round: str
    calls: PlannedCalls
    batches: list[PlannedBatch]
    cost: Cost
    first_dial: str | None = Field(description="When the first call begins (ISO 8601); null for at once.")
    last_dial: str | None = Field(description="When the last call begins; null where that is not known before.")
    finish: str | None = Field(None, description="When the last of the deferred calls begins, if applied daily.")
    text: PlannedText
    earlier_text: Count = Field(description="People who were called with another text.")
    repeated: Count = Field(description="People to call who were called in an earlier round.")
    purpose: str | None = Field(description="What the calls are for, as declared.")
    waivers: list[Waiver] = Field(description="Rules that do not hold for this campaign, why, and who answers for it.")
    rollout: PlannedRollout | None = Field(None, description="Null where the round is not sent in waves.")
    retry: PlannedRetry | None = Field(None, description="Only of a round that is a retry.")


class PlanSummary(BaseModel):
    """How much would be sent."""

    batches: Count
    calls: Count


class Planned(Printed):
    """What `plan --format json` prints. The same files, state and --at give the same bytes."""

    environment: str
    campaigns: list[PlannedCampaign]
    summary: PlanSummary
    digest: Sha256 = Field(description="What a reviewer approves: `apply --approved DIGEST`.")
    state: Literal["read", "not_read"]


class AppliedBatchDocument(BaseModel):
    """What became of a batch."""

    campaign: str
    batch_id: str | None
    calls: Count
    status: Literal["sent", "held", "failed", "not_sent"]
    reason: str | None


class ApplySummary(BaseModel):
    """Calls by what became of them."""

    sent: Count
    held: Count
    failed: Count
    not_sent: Count


class AppliedDocument(Printed):
    """What `apply --format json` prints."""

    environment: str
    exit_code: Count = Field(description="With which the command ends.")
    batches: list[AppliedBatchDocument]
    summary: ApplySummary
    open_holds: Count = Field(description="Calls that are held, also from before.")


class BatchStatusDocument(BaseModel):
    """How a batch is doing."""

    campaign: str
    batch_id: str | None
    status: str = Field(description="The provider's word, or `held`, `unfinished`, `void` where there is no batch.")
    calls: Count
    successful: Count | None
    failed: Count | None
    round: str
    reason: str | None
    not_dialled: Count | None = Field(
        description="People for whom the provider lists no dial although the batch ended; null where that is not known."
    )
    final: bool = Field(description="Whether it will not change any more.")
    wave: int | None = Field(None, description="The wave of a rollout that it belongs to, from 1; null for none.")
    outcomes: dict[str, Count] = Field({}, description="Calls by outcome, with `--calls` only, like all that follows.")
    minutes: float = Field(0.0, description="Minutes talked.")
    cost: float = Field(0.0, description="USD so far.")
    drain_seconds: float | None = Field(None, description="How long the queue takes at the rate of dialling so far.")


class StatusDocument(Printed):
    """What `status --format json` prints."""

    batches: list[BatchStatusDocument]
