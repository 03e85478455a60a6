"""Suppressed people: how many, by whom and why, as text and as documents. Never who."""

from collections.abc import Sequence
from typing import Protocol

from bland_deploy.model.entries import Suppression
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


class Added(Protocol):
    """How many people were suppressed, and how many were before."""

    @property
    def added(self) -> int: ...
    @property
    def known(self) -> int: ...


def render_document(environment: str, done: Added) -> str:
    """What was added, as a document."""
    return render_json(
        {
            "format_version": 1,
            "environment": environment,
            "added": done.added,
            "known": done.known,
            "diagnostics": [],
        }
    )


def render(environment: str, done: Added) -> str:
    """What was added, in a sentence."""
    before = f"; {count(done.known, 'person')} had been before" if done.known else ""
    if not done.added:
        return f"Nobody new{before}.\n"
    return (
        f"Suppressed {count(done.added, 'person')} in {environment}: no campaign calls them from now on{before}.\n"
        "It holds for what is sent next; `bland-deploy stop` ends what was sent.\n"
    )


def render_list_document(environment: str, entries: Sequence[Suppression]) -> str:
    """The entries as a document."""
    shown = [
        {"at": entry.at, "people": entry.people, "who": entry.who, "reason": entry.reason, "by": entry.by}
        for entry in entries
    ]
    people = sum(entry.people for entry in entries)
    return render_json(
        {"format_version": 1, "environment": environment, "people": people, "entries": shown, "diagnostics": []}
    )


def render_list(entries: Sequence[Suppression]) -> str:
    """The entries, a line each."""
    if not entries:
        return "Nobody is suppressed in the state.\n"
    lines = [f"{entry.at}  {count(entry.people, 'person'):>12}  {entry.who}: {entry.reason}\n" for entry in entries]
    return "".join(lines) + f"{count(sum(entry.people for entry in entries), 'person')} in all.\n"
