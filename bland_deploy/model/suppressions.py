"""What the log of suppressed people holds: a log of its own, whose entries are like those of a campaign's."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bland_deploy.model.entries import AttemptId, Instant, Recorded, Sha256
from bland_deploy.model.strict import Strict


class Suppression(Recorded):
    """People who are not to be called in any campaign any more, with who says so and why. Nothing takes it back."""

    kind: Literal["suppression"] = "suppression"
    people: int = Field(ge=1, description="How many keys the file holds.")
    keys_sha256: Sha256 = Field(description="Names the file with their sorted person keys.")
    who: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    source: Literal["provider_list", "calls"] | None = Field(
        None, description="Where it was found: the provider's do-not-call list, or what became of calls."
    )


class ProviderList(Recorded):
    """The provider's do-not-call list was read to its end, and everybody on it is suppressed."""

    kind: Literal["provider_list"] = "provider_list"
    people: int = Field(ge=0, description="How many it had.")


class LookedAt(Recorded):
    """Who asked in these batches not to be called again is suppressed; they had ended, so that nobody follows."""

    kind: Literal["looked_at"] = "looked_at"
    attempts: tuple[AttemptId, ...] = Field(min_length=1)


OfSuppression: TypeAlias = Annotated[Suppression | ProviderList | LookedAt, Field(discriminator="kind")]


class SuppressionManifest(Strict):
    """The beginning of the log of suppressed people: under which state key it is."""

    format: Literal[1] = Field(1, description="Version of the log's format.")
    key_id: str = Field(pattern=r"^[0-9a-f]{16}$", description="Public name of the state key.")
    key_check: str = Field(pattern=r"^[0-9a-f]{32}$", description="By which the state key is recognised.")
    normalisation: str = Field(min_length=1, description="Version of the rules that give numbers their normal form.")
    at: Instant
    by: str | None = Field(None, description="Who began it: user@host, or the address of a CI run.")


class SuppressionLink(Strict):
    """One file of the log of suppressed people, chained to the bytes before it."""

    previous: Sha256 = Field(description="Digest of the previous file; of the manifest, for the first.")
    entry: OfSuppression
