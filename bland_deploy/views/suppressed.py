"""Suppressed people: how many, by whom and why, as text and as documents. Never who."""

from collections.abc import Sequence

from bland_deploy.model.heard import Added, Heard, Listed
from bland_deploy.model.suppressions import ProviderList, Suppression
from bland_deploy.views.diagnostics.json import diagnostic_dict
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


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


def render_list_document(environment: str, entries: Sequence[Suppression], read: ProviderList | None) -> str:
    """The entries as a document, and when the provider's list was read last."""
    shown = [
        {
            "at": entry.at,
            "people": entry.people,
            "who": entry.who,
            "reason": entry.reason,
            "by": entry.by,
            "source": entry.source,
        }
        for entry in entries
    ]
    return render_json(
        {
            "format_version": 1,
            "environment": environment,
            "people": sum(entry.people for entry in entries),
            "entries": shown,
            "provider_list": {"at": read.at, "people": read.people} if read else None,
            "diagnostics": [],
        }
    )


def render_list(entries: Sequence[Suppression], read: ProviderList | None) -> str:
    """The entries, a line each."""
    lines = [f"{entry.at}  {count(entry.people, 'person'):>12}  {entry.who}: {entry.reason}\n" for entry in entries]
    lines += [f"{count(sum(entry.people for entry in entries), 'person')} in all.\n"] if lines else []
    lines = lines or ["Nobody is suppressed in the state.\n"]
    lines += [f"The provider's do-not-call list was read last at {read.at}.\n"] if read else []
    return "".join(lines)


def render_sync_document(environment: str, listed: Listed, heard: Heard) -> str:
    """What was heard of people who do not want to be called, as a document."""
    both = listed.added.plus(heard.added)
    return render_json(
        {
            "format_version": 1,
            "environment": environment,
            "added": both.added,
            "known": both.known,
            "provider_list": None if listed.people is None else {"people": listed.people, "added": listed.added.added},
            "calls": {"batches": heard.batches, "unfinished": heard.unfinished, "added": heard.added.added},
            "diagnostics": [diagnostic_dict(item) for item in listed.found],
        }
    )


def render_sync(environment: str, listed: Listed, heard: Heard) -> str:
    """What was heard of people who do not want to be called, a line each."""
    lines = []
    if listed.people is not None:
        lines += [f"The provider's do-not-call list has {count(listed.people, 'person')}: {_new(listed.added)}."]
    lines += [f"{_looked(heard)}: {_new(heard.added)} asked not to be called again."]
    if heard.unfinished:
        lines += [f"{count(heard.unfinished, 'batch')} not ended yet: look again later."]
    if listed.added.added or heard.added.added:
        lines += [f"No campaign of {environment} calls them from now on; `bland-deploy stop` ends what was sent."]
    return "".join(f"{line}\n" for line in lines)


def _looked(heard: Heard) -> str:
    if not heard.batches:
        return "No batch has ended since somebody looked last"
    return f"Looked at the calls of {count(heard.batches, 'batch')}"


def _new(added: Added) -> str:
    return f"{count(added.added, 'person')} new" if added.added else "nobody new"
