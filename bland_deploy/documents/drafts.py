"""What can still be judged of a campaign with mistakes: the campaign without them, so that one run shows the others."""

from collections.abc import Sequence

from pydantic import ValidationError

from bland_deploy.documents.nodes import Items, Mapping, Node, Scalar, data
from bland_deploy.documents.wording import Mistake, find_mistakes
from bland_deploy.model.campaign import Campaign

_ROUNDS = 5
_UNNAMED = "unnamed"


def draft_campaign(node: Mapping) -> tuple[Campaign, Mapping] | None:
    """The campaign and its tree without what is wrong, with stand-ins for what is missing; None where that fails.

    Never to be sent: it is there for lint to look at the rest.
    """
    for _ in range(_ROUNDS):
        value = data(node)
        try:
            return Campaign.model_validate(value), node
        except ValidationError as invalid:
            for mistake in _deepest_last(find_mistakes(invalid.errors(include_url=False), value)):
                node = _mended(node, mistake)
    return None


def _deepest_last(mistakes: Sequence[Mistake]) -> list[Mistake]:
    """Later items of a list first, so that taking one out moves none that is still to go."""
    return sorted(mistakes, key=lambda mistake: [str(step).zfill(9) for step in mistake.path], reverse=True)


def _mended(node: Mapping, mistake: Mistake) -> Mapping:
    """The tree without a mistake. A list of people that is unclear is taken for an empty one."""
    path = mistake.path
    if path and path[0] == "recipients" and (mistake.type in {"missing", "value_error"} or len(path) == 1):
        return _with(node, "recipients", _nobody(node))
    if path == ("campaign",):
        return _with(node, "campaign", Scalar(_UNNAMED, _UNNAMED, node.file, node.line, node.column))
    mended = _taken_out(node, path)
    assert isinstance(mended, Mapping)
    return mended


def _nobody(node: Mapping) -> Mapping:
    key = Scalar("inline", "inline", node.file, node.line, node.column)
    return Mapping({"inline": (key, Items([], node.file, node.line, node.column))}, node.file, node.line, node.column)


def _with(node: Mapping, key: str, value: Node) -> Mapping:
    key_node = node.entries[key][0] if key in node.entries else Scalar(key, key, node.file, node.line, node.column)
    return Mapping({**node.entries, key: (key_node, value)}, node.file, node.line, node.column)


def _taken_out(node: Node, path: Sequence[str | int]) -> Node:
    """The tree without the value at a path; unchanged where the path leads nowhere."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    if isinstance(node, Mapping) and step in node.entries:
        key, value = node.entries[str(step)]
        others = {name: entry for name, entry in node.entries.items() if name != step}
        entries = others if not rest else {**node.entries, str(step): (key, _taken_out(value, rest))}
        return Mapping(entries, node.file, node.line, node.column)
    if isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
        before, after = node.items[:step], node.items[step + 1 :]
        middle = [_taken_out(node.items[step], rest)] if rest else []
        return Items([*before, *middle, *after], node.file, node.line, node.column)
    return node
