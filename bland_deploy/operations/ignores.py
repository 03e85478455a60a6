"""What comments in the files make lint ignore: `# bland-deploy: ignore[RULE] reason`, on the line or above it.

A comment takes away what a person has looked at, and says why. It takes away no error, no gate and nothing that the law
asks.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, Severity, error, has_errors, in_order, shown, warning
from bland_deploy.documents.comments import MARK, find_comments
from bland_deploy.documents.files import Reader

_FORM = re.compile(r"ignore\b\s*(?:\[(?P<rules>[^\]]*)\])?\s*(?P<reason>.*)")
_WRITTEN = f"`{MARK} ignore[RULE] reason`"


class Ignore(NamedTuple):
    """One rule that a comment at `place` ignores on one line of its file, and why."""

    what: str
    reason: str
    place: Place
    line: int


def speaking_texts(reader: Reader) -> dict[str, str]:
    """The texts that were read through a reader and may hold comments for us, by name."""
    texts = {name: reader.text_or_none(name) for name in tuple(reader.digests)}
    return {name: text for name, text in texts.items() if text is not None and MARK in text}


def heed(
    found: Iterable[Diagnostic], texts: Mapping[str, str], documents: Collection[str], unused_in: Collection[str] = ()
) -> tuple[Diagnostic, ...]:
    """The diagnostics, those that comments ignore with the reason in them, and what is wrong with the comments.

    `documents` names the texts that are YAML. In the files of `unused_in` comments that ignore nothing are told, unless
    there are errors, behind which more may lie.
    """
    found = tuple(found)
    wrong: list[Diagnostic] = []
    ignores = [ignore for name, text in texts.items() for ignore in _read(text, name, name in documents, wrong)]
    by_line = {(ignore.place.file, ignore.line, ignore.what): ignore for ignore in ignores}
    used = set()
    heeded = []
    for diagnostic in found:
        ignore = by_line.get((diagnostic.place.file, diagnostic.place.line or 0, diagnostic.rule))
        if ignore is not None and diagnostic.severity is not Severity.ERROR:
            used.add(ignore)
            diagnostic = replace(diagnostic, ignored=ignore.reason)  # noqa: PLW2901 - the same one, heeded
        heeded.append(diagnostic)
    if not has_errors([*found, *wrong]):
        wrong += [_unused(ignore) for ignore in ignores if ignore not in used and ignore.place.file in unused_in]
    return in_order([*heeded, *wrong])


def _read(text: str, name: str, is_yaml: bool, wrong: list[Diagnostic]) -> Iterator[Ignore]:  # noqa: FBT001 - passed on
    for comment in find_comments(text, name, is_yaml=is_yaml):
        form = _FORM.fullmatch(comment.text)
        if form is None:
            continue  # another word to the tool
        rules = [rule.strip() for rule in (form["rules"] or "").split(",") if rule.strip()]
        told = list(_mistakes(rules, form["reason"], comment.place))
        wrong += told
        if not told:
            yield from (Ignore(rule, shown(form["reason"]), comment.place, comment.about) for rule in rules)


def _mistakes(rules: Collection[str], reason: str, place: Place) -> Iterator[Diagnostic]:
    if not rules:
        yield error("ignore-without-rule", "the comment does not say what to ignore", place, f"write {_WRITTEN}")
    elif not reason:
        yield error("ignore-without-reason", "the comment does not say why", place, f"write {_WRITTEN}")
    from bland_deploy.rules.registry import find_rule, suggest_rule  # noqa: PLC0415 - the texts of all rules

    for name in rules:
        rule = find_rule(name)
        if rule is None:
            meant = suggest_rule(name)
            way_out = f"did you mean `{meant}`?" if meant else "`bland-deploy rules` lists the rules"
            yield error("ignore-unknown-rule", f"`{shown(name)}` is no rule", place, way_out)
        elif not rule.can_ignore:
            yield error(
                "ignore-refused",
                f"no comment can ignore `{rule.id}`",
                place,
                f"mend it: `bland-deploy explain {rule.id}` says how",
            )


def _unused(ignore: Ignore) -> Diagnostic:
    return warning(
        "unused-ignore",
        f"there is no `{ignore.what}` here to ignore",
        ignore.place,
        "remove it: left behind it would hide the next one",
    )
