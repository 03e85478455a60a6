"""What became of stops, as text and as a document."""

from collections.abc import Sequence

from bland_deploy.model.statuses import StoppedBatch
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


def render_document(stops: Sequence[StoppedBatch]) -> str:
    """The document as text."""
    batches = [
        {
            "campaign": stop.campaign,
            "batch_id": stop.batch_id,
            "status": _word(stop),
            "calls": stop.calls,
            "dialled": stop.dialled,
            "reason": stop.message,
        }
        for stop in stops
    ]
    return render_json({"format_version": 1, "batches": batches, "diagnostics": []})


def render(stops: Sequence[StoppedBatch]) -> str:
    """One line a batch, and a closing one."""
    if not stops:
        return "Nothing to stop: nothing was sent yet.\n"
    lines = [f"  {_word(stop):<9} {stop.campaign}  batch {stop.batch_id}{_details(stop)}" for stop in stops]
    stopped = sum(stop.stopped for stop in stops)
    failed = sum(stop.failed for stop in stops)
    closing = f"Stop: {count(stopped, 'batch')} stopped, {len(stops) - stopped - failed} not running any more"
    if failed:
        closing += f", {failed} could not be stopped: run it again"
    rung = sum(stop.dialled or 0 for stop in stops)
    before = f" Of the stopped ones, {count(rung, 'phone')} may have rung before." if rung else ""
    return "\n".join([*lines, f"{closing}.{before} Calls that are being talked go on to their end."]) + "\n"


def _word(stop: StoppedBatch) -> str:
    if stop.failed:
        return "failed"
    return "stopped" if stop.stopped else "finished"


def _details(stop: StoppedBatch) -> str:
    if not stop.stopped:
        return f": {stop.message}" if stop.message else ""
    known = [
        f"{count(stop.calls, 'call')} cancelled" if stop.calls is not None else "",
        f"{stop.dialled:,} dialled before" if stop.dialled is not None else "",
    ]
    told = ", ".join(filter(None, known))
    return f": {told}" if told else ""
