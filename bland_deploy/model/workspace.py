"""The workspace file `bland-deploy.yaml`: which campaigns there are and which environments they can go to."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bland_deploy.model.campaign import JsonObject
from bland_deploy.model.durations import Duration
from bland_deploy.model.references import SecretReference
from bland_deploy.model.schedule import Pace, PlanName, ProfileName
from bland_deploy.model.strict import Strict

DEFAULT_BASE_URL = "https://api.bland.ai"
PRICES_OF = "2025-12-05"
"""The day of Bland's published prices that are the defaults (Start plan)."""
_MINUTE, _MINIMUM = 0.14, 0.015


class Limits(Strict):
    """What one apply may do at most."""

    max_calls_per_apply: Annotated[int, Field(ge=0)] | None = Field(None, description="Calls in one apply.")
    max_cost_per_apply: Annotated[float, Field(ge=0, strict=False)] | None = Field(
        None, description="Estimated cost of one apply, USD."
    )


class Caps(Strict):
    """How often a person may be called at most, by all campaigns and rounds of an environment together."""

    per_day: Annotated[int, Field(ge=1)] | None = Field(None, description="Calls to a person in 24 hours.")
    per_week: Annotated[int, Field(ge=1)] | None = Field(None, description="Calls to a person in 7 days.")
    per_month: Annotated[int, Field(ge=1)] | None = Field(None, description="Calls to a person in 30 days.")


class Prices(Strict):
    """What a call costs, for estimates. The defaults are Bland's published ones of 2025-12-05 (Start plan)."""

    minute: Annotated[float, Field(ge=0, strict=False)] = Field(_MINUTE, description="USD a minute.")
    minimum: Annotated[float, Field(ge=0, strict=False)] = Field(
        _MINIMUM, description="USD for each attempt, at least."
    )
    expected_minutes: Annotated[float, Field(gt=0, strict=False)] = Field(
        2.0, description="Minutes of an average call: an assumption; the campaign's max_duration caps it."
    )

    @property
    def published(self) -> bool:
        """Whether these are Bland's published prices, and not the environment's own."""
        return (self.minute, self.minimum) == (_MINUTE, _MINIMUM)


class WebhookTokens(Strict):
    """Tokens (JWT, RS256) by which an enterprise account vouches for its webhooks."""

    keys: str = Field(min_length=1, description="Path of the account's published keys (its jwks.json), saved.")
    issuer: str | None = Field(None, description="What `iss` must be.")
    audience: str | None = Field(None, description="What `aud` must be.")


class Webhooks(Strict):
    """How `listen` knows that a webhook comes from the provider; without any, all are hints only."""

    secret: SecretReference | None = Field(
        None, description="Where the signing secret is found: {env: NAME} or {file: PATH}."
    )
    tokens: WebhookTokens | None = Field(None, description="How tokens are checked.")


class Environment(Strict):
    """A named target: which API, which account, which state store, which limits."""

    provider: Literal["bland", "sandbox"] = Field(
        "bland", description="`sandbox` is the embedded simulator; it needs no key and no network."
    )
    base_url: str | None = Field(None, description=f"Address of the API; {DEFAULT_BASE_URL} by default.")
    api_key: SecretReference | None = Field(
        None, description="Where the API key is found: {env: NAME} or {file: PATH}."
    )
    encrypted_key: SecretReference | None = Field(None, description="Where the key of one's own carrier is found.")
    webhooks: Webhooks = Field(default_factory=lambda: Webhooks(secret=None, tokens=None))
    state: str | None = Field(None, description="A folder, or the URL of a store, that records who was called.")
    settle: Duration | None = Field(
        None, description="How long the provider's list may lag behind a create; 20s, or 0s for loopback."
    )
    limits: Limits = Field(default_factory=lambda: Limits(max_calls_per_apply=None, max_cost_per_apply=None))
    prices: Prices = Field(default_factory=lambda: Prices(minute=_MINUTE, minimum=_MINIMUM, expected_minutes=2.0))
    pace: PlanName | Pace | None = Field(
        None,
        description="How fast the account may dial: the name of its plan at Bland, or numbers; 1,000 calls an hour if "
        "nothing is said.",
    )
    profile: ProfileName | None = Field(
        None,
        description="Which calling hours hold for campaigns that do not say; `us-standard`, or `none` in a sandbox and "
        "on loopback.",
    )
    protected: bool = Field(
        False, description="Apply needs an approval: a saved plan, --approved DIGEST, or the typed number of calls."
    )
    folder_in_ci: bool = Field(False, description="Allow a folder as state store where CI is set.")


class Workspace(Strict):
    """The workspace file."""

    version: Literal[1] = Field(1, description="Version of this format.")
    campaigns: list[str] = Field(["campaigns/*.yaml"], description="Globs of the campaign files.")
    default_environment: str | None = Field(None, description="The environment when none is named.")
    environments: dict[str, Environment] = Field(
        default_factory=lambda: {"sandbox": Environment(provider="sandbox")}, description="The targets, by name."
    )
    caps: Caps = Field(default_factory=lambda: Caps(per_day=None, per_week=None, per_month=None))
    defaults: JsonObject = Field({}, description="Merged under every campaign, mappings deeply.")

    @model_validator(mode="after")
    def _default_exists(self) -> Self:
        if self.default_environment is not None and self.default_environment not in self.environments:
            raise ValueError(f"default_environment {self.default_environment!r} is not one of the environments")
        return self
