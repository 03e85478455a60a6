"""A loaded campaign with its templates compiled and its list opened: everything that is the same for every call."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from bland_deploy.api.versions import VERSIONS, Version
from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.documents.load import LoadedCampaign
from bland_deploy.documents.nodes import Items, Node, Scalar, place_of
from bland_deploy.documents.nodes import Mapping as MappingNode
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.run import Run
from bland_deploy.prompts.compile import Template, Value, compile_expression, compile_text, compile_value
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.scopes import EVERYWHERE, PER_BATCH, PER_ROW, make_scopes
from bland_deploy.recipients.sources import InlineRow, RowSource, inline_rows, read_rows

T = TypeVar("T")
_EMPTY = MappingNode({}, "", 1, 1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A campaign ready to be rendered. `variables` are those of templates (`vars`); `computed` the recipients' own."""

    loaded: LoadedCampaign
    node: MappingNode
    campaign: Campaign
    environment: str
    version: Version
    source: RowSource
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


def prepare(
    loaded: LoadedCampaign, root: Path, environment: str, variables: Mapping[str, Json]
) -> tuple[Prepared | None, tuple[Diagnostic, ...]]:
    """The campaign with its templates compiled, None where there are errors; and all diagnostics so far."""
    if loaded.campaign is None or loaded.node is None:
        return None, loaded.diagnostics
    campaign, node = loaded.campaign, loaded.node
    source = open_source(campaign, node, root)
    compiler = _Compiler(loaded, {**campaign.vars, **variables}, source)
    prompt, description = compiler.text("prompt", EVERYWHERE), compiler.text("description", PER_BATCH)
    call, batch = compiler.value(("call",), PER_BATCH), compiler.value(("batch",), PER_BATCH)
    each, computed = compiler.value(("each",), PER_ROW), compiler.computed()
    where = compiler.where()
    problems = (*loaded.diagnostics, *compiler.problems)
    if compiler.failed or call is None or batch is None or each is None:
        return None, problems
    return (
        Prepared(
            loaded,
            node,
            campaign,
            environment,
            VERSIONS[campaign.api],
            source,
            compiler.variables,
            prompt,
            description,
            call,
            batch,
            each,
            computed,
            where,
        ),
        problems,
    )


def open_source(campaign: Campaign, node: MappingNode, root: Path) -> RowSource:
    """The campaign's list: the file, or the rows written into the campaign."""
    recipients = campaign.recipients
    if recipients.inline is None:
        return read_rows(recipients, root, place_of(node, ("recipients", "file")))
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


def _text(template: Template | None, scopes: Mapping[str, Mapping[str, object]]) -> str | None:
    value = template.render(scopes) if template else None
    return value if isinstance(value, str) else None


class _Compiler:
    """Compiles the parts of one campaign, and gathers what is wrong with them."""

    def __init__(self, loaded: LoadedCampaign, variables: JsonObject, source: RowSource) -> None:
        assert loaded.node is not None
        assert loaded.campaign is not None
        self.node = loaded.node
        self.variables = variables
        self.loader = Loader(loaded.reader.text_or_none)
        self.known = {"vars": variables.keys(), **_known_columns(loaded.campaign, source)}
        self.problems: list[Diagnostic] = []
        self.failed = False

    def text(self, key: str, scopes: frozenset[str]) -> Template | None:
        """The template under a key, None where there is none."""
        node = self.node.get(key)
        if not isinstance(node, Scalar) or node.value is None:
            return None
        return self._keep(compile_text(node, scopes, self.loader, self.known))

    def value(self, path: tuple[str, ...], scopes: frozenset[str]) -> Value | None:
        """The tree at a path; an empty mapping where there is none."""
        node: Node | None = self.node
        for key in path:
            node = node.get(key) if isinstance(node, MappingNode) else None
        return self._keep(compile_value(node or _EMPTY, scopes, self.loader, self.known))

    def computed(self) -> dict[str, Value]:
        """The recipients' variables that are templates, by name."""
        recipients = self.node.get("recipients")
        node = recipients.get("variables") if isinstance(recipients, MappingNode) else None
        mappings = node.items if isinstance(node, Items) else [node]
        found: dict[str, Value] = {}
        for mapping in mappings:
            for name, template in mapping.items() if isinstance(mapping, MappingNode) else ():
                value = self._keep(compile_value(template, PER_ROW, self.loader, self.known))
                if value is not None:
                    found[name] = value
        return found

    def where(self) -> Template | None:
        """The condition of the rows."""
        recipients = self.node.get("recipients")
        node = recipients.get("where") if isinstance(recipients, MappingNode) else None
        if not isinstance(node, Scalar) or node.value is None:
            return None
        return self._keep(compile_expression(node, PER_ROW, self.loader, self.known))

    def _keep(self, compiled: tuple[T | None, tuple[Diagnostic, ...]]) -> T | None:
        value, problems = compiled
        self.problems += problems
        self.failed = self.failed or value is None
        return value


def _known_columns(campaign: Campaign, source: RowSource) -> dict[str, frozenset[str]]:
    """The names that `row` may have, where they are known before the rows are read."""
    inline = campaign.recipients.inline
    if inline is not None:
        return {"row": frozenset(name for row in inline for name in row)}
    return {"row": frozenset(source.columns)} if source.columns is not None else {}
