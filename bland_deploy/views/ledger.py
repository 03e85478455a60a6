"""Logs as text and as documents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bland_deploy.model.entries import GateFigure
from bland_deploy.model.ledger import LogEntry, LogSummary
from bland_deploy.reports.wording import briefly
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


def render_list_document(logs: Sequence[LogSummary]) -> str:
    """The summaries as a document."""
    campaigns = [log._asdict() for log in logs]
    return render_json({"format_version": 1, "campaigns": campaigns, "diagnostics": []})


def render_list(logs: Sequence[LogSummary]) -> str:
    """One line a campaign."""
    if not logs:
        return "The state is empty: nothing was sent yet.\n"
    return "".join(_summary(log) for log in logs)


def _summary(log: LogSummary) -> str:
    parts = [f"{count(log.sent, 'call')} sent"]
    parts += [f"{amount:,} {word}" for word, amount in (("held", log.held), ("unfinished", log.unfinished)) if amount]
    rounds = ", ".join(log.rounds) or "none"
    return f"{log.campaign}  {', '.join(parts)}  rounds {rounds}  {count(log.entries, 'entry')}\n"


def render_log_document(campaign: str, entries: Sequence[LogEntry]) -> str:
    """The entries as a document."""
    shown = [
        {"number": entry.number, "kind": entry.kind, "at": entry.at, "by": entry.by, **entry.fields}
        for entry in entries
    ]
    return render_json({"format_version": 1, "campaign": campaign, "entries": shown, "diagnostics": []})


def render_log(entries: Sequence[LogEntry]) -> str:
    """The entries, a line each; what a claim holds below it."""
    return "".join(line + "\n" for entry in entries for line in _entry(entry))


def _entry(entry: LogEntry) -> list[str]:
    rest = [f"{key}={_value(value)}" for key, value in entry.fields.items() if key not in _BELOW]
    by = f"  by {entry.by}" if entry.by else ""
    lines = [f"{entry.number:>6}  {entry.at}  {entry.kind:<8}  {'  '.join(rest)}{by}".rstrip()]
    lines += [f"{'':8}{line}" for line in _of_waves(entry.fields)]
    return (
        lines
        + [
            f"{'':8}{batch['attempt']}  {count(batch['calls'], 'call')}{_payload(batch)}"
            for batch in entry.fields.get("batches", [])
        ]
        + [f"{'':8}{taken['attempt']}  batch_id={taken['batch_id']}" for taken in entry.fields.get("taken", [])]
        + [
            f"{'':8}{group['people']:,} {group['outcome']}, the last {group['ended']}"
            for group in entry.fields.get("groups", [])
        ]
    )


def _of_waves(fields: Mapping[str, Any]) -> Iterator[str]:
    """The wave of a claim, and the figures by which one was begun, promoted or refused."""
    wave = fields.get("wave") or {}
    if wave:
        yield f"wave {wave['number']} of {wave['of']} ({wave['target']}), with it {count(wave['people'], 'person')}"
    for written in wave.get("gate", fields.get("gate", ())):
        figure = GateFigure.model_validate(written)
        yield f"{'passed' if figure.holds else 'missed'}  {briefly(figure)}"


_SHOWN = 16
"""So many attempts of an entry are shown; the document has all."""
_BELOW = frozenset({"batches", "compliance", "gate", "groups", "taken", "wave"})


def _payload(batch: Mapping[str, Any]) -> str:
    digest = batch.get("payload_sha256")
    return f"  payload {digest[:12]}…" if digest else ""


def _value(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    more = f" and {len(value) - _SHOWN:,} more" if len(value) > _SHOWN else ""
    return ",".join(map(str, value[:_SHOWN])) + more
