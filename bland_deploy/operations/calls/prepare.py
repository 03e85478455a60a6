"""A loaded campaign with its templates compiled and its list opened: everything that is the same for every call."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from bland_deploy.api.versions import VERSIONS, Version
from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.documents.load import LoadedCampaign
from bland_deploy.documents.nodes import Mapping as MappingNode
from bland_deploy.documents.nodes import place_of
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.run import Run
from bland_deploy.operations.calls.templates import Compiler
from bland_deploy.prompts.compile import Template, Value
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.scopes import EVERYWHERE, PER_BATCH, PER_ROW, make_scopes
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.row_source import RowSource
from bland_deploy.recipients.sources import InlineRow, inline_rows, read_rows


class Prepared(NamedTuple):
    """A campaign ready to be rendered. `variables` are those of templates (`vars`); `computed` the recipients' own."""

    loaded: LoadedCampaign
    node: MappingNode
    campaign: Campaign
    environment: str
    version: Version
    source: RowSource
    reach: Reach
    variables: JsonObject
    prompt: Template | None
    description: Template | None
    call: Value
    batch: Value
    each: Value
    computed: Mapping[str, Value]
    where: Template | None

    def place_of(self, path: tuple[str | int, ...]) -> Place:
        """The place of a value of the campaign, by its path from the top."""
        return place_of(self.node, path)

    @property
    def uses_run(self) -> bool:
        """Whether any call's own content depends on the run, and so on the clock."""
        roots = [self.each.roots, *(value.roots for value in self.computed.values())]
        return any("run" in used for used in [*roots, self.where.roots if self.where else frozenset()])

    @property
    def uses_batch(self) -> bool:
        """Whether what the calls of a batch share depends on the batch."""
        texts = [template.roots for template in (self.prompt, self.description) if template]
        return any("batch" in roots for roots in (self.call.roots, self.batch.roots, *texts))

    def scopes(self, run: Run) -> dict[str, Mapping[str, object]]:
        """The scopes that exist everywhere."""
        return make_scopes(self.variables, self.environment, self.campaign.campaign, self.campaign.round, run)


class Parts(NamedTuple):
    """What all calls of a batch share, rendered."""

    prompt: str | None
    call: JsonObject
    batch: JsonObject
    description: str | None

    @property
    def test_mode(self) -> bool:
        """Whether v1 is asked to dial the first recipient only."""
        return self.call.get("test_mode") is True or self.batch.get("test_mode") is True


RenderParts: TypeAlias = Callable[[Mapping[str, object]], Parts]


def prepare(
    loaded: LoadedCampaign,
    reach: Reach,
    environment: str,
    variables: Mapping[str, Json],
    loader: Loader | None = None,
) -> tuple[Prepared | None, tuple[Diagnostic, ...]]:
    """The campaign with its templates compiled, and all diagnostics so far, those of the file included.

    Where something is wrong, it is the campaign without that: good for finding what else is, and for nothing more.
    None where there is nothing to look at. `loader` is that of another shape of the same campaign, if there is one.
    """
    looked_at = _looked_at(loaded)
    if looked_at is None:
        return None, loaded.diagnostics
    campaign, node = looked_at
    source = open_source(campaign, node, reach)
    loader = loader or Loader(loaded.reader.text_or_none)
    parts = Compiler(node, {**campaign.vars, **variables}, _known_columns(campaign, source), loader)
    prepared = Prepared(
        loaded=loaded,
        node=node,
        campaign=campaign,
        environment=environment,
        version=VERSIONS[campaign.api],
        source=source,
        reach=reach,
        variables=parts.variables,
        prompt=parts.text("prompt", EVERYWHERE),
        description=parts.text("description", PER_BATCH),
        call=parts.value("call", PER_BATCH),
        batch=parts.value("batch", PER_BATCH),
        each=parts.value("each", PER_ROW),
        computed=parts.computed(),
        where=parts.where(),
    )
    return prepared, (*loaded.diagnostics, *parts.problems)


def _looked_at(loaded: LoadedCampaign) -> tuple[Campaign, MappingNode] | None:
    if loaded.campaign is None or loaded.node is None:
        return loaded.draft
    return loaded.campaign, loaded.node


def open_source(campaign: Campaign, node: MappingNode, reach: Reach) -> RowSource:
    """The campaign's list, wherever it lives, or the rows written into the campaign."""
    recipients = campaign.recipients
    if recipients.inline is None:
        return read_rows(recipients, reach, place_of(node, ("recipients", recipients.lives_in)))
    places = [place_of(node, ("recipients", "inline", index)) for index in range(len(recipients.inline))]
    rows = [
        InlineRow(place.line or 1, place.column or 1, row) for place, row in zip(places, recipients.inline, strict=True)
    ]
    return inline_rows(rows, node.file)


def render_parts(prepared: Prepared, run: Run, batch: Mapping[str, object]) -> Parts:
    """What the calls of a batch share. Raises RenderFailed."""
    scopes = {**prepared.scopes(run), "batch": batch}
    call, fields = prepared.call.render(scopes), prepared.batch.render(scopes)
    assert isinstance(call, dict)
    assert isinstance(fields, dict)
    return Parts(_text(prepared.prompt, scopes), call, fields, _text(prepared.description, scopes))


def parts_renderer(prepared: Prepared, run: Run) -> RenderParts:
    """The function from a batch to what its calls share, which is rendered once where it does not depend on the batch.

    It raises RenderFailed.
    """
    known: Parts | None = None
    uses_batch = prepared.uses_batch

    def render(batch: Mapping[str, object]) -> Parts:
        nonlocal known
        if known is None or uses_batch:
            known = render_parts(prepared, run, batch)
        return known

    return render


def _text(template: Template | None, scopes: Mapping[str, Mapping[str, object]]) -> str | None:
    value = template.render(scopes) if template else None
    return value if isinstance(value, str) else None


def _known_columns(campaign: Campaign, source: RowSource) -> dict[str, frozenset[str]]:
    """The names that `row` may have, where they are known before the rows are read."""
    inline = campaign.recipients.inline
    if inline is not None:
        return {"row": frozenset(name for row in inline for name in row)}
    return {"row": frozenset(source.columns)} if source.columns is not None else {}
