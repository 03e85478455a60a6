"""The report as a JSON document."""

from collections.abc import Mapping

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.reports.figures import CONFIDENCE, Figures, Share
from bland_deploy.reports.report import Report
from bland_deploy.views.json import render_json


def document(report: Report) -> JsonObject:
    """Everything that the other formats show."""
    ledger, figures = report.ledger, report.figures
    return {
        "format_version": 1,
        "campaigns": list(report.campaigns),
        "funnel": [{"step": step, "calls": calls} for step, calls in report.funnel],
        "held": ledger.held,
        "left_out": dict(ledger.left_out),
        "calls": _figures(figures),
        "cost": {
            "actual": round(figures.cost, 4),
            "estimated": ledger.estimated,
            "at_most": ledger.at_most,
        },
        "over_time": [{"from": start, "outcomes": dict(outcomes)} for start, outcomes in report.over_time.items()],
        "by_zone": [{"zone": zone, "outcomes": dict(outcomes)} for zone, outcomes in report.by_zone.items()],
        "lengths": _pairs(report.lengths, "length"),
        "errors": _pairs(report.errors, "message"),
        "comparisons": [
            {
                "by": comparison.by,
                "groups": [{"name": group.name, **_figures(group.figures)} for group in comparison.groups],
            }
            for comparison in report.comparisons
        ],
        "confidence": CONFIDENCE,
        "diagnostics": [],
    }


def _figures(figures: Figures) -> JsonObject:
    return {
        "listed": figures.calls,
        "completed": figures.completed,
        "dialled": figures.dialled,
        "answered": figures.answered,
        "minutes": round(figures.minutes, 4),
        "cost": round(figures.cost, 4),
        "outcomes": {**figures.by_outcome},
        "dispositions": {**figures.by_disposition},
        "answer_rate": _share(figures.answer_rate),
    }


def _share(share: Share) -> JsonObject:
    rate = share.share
    return {"share": None if rate is None else round(rate, 6), "low": round(share.low, 6), "high": round(share.high, 6)}


def _pairs(counts: Mapping[str, int], name: str) -> list[Json]:
    return [{name: key, "calls": calls} for key, calls in counts.items()]


def render(report: Report) -> str:
    """The document as text."""
    return render_json(document(report))
