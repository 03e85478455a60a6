"""One YAML file to one tree, with every mistake as a diagnostic. Files are YAML 1.2 core."""

from pathlib import Path

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.documents.compose import compose
from bland_deploy.documents.files import Reader, Unreadable
from bland_deploy.documents.molds import cast
from bland_deploy.documents.nodes import Mapping, Scalar


def read_document(root: Path, name: str) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """The tree of a file named relative to the workspace, None where there is none, and what is wrong with it."""
    return read_with(Reader(root), name)


def read_with(reader: Reader, name: str) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """As `read_document`, through a reader that remembers what it read."""
    text = reader.text(name)
    if isinstance(text, Unreadable):
        return None, (text.diagnostic(Place(name)),)
    return read_text(text, name)


def read_text(text: str, name: str) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """The tree of a document's text; `name` is the file of its places."""
    text = text.removeprefix("\ufeff")
    node = cast(text, name)
    problems: list[Diagnostic] = []
    if node is None:
        node, problems = compose(text, name)
    if isinstance(node, Mapping):
        return node, tuple(problems)
    if problems:
        return None, tuple(problems)
    if node is None or (isinstance(node, Scalar) and node.value is None and not node.style):
        return None, (error("empty-document", "the file is empty", Place(name), "begin with `version: 1`"),)
    found = "text" if isinstance(node, Scalar) else "a list"
    return None, (
        error("not-a-mapping", f"the file holds {found}, not keys with values", node.place, "write `key: value`"),
    )
