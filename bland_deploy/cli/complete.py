"""What the shell offers while a command line is written: campaigns, environments, rules and fields.

Nothing may be said here but the offers, so whatever goes wrong gives none, and the shell offers files.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.root import find_root
from bland_deploy.documents.discover import WORKSPACE_FILE, find_campaigns
from bland_deploy.documents.nodes import Items, Mapping, Scalar, find
from bland_deploy.documents.read import read_document

Find: TypeAlias = Callable[[Invocation], Iterable[str]]

_PLAIN = re.compile(r"[\w.-]+")


def offers(what: str, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """The offers of a kind (a key of FINDERS) that go on from what is written; where there are none, files."""
    names: set[str] = set()
    with suppress(Exception):
        found = FINDERS[what](ctx.find_object(Invocation) or Invocation())
        names = {name for name in found if name.startswith(incomplete) and _PLAIN.fullmatch(name)}
    return [CompletionItem(name) for name in sorted(names)] or [CompletionItem(incomplete, type="file")]


def _campaigns(invocation: Invocation) -> Iterator[str]:
    root = find_root(invocation)
    workspace, _ = read_document(root, WORKSPACE_FILE)
    globs = workspace.get("campaigns") if workspace else None
    patterns = [item.text for item in globs.items if isinstance(item, Scalar)] if isinstance(globs, Items) else None
    for name in find_campaigns(root, patterns or ["campaigns/*.yaml"]):
        campaign, _ = read_document(root, name)
        id_ = campaign.get("campaign") if campaign else None
        if isinstance(id_, Scalar):
            yield id_.text


def _environments(invocation: Invocation) -> Iterable[str]:
    workspace, _ = read_document(find_root(invocation), WORKSPACE_FILE)
    environments = find(workspace, ("environments",)) if workspace else None
    return environments.entries if isinstance(environments, Mapping) else ()


def _explained(_invocation: Invocation) -> Iterator[str]:
    from bland_deploy.api.fields import FIELDS  # noqa: PLC0415 - only where something is to be explained
    from bland_deploy.rules.registry import RULES  # noqa: PLC0415 - the same

    yield from (rule.id for rule in RULES)
    yield from (field.name for field in FIELDS)


FINDERS: dict[str, Find] = {"campaigns": _campaigns, "environments": _environments, "explained": _explained}
"""What can be offered, by name."""
