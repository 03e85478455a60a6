"""The templates of one campaign, compiled, with stand-ins for those that have errors."""

from collections.abc import Collection, Mapping

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.documents.nodes import Items, Node, Scalar
from bland_deploy.documents.nodes import Mapping as MappingNode
from bland_deploy.model.json import JsonObject
from bland_deploy.prompts.compile import Template, Value, compile_expression, compile_text, compile_value
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.scopes import PER_ROW

_EMPTY = MappingNode({}, "", 1, 1)
# A prompt with errors is taken for one that says something, rows that cannot be chosen for none, values for text.
_SOMETHING = Template(lambda _scopes: "…", "…")
_NO_ROW = Template(lambda _scopes: False)
_TEXT = Value(lambda _scopes: "…", constant=True, templates=())


class Compiler:
    """Compiles the parts of one campaign, and gathers what is wrong with them in `problems`."""

    def __init__(
        self,
        node: MappingNode,
        variables: JsonObject,
        columns: Mapping[str, Collection[str]],
        loader: Loader,
    ) -> None:
        self.node = node
        self.variables = variables
        self.problems: list[Diagnostic] = []
        self._known = {"vars": variables.keys(), **columns}
        self._loader = loader

    def text(self, key: str, scopes: frozenset[str]) -> Template | None:
        """The template under a key, None where there is none."""
        node = self.node.get(key)
        if not isinstance(node, Scalar) or node.value is None:
            return None
        template, problems = compile_text(node, scopes, self._loader, self._known)
        self.problems += problems
        return template or _SOMETHING

    def value(self, key: str, scopes: frozenset[str]) -> Value:
        """The mapping under a key; an empty one where there is none, one without the entries that have errors."""
        node = self.node.get(key) or _EMPTY
        value, problems = compile_value(node, scopes, self._loader, self._known)
        self.problems += problems
        return value or self._good_part(node, scopes)

    def computed(self) -> dict[str, Value]:
        """The recipients' variables that are templates, by name."""
        node = self._of_recipients("variables")
        found: dict[str, Value] = {}
        for mapping in node.items if isinstance(node, Items) else [node]:
            for name, template in mapping.items() if isinstance(mapping, MappingNode) else ():
                value, problems = compile_value(template, PER_ROW, self._loader, self._known)
                self.problems += problems
                found[name] = value or _TEXT
        return found

    def where(self) -> Template | None:
        """The condition of the rows."""
        node = self._of_recipients("where")
        if not isinstance(node, Scalar) or node.value is None:
            return None
        template, problems = compile_expression(node, PER_ROW, self._known)
        self.problems += problems
        return template or _NO_ROW

    def _of_recipients(self, key: str) -> Node | None:
        recipients = self.node.get("recipients")
        return recipients.get(key) if isinstance(recipients, MappingNode) else None

    def _good_part(self, node: Node, scopes: frozenset[str]) -> Value:
        assert isinstance(node, MappingNode)
        good = {
            key: entry
            for key, entry in node.entries.items()
            if compile_value(entry[1], scopes, self._loader, self._known)[0] is not None
        }
        part, _ = compile_value(MappingNode(good, node.file, node.line, node.column), scopes, self._loader, self._known)
        assert part is not None
        return part
