"""What a probe found out about a provider where its documents are silent: the file that the dispatch steps read.

It holds no number, no name and no secret, so that it can be committed. What could not be settled is `unknown`.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bland_deploy.model.start_forms import StartForm
from bland_deploy.model.strict import Strict

EchoAnswer: TypeAlias = Literal["stamp", "description", "neither", "unknown"]
RepeatedAnswer: TypeAlias = Literal["refused", "same", "replaced", "added", "another", "ignored", "unknown"]
StartAnswer: TypeAlias = Literal["kept", "taken", "at-once", "failed", "refused", "unknown"]


class _Finding(Strict):
    evidence: int = Field(ge=0, description="On how many answers of the provider this rests.")


class Taken(_Finding):
    """Whether creates of this generation of the API are taken."""

    answer: Literal["yes", "refused", "unknown"]


class Delay(Strict):
    """How long a batch took to appear in the list, in seconds from before its create was sent.

    `longest` is that of the slowest batch; where some never appeared, how long they were looked for, if that is more.
    """

    longest: Annotated[float, Field(ge=0, strict=False)] | None = Field(
        None, description="Seconds; null where unknown."
    )
    listed: int = Field(ge=0, description="How many batches appeared.")
    missing: int = Field(ge=0, description="How many did not while they were looked for.")


class Echo(_Finding):
    """Where the stamp comes back: whole in metadata, as the suffix of the description alone, or not at all."""

    answer: EchoAnswer


class CutBody(_Finding):
    """What becomes of a create whose last byte never arrives."""

    answer: Literal["dropped", "carried-out", "unknown"]


class RepeatedId(_Finding):
    """What becomes of a second create under the `batch_id` of another one."""

    answer: RepeatedAnswer


class RepeatedNumber(_Finding):
    """How many calls two entries with one number become."""

    answer: Literal["one-call", "two-calls", "unknown"]


class Nested(_Finding):
    """Whether a call's own `metadata` replaces the shared one or is merged with it."""

    answer: Literal["replaced", "merged", "unknown"]


class Waiting(_Finding):
    """Whether calls that wait for their time are listed as calls."""

    answer: Literal["listed", "not-listed", "unknown"]


class Stop(_Finding):
    """Whether a stop cancels calls that wait for their time."""

    answer: Literal["cancels", "leaves", "unknown"]


class StartTime(_Finding):
    """What becomes of a `start_time`.

    The call waits for it; is taken, and not dialled while it was watched; is dialled at once; or its batch fails, or is
    refused.
    """

    answer: StartAnswer


class Generation(Strict):
    """What is known of one generation of the API."""

    creates: Taken = Field(description="Whether its creates are taken.")
    list_delay: Delay = Field(description="How long the list of batches lags behind a create.")
    list_echo: Echo = Field(description="Where the list of batches shows the stamp.")
    batch_echo: Echo = Field(description="Where the batch itself shows the stamp.")
    call_echo: Echo = Field(description="Whether the record of a call shows the stamp.")
    cut_body: CutBody = Field(description="Whether a request that was cut short is carried out.")
    repeated_id: RepeatedId = Field(description="What a repeated batch_id does.")
    repeated_number: RepeatedNumber = Field(description="What the same number twice in a batch does.")
    nested: Nested = Field(description="How the metadata of a call and of its batch go together.")
    waiting_calls: Waiting = Field(description="Whether calls that wait for their time are listed.")
    stop: Stop = Field(description="Whether a stop cancels calls that wait for their time.")
    start_times: dict[StartForm, StartTime] = Field(description="What each form of start_time does.")


class Capability(Strict):
    """A capability file."""

    format_version: Literal[1] = Field(description="Version of this format.")
    environment: str = Field(description="The environment that was probed.")
    base_url: str | None = Field(description="The address that was probed; null for the embedded sandbox.")
    account: str | None = Field(description="A digest of the account that was probed; null where it does not tell.")
    probed_at: str = Field(description="When (ISO 8601, UTC).")
    program: str = Field(description="Version of the program that probed.")
    calls: int = Field(ge=0, description="How many calls were asked for.")
    dialled: int = Field(ge=0, description="How many of them may have rung.")
    v1: Generation = Field(description="What is known of v1.")
    v2: Generation = Field(description="What is known of v2.")

    def of(self, api: str) -> Generation:
        """What is known of a generation, `v1` or `v2`."""
        return self.v1 if api == "v1" else self.v2

    @property
    def longest_delay(self) -> float:
        """The longest that any list was seen to lag, in seconds; 0 where nothing was measured."""
        return max(self.v1.list_delay.longest or 0.0, self.v2.list_delay.longest or 0.0)
