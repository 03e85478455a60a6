"""Open holds and their evidence, and batches that did not ring everybody, as text and as a document."""

from collections.abc import Sequence
from dataclasses import asdict

from bland_deploy.model.holds import Hold
from bland_deploy.model.json import JsonObject
from bland_deploy.model.statuses import BatchReport
from bland_deploy.views.json import render_json
from bland_deploy.views.statuses import unrung_lines
from bland_deploy.views.words import count


def render_document(holds: Sequence[Hold], unrung: Sequence[BatchReport]) -> str:
    """The document as text."""
    document = {
        "format_version": 1,
        "holds": [asdict(hold) for hold in holds],
        "unrung": [_unrung(report) for report in unrung],
        "diagnostics": [],
    }
    return render_json(document)


def _unrung(report: BatchReport) -> JsonObject:
    return {
        "campaign": report.campaign,
        "round": report.round,
        "batch_id": report.batch_id,
        "status": report.status,
        "calls": report.calls,
        "not_dialled": report.not_dialled,
    }


def render(holds: Sequence[Hold], unrung: Sequence[BatchReport]) -> str:
    """Each hold with what speaks for either answer, and the commands that decide."""
    others = "".join(f"{line}\n" for line in unrung_lines(unrung))
    if not holds:
        return "No send is open: the state knows the outcome of every one.\n" + others
    return "\n".join(_hold(hold) for hold in holds) + "\n" + _DECIDE + others


def _hold(hold: Hold) -> str:
    batches = f"the provider lists {', '.join(hold.listed)}" if hold.listed else "the provider lists no batch of it"
    lines = [f"? {hold.attempt}  {hold.campaign}, round {hold.round}: {count(hold.calls, 'call')}"]
    lines += [f"    claimed  {hold.claimed_at}", f"    evidence {batches}; {_calls(hold)}"]
    if hold.reason:
        lines.append(f"    reason   {hold.reason}")
    return "\n".join(lines) + "\n"


def _calls(hold: Hold) -> str:
    if hold.called is None:
        return "its list of calls cannot tell whether its people were called"
    if not hold.called:
        return "it lists no call to its people since then"
    return f"it lists calls to {hold.called:,} of its people since then"


_DECIDE = """To decide, look in the provider's dashboard, then record what you found:
  bland-deploy reconcile --sent ATTEMPT BATCH_ID --reason TEXT   they were called
  bland-deploy reconcile --not-sent ATTEMPT --reason TEXT        they were not; apply will call them
"""
