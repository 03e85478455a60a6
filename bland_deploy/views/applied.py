"""What an apply did, as text and as the contract's document."""

from bland_deploy.model.applied import Applied, AppliedBatch, BatchFate
from bland_deploy.model.json import JsonObject
from bland_deploy.views.diagnostics.json import diagnostic_dict
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count

_VERBS = {
    BatchFate.SENT: "sent",
    BatchFate.HELD: "held",
    BatchFate.FAILED: "refused",
    BatchFate.NOT_SENT: "not sent",
}


def document(applied: Applied) -> JsonObject:
    """The apply in the contract's shape; counts are of calls."""
    return {
        "format_version": 1,
        "environment": applied.environment,
        "exit_code": applied.exit_code,
        "batches": [_batch(batch) for batch in applied.batches],
        "summary": {fate.value: applied.calls(fate) for fate in BatchFate},
        "open_holds": applied.open_holds,
        "diagnostics": [diagnostic_dict(diagnostic) for diagnostic in applied.diagnostics],
    }


def _batch(batch: AppliedBatch) -> JsonObject:
    return {
        "campaign": batch.campaign,
        "batch_id": batch.batch_id,
        "calls": batch.calls,
        "status": batch.fate.value,
        "reason": batch.reason,
    }


def render_document(applied: Applied) -> str:
    """The document as text."""
    return render_json(document(applied))


def batch_line(batch: AppliedBatch) -> str:
    """One batch as a line, as soon as its fate is known."""
    named = f"batch {batch.batch_id}" if batch.batch_id else "no batch"
    reason = f": {batch.reason}" if batch.reason else ""
    return f"  {_VERBS[batch.fate]:<8}  {batch.campaign}  {named}  {count(batch.calls, 'call')}{reason}"


def wait_line(reason: str, seconds: float) -> str:
    """A wait before a batch is sent again that was provably not sent."""
    return f"  waiting   {seconds:.1f} s before sending it again: {reason}"


def render(applied: Applied) -> str:
    """The closing lines."""
    lines = []
    if not applied.batches:
        before = f": {count(applied.done_before, 'call')} made before" if applied.done_before else ""
        lines.append(f"Nothing to send{before}.")
    else:
        parts = [f"{count(amount, 'call')} {_VERBS[fate]}" for fate in BatchFate if (amount := applied.calls(fate))]
        lines.append(f"Apply: {', '.join(parts)} in {count(len(applied.batches), 'batch')}.")
    if applied.open_holds:
        lines.append(
            f"{count(applied.open_holds, 'call')} held: whether they were sent is unknown, so they are not sent again. "
            "See `bland-deploy reconcile`."
        )
    return "\n".join(lines) + "\n"
