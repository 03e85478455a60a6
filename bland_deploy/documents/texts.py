"""Texts that lie in files of their own: `{file: PATH}` becomes the text, with places in that file."""

from bland_deploy.diagnostics import Diagnostic, error, nearest, shown
from bland_deploy.documents.files import Reader, Unreadable
from bland_deploy.documents.nodes import Mapping, Node, Scalar

# Where the format expects text; the same below `call` and below `each`.
_IN_CALLS = (("task",), ("first_sentence",), ("summary_prompt",), ("voicemail", "message"))
TEXT_PATHS = (("prompt",), *((part, *path) for part in ("call", "each") for path in _IN_CALLS))


def resolve_texts(node: Mapping, reader: Reader) -> tuple[Mapping, tuple[Diagnostic, ...]]:
    """The campaign with its `{file: PATH}` texts read, to the byte; one that cannot be read stays as it is written."""
    problems: list[Diagnostic] = []
    for path in TEXT_PATHS:
        node = _resolve_at(node, path, reader, problems)
    return node, tuple(problems)


def _resolve_at(node: Mapping, path: tuple[str, ...], reader: Reader, problems: list[Diagnostic]) -> Mapping:
    key, value = node.entries.get(path[0], (None, None))
    if key is None or not isinstance(value, Mapping):
        return node
    below: Node = _resolve_at(value, path[1:], reader, problems) if path[1:] else _read(value, reader, problems)
    if below is value:
        return node
    return Mapping({**node.entries, path[0]: (key, below)}, node.file, node.line, node.column)


def _read(reference: Mapping, reader: Reader, problems: list[Diagnostic]) -> Node:
    path = reference.get("file")
    if not isinstance(path, Scalar) or not isinstance(path.value, str):
        return reference
    problems.extend(_unknown_keys(reference))
    text = reader.text(path.value)
    if isinstance(text, Unreadable):
        problems.append(text.diagnostic(path.place))
        return reference
    return Scalar(text, text, path.value, 1, 1, "file")


def _unknown_keys(reference: Mapping) -> list[Diagnostic]:
    return [
        error(
            "unknown-key",
            f"`{shown(name)}` is not a key of a text's file; the only one is `file`",
            key.place,
            "did you mean `file`?" if nearest(name, ["file"]) else None,
        )
        for name, (key, _) in reference.entries.items()
        if name != "file"
    ]
