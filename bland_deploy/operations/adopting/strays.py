"""Batches that the provider lists for a campaign and that its log does not know, and whom it lists in them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from bland_deploy.api.outcomes import Listed
from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.connection import Client
from bland_deploy.diagnostics import Diagnostic, warning
from bland_deploy.errors import DeployError, StateProblem
from bland_deploy.model.plan import NO_LINEAGE
from bland_deploy.model.stamp import Stamp
from bland_deploy.operations.provider.dialled import KeyOf, identities
from bland_deploy.operations.provider.listed import list_batches, list_calls
from bland_deploy.operations.provider.witness import unknown_batches
from bland_deploy.state.log import Log

_OURS = re.compile(r"[0-9a-f]{32} [A-Za-z0-9._-]{1,40} [a-z2-7]{16}")


class Stray(NamedTuple):
    """A batch of which the log does not know: the first with its attempt, further ones, and its people as listed."""

    api: str
    batch: Listed
    extras: tuple[str, ...]
    stamp: Stamp
    keys: frozenset[bytes]

    @property
    def missing(self) -> int:
        """How many calls it lists fewer than it was sent with."""
        return max(0, self.stamp.calls - len(self.keys))


class People(NamedTuple):
    """How numbers of the provider become people: those of the campaign's list come first.

    `key_of` gives for a round the function from identity to recipient key.
    """

    listed: Collection[str]
    default_country: str | None
    key_of: Callable[[str], KeyOf]


def find_unknown(
    client: Client, campaign: str, apis: Sequence[str], log: Log | None
) -> tuple[dict[str, list[tuple[Listed, Stamp]]], list[Diagnostic]]:
    """The unknown batches of a campaign by generation of the API, each id once.

    `apis` are those that must answer; where another does not, a warning says so. Raises as `get_json` does.
    """
    found: dict[str, list[tuple[Listed, Stamp]]] = {}
    trouble: list[Diagnostic] = []
    seen: set[str] = set()
    for api in (*apis, *(name for name in VERSIONS if name not in apis)):
        try:
            listed = [batch for batch in list_batches(client, [api]) if batch.batch_id not in seen]
        except DeployError as problem:
            if api in apis:
                raise
            trouble.append(
                warning(
                    "adopt-unlisted",
                    f"the batches of {api} could not be listed, so none of them is taken over: {problem.message}",
                    help=f"that is fine where {campaign} was never sent by {api}",
                )
            )
            continue
        seen |= {batch.batch_id for batch in listed}
        found[api] = [_readable(batch, stamp) for batch, stamp in unknown_batches(campaign, log, listed)]
    return found, trouble


def _readable(batch: Listed, stamp: Stamp) -> tuple[Listed, Stamp]:
    if not _OURS.fullmatch(f"{stamp.lineage} {stamp.round} {stamp.attempt}"):
        raise StateProblem(
            f"the stamp of batch {batch.batch_id} is not as this program writes it, so it cannot be taken over",
            help="choose another `round` once you know whom that batch called",
        )
    return batch, stamp


def count_lineages(unknown: Mapping[str, Iterable[tuple[Listed, Stamp]]]) -> Counter[str]:
    """How many unknown batches each lineage has; plans without a lineage are never sent, so zeros are none."""
    return Counter(stamp.lineage for batches in unknown.values() for _, stamp in batches if stamp.lineage != NO_LINEAGE)


def read_strays(
    client: Client, unknown: Mapping[str, Iterable[tuple[Listed, Stamp]]], lineages: Collection[str], people: People
) -> tuple[Stray, ...]:
    """The batches of these lineages with their people, by attempt. Raises as `get_json` does."""
    by_attempt: defaultdict[tuple[str, str], list[tuple[Listed, Stamp]]] = defaultdict(list)
    for api, batches in unknown.items():
        for batch, stamp in batches:
            if stamp.lineage in lineages:
                by_attempt[api, stamp.attempt].append((batch, stamp))
    return tuple(_stray(client, api, batches, people) for (api, _), batches in by_attempt.items())


def _stray(client: Client, api: str, batches: Iterable[tuple[Listed, Stamp]], people: People) -> Stray:
    (first, stamp), *others = sorted(batches, key=lambda pair: pair[0].created_at or "")
    key_of = people.key_of(stamp.round)
    ids = [first.batch_id, *(batch.batch_id for batch, _ in others)]
    called = [_person(call.to, people) for batch_id in ids for call in list_calls(client, batch_id)]
    keys = frozenset(key_of(identity) for identity in called if identity is not None)
    return Stray(api, first, tuple(ids[1:]), stamp, keys)


def _person(number: str, people: People) -> str | None:
    meant = identities(number, people.default_country)
    return next((identity for identity in meant if identity in people.listed), next(iter(meant), None))
