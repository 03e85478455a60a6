"""How batches are doing, as text and as the contract's document."""

from collections.abc import Sequence

from bland_deploy.model.json import JsonObject
from bland_deploy.model.statuses import BatchReport
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


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
    }


def render_document(reports: Sequence[BatchReport]) -> str:
    """The document as text."""
    return render_json(document(reports))


def render(reports: Sequence[BatchReport]) -> str:
    """A table, one line a batch."""
    if not reports:
        return "Nothing was sent yet.\n"
    head = ("CAMPAIGN", "ROUND", "BATCH", "STATUS", "CALLS", "SUCCESSFUL", "FAILED")
    rows = [head, *(_cells(report) for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, *unrung_lines(reports)]) + "\n"


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


def _cells(report: BatchReport) -> tuple[str, ...]:
    numbers = (report.calls, report.successful, report.failed)
    counts = ("-" if number is None else f"{number:,}" for number in numbers)
    return (report.campaign, report.round, report.batch_id or "-", report.status, *counts)
