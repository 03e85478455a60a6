"""The generations of the API, by name. A module is one by having the protocol's names."""

from collections.abc import Mapping
from typing import Any, Protocol

from bland_deploy.api import v1, v2
from bland_deploy.api.outcomes import BatchStatus, Listed
from bland_deploy.api.stamps import Stamped
from bland_deploy.model.json import JsonObject


class Version(Protocol):
    """One generation: where its requests go, how they are built, and what is peculiar in its answers.

    Building keeps every value as it is, of every JSON type; it never changes its arguments, and may share them.
    """

    @property
    def name(self) -> str:
        """`v1` or `v2`."""

    @property
    def method(self) -> str:
        """The method of the create request."""

    @property
    def path(self) -> str:
        """The path of the create request."""

    @property
    def headers(self) -> tuple[str, ...]:
        """Names of the headers of the create request."""

    @property
    def variables_under(self) -> str:
        """The key of a call that holds the recipient's variables by default; "" where they stand flat."""

    @property
    def calls_key(self) -> str:
        """The key of the create request that holds the calls."""

    @property
    def description_key(self) -> str:
        """The key of the create request that holds the description."""

    def call_object(
        self, number: str, variables: JsonObject, under: str | None, each: JsonObject, override: JsonObject | None
    ) -> JsonObject:
        """One call: variables < `each` < the row's own `call`, top-level keys replaced whole."""

    def envelope(self, prompt: str | None, call: JsonObject, batch: JsonObject, description: str | None) -> JsonObject:
        """The create request's body with None at `calls_key`."""

    def stamp_into(self, envelope: JsonObject, stamp: JsonObject | None, suffix: str | None) -> Stamped:
        """The envelope with its stamp and the suffix of its description; None leaves either out."""

    def stamp_call(self, call: JsonObject, stamp: JsonObject) -> JsonObject:
        """The call with the stamp, where it has to carry one itself."""

    def list_path(self, skip: int, take: int) -> str:
        """Where batches are listed."""

    def batch_path(self, batch_id: str) -> str:
        """Where one batch is read."""

    def status_path(self, batch_id: str) -> str:
        """Where the status of a batch is read."""

    def stop_path(self, batch_id: str) -> str:
        """Where a stop is posted."""

    def listed_in(self, answer: Mapping[str, Any]) -> list[Any] | None:
        """The items of a list of batches, or None where the answer is none."""

    def listed(self, item: Mapping[str, Any]) -> Listed | None:
        """One listed batch, or None where it has no id."""

    def status_in(self, answer: Mapping[str, Any]) -> BatchStatus | None:
        """Where a batch stands, or None where the answer does not say."""


VERSIONS: Mapping[str, Version] = {"v1": v1, "v2": v2}
