"""What the log knows of how calls ended, as text and as a document."""

from collections import Counter
from collections.abc import Sequence

from bland_deploy.model.recorded import RecordedBatch
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


def render_document(told: Sequence[RecordedBatch]) -> str:
    """The document as text."""
    batches = [{**batch._asdict(), "outcomes": dict(batch.outcomes)} for batch in told]
    return render_json({"format_version": 1, "batches": batches, "diagnostics": []})


def render(told: Sequence[RecordedBatch]) -> str:
    """One line a campaign and round, and a closing one."""
    if not told:
        return "Nothing to record: nothing was sent yet.\n"
    outcomes: dict[tuple[str, str], Counter[str]] = {}
    not_known: Counter[tuple[str, str]] = Counter()
    for batch in told:
        outcomes.setdefault((batch.campaign, batch.round), Counter()).update(batch.outcomes)
        not_known[batch.campaign, batch.round] += batch.not_known
    lines = []
    for (campaign, round_), found in outcomes.items():
        parts = [f"{amount:,} {outcome}" for outcome, amount in found.items()]
        parts += [f"{left:,} not known to their end"] if (left := not_known[campaign, round_]) else []
        lines.append(f"  {campaign}, round {round_}: {', '.join(parts)}")
    new = sum(batch.new for batch in told)
    return "\n".join([*lines, f"Recorded: {count(new, 'batch')}, {len(told) - new:,} without news."]) + "\n"
