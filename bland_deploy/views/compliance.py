"""Claims as evidence of how their people were guarded, as text and as a document."""

from collections.abc import Mapping, Sequence
from typing import Any

from bland_deploy.model.ledger import Guarded, GuardedBatch
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


def render_document(campaign: str, claims: Sequence[Guarded]) -> str:
    """The claims as a document."""
    shown = [
        {**claim._asdict(), "batches": [batch._asdict() for batch in claim.batches]}  # a line for each field
        for claim in claims
    ]
    return render_json({"format_version": 1, "campaign": campaign, "claims": shown, "diagnostics": []})


def render(campaign: str, claims: Sequence[Guarded]) -> str:
    """Claim by claim: who applied what, by which rules and lists, and the times of each batch."""
    if not claims:
        return f"Nothing of {campaign} was claimed to be sent.\n"
    return "\n".join("".join(f"{line}\n" for line in _claim(claim)) for claim in claims)


def _claim(claim: Guarded) -> list[str]:
    by = f" by {claim.by}" if claim.by else ""
    lines = [f"{claim.at}  round {claim.round} in {claim.environment}, applied{by} (entry {claim.number})"]
    lines += [_line("plan", claim.plan_digest)] if claim.plan_digest else []
    lines += _guards(claim.guards) if claim.guards is not None else [_line("guards", "not recorded by that version")]
    return lines + [_line(batch.attempt, f"{_fate(batch)}; {_window(batch)}") for batch in claim.batches]


def _guards(guards: Mapping[str, Any]) -> list[str]:
    lists = [f"{name} ({digest})" for name, digest in sorted(guards["lists"].items())]
    in_state = f"{count(guards['suppressions'], 'entry')} of `suppress`"
    in_state += f" up to {guards['suppressions_head']}" if guards["suppressions_head"] else ""
    declared, eligible = guards["declared"], guards["eligible"]
    people = "not recorded by that version" if eligible is None else f"{eligible:,} on the list to call or called"
    return [
        _line("rules", guards["rules_sha256"]),
        _line("profile", guards["profile"]),
        _line("people", people),
        _line("purpose", _value(declared.get("purpose"))),
        _line("consent", _value(declared.get("consent"))),
        *(_line("waiver", _value(waiver)) for waiver in declared.get("waivers") or ["none"]),
        *(_line("list", listed) for listed in lists or ["none"]),
        _line("state", in_state),
    ]


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_value(part)}" for name, part in value.items())
    return "not declared" if value is None else str(value)


def _fate(batch: GuardedBatch) -> str:
    named = f" as {batch.batch_id}" if batch.batch_id else ""
    return f"{count(batch.calls, 'call')} {batch.status}{named}"


def _window(batch: GuardedBatch) -> str:
    times = f"calls begin {batch.first_dial} to {batch.last_dial}" if batch.first_dial else "calls begin at once"
    return f"{times}, to be sent before {batch.closes}" if batch.closes else times


def _line(name: str, text: str) -> str:
    return f"  {name:<16}  {text}"
