"""Every problem of campaign files in one run, without a key, a clock or a network."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bland_deploy.cache import Cache, Known, Whole, depends_on, stamp_of
from bland_deploy.diagnostics import Diagnostic, Severity
from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.documents.load import (
    LoadedCampaign,
    LoadedWorkspace,
    Named,
    check_together,
    load_campaign,
    load_everywhere,
)
from bland_deploy.errors import InvalidInput
from bland_deploy.model.json import Json
from bland_deploy.model.workspace import Prices
from bland_deploy.operations.calls.prepare import Prepared, prepare
from bland_deploy.operations.calls.shares import map_shared
from bland_deploy.operations.guards.care import CARELESS
from bland_deploy.operations.ignores import heed, speaking_texts
from bland_deploy.operations.plans.work import Aim, check_work
from bland_deploy.planning.digest import PINNED_RUN
from bland_deploy.prompts.loader import Loader
from bland_deploy.recipients.broken import MISSING
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.small import SmallLists

_ORDER = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
_NO_PRICES = Prices(minute=0.0, minimum=0.0, expected_minutes=1.0)


@dataclass(frozen=True, slots=True)
class World:
    """What lint knows: the environment of campaigns without an overlay, variables, and which files git ignores.

    A list that is absent because git ignores it is a note: it will be there when plans are made. `gates_warn` names the
    environments in which nobody can be rung, `protected` those in which apply needs an approval. `is_whole` where all
    campaigns are linted: only then a comment in a file that they share can be told to ignore nothing.
    """

    environment: str
    variables: Mapping[str, Json]
    is_ignored: Callable[[str], bool]
    gates_warn: frozenset[str] = frozenset()
    protected: frozenset[str] = frozenset()
    is_whole: bool = True


def lint(
    loaded: LoadedWorkspace, names: Sequence[str], world: World, cache: Cache | None = None
) -> tuple[Diagnostic, ...]:
    """The problems of the workspace file and of campaign files, in every shape that an environment gives them.

    Those that a comment ignores are among them, with its reason. A cache spares those that it knows, and is saved.
    """
    known = {name: one for name in names if cache and (one := cache.campaign(name)) is not None}
    anew = [name for name in names if name not in known]
    reach = Reach(loaded.root, lists=SmallLists())
    found_anew = map_shared(lambda name: _campaign(loaded, name, world, cache, reach), anew)
    linted_anew = dict(zip(anew, found_anew, strict=True))
    linted = [linted_anew[name] if name in linted_anew else _again(loaded, known[name]) for name in names]
    together = check_together(loaded, [item.named for item in linted]) if names or world.is_whole else ()
    found = _worst([*loaded.diagnostics, *together, *(found for item in linted for found in item.found)])
    texts = speaking_texts(loaded.reader)
    for item in linted:
        texts |= item.texts
    heeded = heed(found, texts, {WORKSPACE_FILE, *names}, texts if world.is_whole else names)
    if cache is not None:
        globs = loaded.workspace.campaigns if loaded.workspace and world.is_whole else None
        whole = None if globs is None else Whole(tuple(globs), tuple(names), heeded)
        cache.keep({name: item.known() for name, item in linted_anew.items()}, whole)
    return heeded


def _worst(found: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """Each finding once: as an error, where it is one in any environment."""
    by_severity = sorted(found, key=lambda diagnostic: _ORDER.index(diagnostic.severity))
    return {(item.rule, item.place, item.message): item for item in by_severity}.values()


class _Linted(NamedTuple):
    """A campaign that was looked at. `inputs` are its files by content; None where one could not be read."""

    named: Named
    found: tuple[Diagnostic, ...]
    texts: dict[str, str]
    inputs: Mapping[str, str] | None

    def known(self) -> Known | None:
        """What can be remembered of it."""
        return None if self.inputs is None else Known(self.inputs, self.named, self.found, tuple(self.texts))


def _again(loaded: LoadedWorkspace, known: Known) -> _Linted:
    texts = {name: text for name in known.texts if (text := loaded.reader.again().text_or_none(name)) is not None}
    return _Linted(Named(*known.named), known.found, texts, known.inputs)


def _campaign(loaded: LoadedWorkspace, name: str, world: World, cache: Cache | None, reach: Reach) -> _Linted:
    campaign = load_campaign(loaded, name)
    reader, asked_git = campaign.reader, list[str]()

    def is_ignored(listed: str) -> bool:
        asked_git.append(listed)
        return world.is_ignored(listed)

    shapes, loader = load_everywhere(loaded, campaign), Loader(reader.text_or_none)
    lists = {listed: stamp_of(loaded.root / listed) for shape in shapes for listed in _lists(shape)} if cache else {}
    judged = replace(world, is_ignored=is_ignored)
    found = tuple(found for shape in shapes for found in _shape(shape, judged, loader, reach))
    loader.compiled.clear()  # templates know their loader: without this, only a look for cycles would end them
    inputs = None
    if cache is not None and not asked_git and reader.asked <= reader.digests.keys():
        inputs = depends_on(cache, reader.digests, lists)
    return _Linted(campaign.named, found, speaking_texts(reader), inputs)


def _lists(shape: LoadedCampaign) -> Iterator[str]:
    """The files of people that a campaign names, also one with errors elsewhere."""
    campaign = shape.campaign or (shape.draft[0] if shape.draft else None)
    if campaign is not None:
        for listed in (campaign.recipients, *campaign.suppression):
            yield from listed.files


def _shape(shape: LoadedCampaign, world: World, loader: Loader, reach: Reach) -> Iterator[Diagnostic]:
    environment = shape.environment or world.environment
    prepared, problems = prepare(shape, reach, environment, world.variables, loader)
    yield from problems
    if prepared is not None:
        yield from _judged(prepared, _of_work(prepared, environment, world), world)


def _of_work(prepared: Prepared, environment: str, world: World) -> tuple[Diagnostic, ...]:
    try:
        aim = Aim(
            environment,
            "",
            (),
            None,
            _NO_PRICES,
            gates_warn=environment in world.gates_warn,
            care=CARELESS._replace(protected=environment in world.protected),
        )
        return check_work(prepared, PINNED_RUN, aim)
    except InvalidInput as failure:
        return failure.diagnostics


def _judged(prepared: Prepared, found: Iterable[Diagnostic], world: World) -> Iterator[Diagnostic]:
    """The diagnostics, those about lists that are kept out of the repository as notes."""
    found = tuple(found)
    kept_out = _kept_out(prepared, world) if any(diagnostic.rule == MISSING for diagnostic in found) else []
    for diagnostic in found:
        missing = diagnostic.rule == MISSING and any(name in diagnostic.message for name in kept_out)
        yield replace(diagnostic, severity=Severity.NOTE) if missing else diagnostic


def _kept_out(prepared: Prepared, world: World) -> list[str]:
    """The lists that are not there because git ignores them."""
    campaign, root = prepared.campaign, prepared.loaded.reader.root
    lists = [campaign.recipients.file, *(listed.file for listed in campaign.suppression)]
    return [name for name in lists if name and not (root / name).exists() and world.is_ignored(name)]
