"""What a pull request hears beside its plan: that something failed, and what an apply did."""

from collections.abc import Sequence
from itertools import groupby

from bland_deploy.diagnostics import Diagnostic, counted
from bland_deploy.model.applied import Applied, AppliedBatch, BatchFate
from bland_deploy.views.applied import render as closing_lines
from bland_deploy.views.diagnostics.markdown import listed
from bland_deploy.views.diagnostics.text import summary
from bland_deploy.views.markdown import Blocks, code, details, escape, escape_html, table
from bland_deploy.views.words import count

_MOST_BATCHES = 50
_WORDS = {
    BatchFate.SENT: "sent",
    BatchFate.HELD: "held: whether it was sent is unknown",
    BatchFate.FAILED: "refused",
    BatchFate.NOT_SENT: "not sent",
}


def linted(diagnostics: Sequence[Diagnostic]) -> Blocks:
    """What lint found."""
    return Blocks(title=f"### `lint`: {summary(diagnostics)}", sections=(listed(counted(diagnostics)),), footer="")


def failed(stage: str, environment: str, diagnostics: Sequence[Diagnostic], outcome: str) -> Blocks:
    """A stage (`plan`, `apply`) that came to nothing, and why."""
    return Blocks(
        title=f"### `{stage}` failed for {code(environment)}",
        sections=(listed(diagnostics),),
        footer=f"{escape(outcome[:1].upper() + outcome[1:])}.",
    )


def applied(result: Applied) -> Blocks:
    """What an apply did, a section that folds for each campaign."""
    campaigns = groupby(sorted(result.batches, key=lambda batch: batch.campaign), key=lambda batch: batch.campaign)
    sections = tuple(_section(campaign, tuple(batches)) for campaign, batches in campaigns)
    found = listed(result.diagnostics)
    return Blocks(
        title=f"### Applied to {code(result.environment)}",
        sections=sections,
        footer=f"{found}\n\n**{headline(result)}**".lstrip("\n"),
    )


def headline(result: Applied) -> str:
    """`Apply: 2 calls sent in 1 batch.`, and who is held."""
    return " ".join(closing_lines(result).split())


def _section(campaign: str, batches: Sequence[AppliedBatch]) -> str:
    """The batches of a campaign, those that were not sent first; of very many the others counted."""
    batches = sorted(batches, key=lambda batch: batch.fate is BatchFate.SENT)
    rows = [_row(batch) for batch in batches[:_MOST_BATCHES]]
    beyond = len(batches) - len(rows)
    more = f"\n\nand {count(beyond, 'batch')} more, all of them in `bland-deploy status`" if beyond > 0 else ""
    calls = count(sum(batch.calls for batch in batches), "call")
    body = table(("batch", "calls", "became", "because"), rows) + more
    return details(f"<b>{escape_html(campaign)}</b>: {calls}", body, is_open=len(batches) <= 1)


def _row(batch: AppliedBatch) -> tuple[str, ...]:
    return (
        escape(batch.batch_id or ""),
        f"{batch.calls:,}",
        _WORDS[batch.fate],
        escape(batch.reason or ""),
    )
