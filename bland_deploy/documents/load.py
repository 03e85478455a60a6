"""A workspace and its campaigns, read, merged and parsed: defaults under a file, an environment's overlay over it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error, has_errors, in_order, shown, warning
from bland_deploy.documents.checks import check_environment_names, check_unset
from bland_deploy.documents.discover import WORKSPACE_FILE, find_campaigns
from bland_deploy.documents.drafts import draft_campaign
from bland_deploy.documents.files import Reader
from bland_deploy.documents.merge import merge, without
from bland_deploy.documents.nodes import Mapping, Scalar, find, place_of
from bland_deploy.documents.parse import parse_campaign, parse_workspace
from bland_deploy.documents.read import read_with
from bland_deploy.documents.texts import resolve_texts
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.workspace import Workspace


class LoadedWorkspace(NamedTuple):
    """A workspace: its tree and its model (each None where there is none), and the reader of its files."""

    root: Path
    node: Mapping | None
    workspace: Workspace | None
    diagnostics: tuple[Diagnostic, ...]
    reader: Reader


class Source(NamedTuple):
    """A campaign file before anything is merged with it."""

    name: str
    node: Mapping | None
    problems: tuple[Diagnostic, ...]
    reader: Reader


class Named(NamedTuple):
    """A campaign's file, the id in it and the place of that; both None where the file has none."""

    name: str
    id: str | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class LoadedCampaign:
    """A campaign as one environment sees it.

    `name` is its file relative to the workspace, `node` the merged tree with its texts and without overlays,
    `campaign` None where it has errors; `reader.digests` are the files that it was made from. `draft` is what lint can
    still judge of one with errors: the campaign and its tree without them. `source` is the file as it was read.
    """

    name: str
    environment: str | None
    node: Mapping | None
    campaign: Campaign | None
    diagnostics: tuple[Diagnostic, ...]
    reader: Reader
    draft: tuple[Campaign, Mapping] | None = None
    source: Source | None = field(default=None, repr=False)

    @property
    def id(self) -> str | None:
        """What the file gives as `campaign`, also where the file has errors."""
        value = self.node.get("campaign") if self.node else None
        return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None

    @property
    def named(self) -> Named:
        """File and id."""
        return Named(self.name, self.id, place_of(self.node, ("campaign",)) if self.node else None)


def load_workspace(root: Path) -> LoadedWorkspace:
    """The workspace whose folder is `root`."""
    reader = Reader(root)
    node, problems = read_with(reader, WORKSPACE_FILE)
    if node is None:
        return LoadedWorkspace(root, None, None, problems, reader)
    workspace, more = parse_workspace(node)
    found = in_order([*problems, *more])
    return LoadedWorkspace(root, node, None if has_errors(found) else workspace, found, reader)


def load_campaign(loaded: LoadedWorkspace, name: str, environment: str | None = None) -> LoadedCampaign:
    """One campaign file as an environment sees it; without an environment no overlay is applied."""
    reader = loaded.reader.again()
    source, problems = read_with(reader, name)
    return _make(loaded, Source(name, source, problems, reader), environment)


def load_everywhere(loaded: LoadedWorkspace, campaign: LoadedCampaign) -> tuple[LoadedCampaign, ...]:
    """A campaign, loaded without an environment, in every shape that one gives it: for mistakes in overlays not chosen.

    The plain file comes first, unless every environment has an overlay of its own.
    """
    source = campaign.source
    assert source is not None
    overlays = source.node.get("environments") if source.node else None
    names = list(overlays.entries) if isinstance(overlays, Mapping) else []
    plain = not loaded.workspace or any(known not in names for known in loaded.workspace.environments)
    shapes = [campaign] if plain else []
    return (*shapes, *(_make(loaded, source, environment) for environment in names))


def load_campaigns(loaded: LoadedWorkspace, environment: str | None = None) -> tuple[LoadedCampaign, ...]:
    """Every campaign of the workspace, in the order of their files. `check_together` finds what is wrong among them."""
    globs = loaded.workspace.campaigns if loaded.workspace else []
    return tuple(load_campaign(loaded, name, environment) for name in find_campaigns(loaded.root, globs))


def check_together(loaded: LoadedWorkspace, campaigns: Sequence[Named]) -> tuple[Diagnostic, ...]:
    """What is wrong among campaigns: none at all, or two with one identity."""
    if loaded.workspace is not None and not campaigns:
        place = place_of(loaded.node, ("campaigns",)) if loaded.node else Place(WORKSPACE_FILE)
        return (warning("no-campaigns", "no file matches the globs of `campaigns`", place, "correct the globs"),)
    first: dict[str, str] = {}
    problems = []
    for name, id_, at in campaigns:
        if id_ is None or at is None:
            continue
        other = first.setdefault(id_, name)
        if other != name:
            problems.append(
                error(
                    "duplicate-campaign",
                    f"the campaign `{shown(id_)}` is already in {other}",
                    at,
                    "give each campaign an id of its own: people are remembered under it",
                )
            )
    return tuple(problems)


def _make(loaded: LoadedWorkspace, source: Source, environment: str | None) -> LoadedCampaign:
    node, problems, reader = source.node, [*source.problems], source.reader
    if node is None:
        return LoadedCampaign(source.name, environment, None, None, source.problems, reader, source=source)
    defaults = loaded.node.get("defaults") if loaded.node else None
    layers = [defaults, node] if isinstance(defaults, Mapping) else [node]
    problems += check_unset(without(node, "environments"))
    if loaded.workspace is not None:
        known = list(loaded.workspace.environments)
        problems += [problem for layer in layers for problem in check_environment_names(layer, known)]
    whole, unread = resolve_texts(_merged(layers, environment), reader)
    overlays = {name: entry for name, entry in node.entries.items() if name == "environments"}
    campaign, wrong = parse_campaign(Mapping({**whole.entries, **overlays}, node.file, node.line, node.column))
    found = in_order([*problems, *unread, *wrong])
    if campaign is None or has_errors(found):
        return LoadedCampaign(source.name, environment, whole, None, found, reader, draft_campaign(whole), source)
    return LoadedCampaign(source.name, environment, whole, campaign, found, reader, source=source)


def _merged(layers: Sequence[Mapping], environment: str | None) -> Mapping:
    """The layers without overlays, then their overlays for the environment, as one tree that stands at the last one."""
    overlays = [find(layer, ("environments", environment)) for layer in layers] if environment else []
    bases = [without(layer, "environments") for layer in layers]
    chosen = [without(overlay, "campaign", "environments") for overlay in overlays if isinstance(overlay, Mapping)]
    whole = reduce(merge, [*bases, *chosen])
    last = layers[-1]
    return Mapping(whole.entries, last.file, last.line, last.column)
