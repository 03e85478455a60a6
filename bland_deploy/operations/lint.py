"""Every problem of campaign files in one run, without a key, a clock or a network."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bland_deploy.diagnostics import Diagnostic, Severity, in_order
from bland_deploy.documents.load import LoadedCampaign, LoadedWorkspace, check_together, load_everywhere
from bland_deploy.errors import InvalidInput
from bland_deploy.model.json import Json
from bland_deploy.model.workspace import Prices
from bland_deploy.operations.plan import Aim, check_work
from bland_deploy.operations.prepare import Prepared, prepare
from bland_deploy.planning.digest import PINNED_RUN
from bland_deploy.recipients.text import MISSING

_ORDER = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
_NO_PRICES = Prices(minute=0.0, minimum=0.0, expected_minutes=1.0)


@dataclass(frozen=True, slots=True)
class World:
    """What lint knows: the environment of campaigns without an overlay, variables, and which files git ignores.

    A list that is absent because git ignores it is a note: it will be there when plans are made. `gates_warn` names the
    environments in which nobody can be rung.
    """

    environment: str
    variables: Mapping[str, Json]
    is_ignored: Callable[[str], bool]
    gates_warn: frozenset[str] = frozenset()


def lint(loaded: LoadedWorkspace, campaigns: Sequence[LoadedCampaign], world: World) -> tuple[Diagnostic, ...]:
    """The problems of the workspace file and of campaigns, in every shape that an environment gives them."""
    found = [*loaded.diagnostics, *check_together(loaded, campaigns)]
    for campaign in campaigns:
        found += _campaign(loaded, campaign, world)
    return in_order(_worst(found))


def _worst(found: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """Each finding once: as an error, where it is one in any environment."""
    by_severity = sorted(found, key=lambda diagnostic: _ORDER.index(diagnostic.severity))
    return {(item.rule, item.place, item.message): item for item in by_severity}.values()


def _campaign(loaded: LoadedWorkspace, campaign: LoadedCampaign, world: "World") -> Iterator[Diagnostic]:
    for shape in load_everywhere(loaded, campaign):
        environment = shape.environment or world.environment
        prepared, problems = prepare(shape, loaded.root, environment, world.variables)
        yield from problems
        if prepared is not None:
            yield from _judged(prepared, _of_work(prepared, environment, world), world)


def _of_work(prepared: Prepared, environment: str, world: World) -> tuple[Diagnostic, ...]:
    try:
        aim = Aim(environment, "", (), None, _NO_PRICES, gates_warn=environment in world.gates_warn)
        return check_work(prepared, PINNED_RUN, aim)
    except InvalidInput as failure:
        return failure.diagnostics


def _judged(prepared: Prepared, found: Iterable[Diagnostic], world: "World") -> Iterator[Diagnostic]:
    """The diagnostics, those about lists that are kept out of the repository as notes."""
    campaign, root = prepared.campaign, prepared.loaded.reader.root
    lists = [campaign.recipients.file, *(listed.file for listed in campaign.suppression)]
    kept_out = [name for name in lists if name and not (root / name).exists() and world.is_ignored(name)]
    for diagnostic in found:
        missing = diagnostic.rule == MISSING and any(name in diagnostic.message for name in kept_out)
        yield replace(diagnostic, severity=Severity.NOTE) if missing else diagnostic
