"""How batches are doing, as text and as the contract's document."""

from collections.abc import Sequence

from bland_deploy.model.json import JsonObject
from bland_deploy.model.statuses import BatchReport, Tally
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count, dollars, duration


def document(reports: Sequence[BatchReport]) -> JsonObject:
    """The reports in the contract's shape."""
    return {"format_version": 1, "batches": [_batch(report) for report in reports], "diagnostics": []}


def _batch(report: BatchReport) -> JsonObject:
    return {
        "campaign": report.campaign,
        "batch_id": report.batch_id,
        "status": report.status,
        "calls": report.calls,
        "successful": report.successful,
        "failed": report.failed,
        "round": report.round,
        "reason": report.reason,
        "not_dialled": report.not_dialled,
        "final": report.final,
        "wave": report.wave,
        **({} if report.tally is None else _tally(report.tally)),
    }


def _tally(tally: Tally) -> JsonObject:
    return {
        "outcomes": dict(tally.outcomes),
        "minutes": tally.minutes,
        "cost": tally.cost,
        "drain_seconds": None if tally.drain is None else round(tally.drain, 1),
    }


def render_document(reports: Sequence[BatchReport]) -> str:
    """The document as text."""
    return render_json(document(reports))


def render(reports: Sequence[BatchReport], trouble: str | None = None) -> str:
    """A table, one line a batch, and a closing line. `trouble` is why the provider could not be asked just now."""
    if not reports:
        return f"Not known yet: {trouble}.\n" if trouble else "Nothing was sent yet.\n"
    told = any(report.tally for report in reports)
    in_waves = any(report.wave for report in reports)
    head = (
        "CAMPAIGN",
        "ROUND",
        *(("WAVE",) * in_waves),
        "BATCH",
        "STATUS",
        "CALLS",
        "SUCCESSFUL",
        "FAILED",
        *(("COST", "CALLS BY OUTCOME") * told),
    )
    rows = [head, *(_cells(report, told=told, in_waves=in_waves) for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    ends = [*wave_lines(reports), progress(reports, trouble)]
    return "\n".join([*lines, *unrung_lines(reports), "", *ends]) + "\n"


def wave_lines(reports: Sequence[BatchReport]) -> list[str]:
    """How each wave of a round is doing, a line each; none where there are no waves."""
    waves: dict[tuple[str, str, int | None], list[BatchReport]] = {}
    for report in reports:
        waves.setdefault((report.campaign, report.round, report.wave), []).append(report)
    return [
        f"{campaign}, round {round_}, wave {wave}: {progress(batches)}"
        for (campaign, round_, wave), batches in waves.items()
        if wave is not None
    ]


def progress(reports: Sequence[BatchReport], trouble: str | None = None) -> str:
    """All batches in one line: how many are final, how calls ended, what they cost, how long it still takes."""
    final, calls = sum(report.final for report in reports), sum(report.calls for report in reports)
    words = [f"{final:,} of {count(len(reports), 'batch')} final", count(calls, "call")]
    successful, failed = (sum(filter(None, numbers)) for numbers in _ended(reports))
    if successful or failed:
        words.append(f"{successful:,} successful, {failed:,} failed")
    tallies = [report.tally for report in reports if report.tally]
    if tallies:
        words.append(f"{dollars(sum(tally.cost for tally in tallies))} so far")
    drain = max((tally.drain or 0.0 for tally in tallies), default=0.0)
    if drain:
        words.append(f"about {duration(drain)} to go")
    if trouble:
        words.append(f"not up to date: {trouble}")
    return "; ".join(words)


def _ended(reports: Sequence[BatchReport]) -> tuple[list[int | None], list[int | None]]:
    return [report.successful for report in reports], [report.failed for report in reports]


def unrung_lines(reports: Sequence[BatchReport]) -> list[str]:
    """A sentence for each batch that ended without a dial to somebody, and the way to free them."""
    return [
        f"Batch {report.batch_id} of {report.campaign} ended ({report.status}) without a dial to "
        f"{count(report.not_dialled, 'person')}. They count as called in round {report.round}; "
        f"to call them after all:\n"
        f"  bland-deploy reconcile --not-rung {report.batch_id} --reason TEXT"
        for report in reports
        if report.not_dialled
    ]


def _cells(report: BatchReport, *, told: bool, in_waves: bool) -> tuple[str, ...]:
    numbers = (report.calls, report.successful, report.failed)
    counts = ("-" if number is None else f"{number:,}" for number in numbers)
    wave = ("-" if report.wave is None else str(report.wave),) * in_waves
    cells = (report.campaign, report.round, *wave, report.batch_id or "-", report.status, *counts)
    if not told:
        return cells
    if report.tally is None:
        return (*cells, "-", "-")
    outcomes = ", ".join(f"{number:,} {outcome}" for outcome, number in report.tally.outcomes.items())
    return (*cells, dollars(report.tally.cost), outcomes)
