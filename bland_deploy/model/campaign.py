"""A campaign file: whom to call, with what prompt, when, within which limits. The contract's format, key by key.

Descriptions here are the published ones: the JSON Schema and `explain` are derived from them.
"""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, JsonValue, SkipValidation, model_validator

from bland_deploy.model.consent import NO_CONSENT, Consent
from bland_deploy.model.durations import Duration
from bland_deploy.model.lists import Country, ListFormat
from bland_deploy.model.references import FileText
from bland_deploy.model.retry import Retry, RoundName
from bland_deploy.model.rollout import Rollout
from bland_deploy.model.schedule import NO_SCHEDULE, Schedule
from bland_deploy.model.strict import Strict, made
from bland_deploy.model.waiver import Waiver

# pydantic's own recursive type; the same as model.json's. What comes out of a tree or of JSON is nothing else
JsonObject: TypeAlias = dict[str, SkipValidation[JsonValue]]


Text: TypeAlias = str | FileText
Template: TypeAlias = str
CampaignName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Round = RoundName


class Recipients(ListFormat):
    """Whom to call: a list in a file or inline, and what becomes of its columns."""

    variables: Literal["all"] | list[str | JsonObject] | JsonObject = Field(
        "all",
        description="Which columns Bland gets as variables: `all`, a list of columns and {name: template}, "
        "{name: template, …}, or [].",
    )
    variables_under: str | None = Field(
        None, description="The key of each call that holds the variables; `request_data` in v2, none (flat) in v1."
    )
    where: str | None = Field(None, description="An expression over `row`; rows for which it is false are left out.")
    defaults: JsonObject = made(dict, "Values for empty cells, by column.")
    empty: Literal["keep", "drop", "error"] = Field(
        "keep", description='What an empty cell becomes as a variable: "" (keep), nothing (drop), or an error.'
    )
    number_format: Literal["e164", "raw"] = Field("e164", description="Send numbers in normal form, or as written.")
    invalid_numbers: Literal["error", "skip", "send"] = Field(
        "error", description="What becomes of numbers that cannot exist. A blank number is always an error."
    )
    duplicates: Literal["error", "first", "last"] = Field(
        "error", description="What becomes of the same person met twice."
    )
    inline: list[JsonObject] | None = Field(None, description="The rows themselves. Data is never a template.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.file, self.inline, self.url, self.sql)) != 1:
            raise ValueError("needs exactly one of `file`, `inline`, `url` and `sql`")
        return self


class Suppression(ListFormat):
    """A list of people who are not to be called. Suppression has no override."""

    kind: Literal["own", "national", "tps"] | None = Field(
        None,
        description="What the list is: the company's own, a copy of a national do-not-call registry, or of the British "
        "Telephone Preference Service. The rules pack says how old such a list may be.",
    )
    keys: str | None = Field(
        None,
        min_length=1,
        description="The column that holds keys of people in place of numbers, as `suppress hash` writes them.",
    )
    max_age: Duration | None = Field(
        None, description="How old the list may be, counted from `as_of`; what the rules say of its `kind` holds too."
    )
    as_of: str | None = Field(None, description="Date (YYYY-MM-DD) or time of the list's contents.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.file, self.url, self.sql)) != 1:
            raise ValueError("needs exactly one of `file`, `url` and `sql`")
        return self


class Split(Strict):
    """How calls are put into create requests."""

    size: Annotated[int, Field(ge=1, le=100_000)] = Field(500, description="Calls per batch.")
    pause: Duration = Field(0.0, description="Time between batches.")


class Campaign(Strict):
    """One campaign: whom to call, with what prompt, when, within which limits."""

    version: Literal[1] = Field(1, description="Version of this format.")
    campaign: CampaignName = Field(description="Identity; unique in the workspace. The file may be renamed freely.")
    description: Template | None = Field(None, description="The label in Bland's dashboard; `label` in v1.")
    api: Literal["v1", "v2"] = Field("v2", description="Generation of the batch API.")
    round: Round = Field("1", description="Name of one pass over the recipients; change it to call people again.")
    retry: Retry | None = Field(
        None, description="The round calls people of an earlier one again; without it, everybody on the list."
    )
    purpose: Literal["marketing", "informational", "debt", "healthcare", "political", "survey", "emergency"] | None = (
        Field(None, description="What the calls are for: it decides which rules hold.")
    )
    timezone: str = Field("UTC", description="IANA zone of `run.date` and of local times.")
    vars: JsonObject = made(dict, "Deploy-time variables, `{{ vars.name }}` in templates.")
    prompt: Text | None = Field(None, description="The prompt of every call: the text, or {file: PATH}.")
    call: JsonObject = made(dict, "Any call parameter, the same for every call.")
    each: JsonObject = made(dict, "Any call parameter, computed per recipient.")
    batch: JsonObject = made(dict, "Any further top-level field of the create request.")
    recipients: Recipients = Field(description="Whom to call.")
    placeholders: list[str] = made(list, "Names that Bland gets from elsewhere (tools, a pathway).")
    split: Split = Field(default_factory=lambda: Split(size=500, pause=0.0), description="Calls per batch, and pauses.")
    stamp: list[Literal["metadata", "description"]] | Literal["none"] = made(
        lambda: ["metadata", "description"], "Where a request carries the mark by which it is recognised again."
    )
    suppression: list[Suppression] = made(list, "Lists of people who are not to be called.")
    schedule: Schedule = Field(NO_SCHEDULE, description="When people may be rung, and how fast.")
    rollout: Rollout | None = Field(None, description="Send the round in waves, each when the one before went well.")
    consent: Consent = Field(NO_CONSENT, description="The consent of the people on the list.")
    countries: list[Country] = made(list, "Countries that may be called; all when empty.")
    waivers: list[Waiver] = made(list, "Rules that do not hold for this campaign, each with a reason.")
    environments: dict[str, JsonObject] = made(
        dict, "Overlays by environment: mappings merge deeply, lists and scalars replace, !unset deletes."
    )

    @model_validator(mode="after")
    def _another_round(self) -> Self:
        if self.retry is not None and self.retry.of == self.round:
            raise ValueError("`retry.of` names the campaign's own round: give `round` a new name")
        return self
