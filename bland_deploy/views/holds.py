"""Open holds and their evidence, as text and as a document."""

from collections.abc import Sequence
from dataclasses import asdict

from bland_deploy.model.holds import Hold
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count


def render_document(holds: Sequence[Hold]) -> str:
    """The document as text."""
    return render_json({"format_version": 1, "holds": [asdict(hold) for hold in holds], "diagnostics": []})


def render(holds: Sequence[Hold]) -> str:
    """Each hold with what speaks for either answer, and the commands that decide."""
    if not holds:
        return "No send is open: the state knows the outcome of every one.\n"
    return "\n".join(_hold(hold) for hold in holds) + "\n" + _DECIDE


def _hold(hold: Hold) -> str:
    evidence = f"the provider lists {', '.join(hold.listed)}" if hold.listed else "the provider lists no batch of it"
    lines = [f"? {hold.attempt}  {hold.campaign}, round {hold.round}: {count(hold.calls, 'call')}"]
    lines += [f"    claimed  {hold.claimed_at}", f"    evidence {evidence}"]
    if hold.reason:
        lines.append(f"    reason   {hold.reason}")
    return "\n".join(lines) + "\n"


_DECIDE = """To decide, look in the provider's dashboard, then record what you found:
  bland-deploy reconcile --sent ATTEMPT BATCH_ID --reason TEXT   they were called
  bland-deploy reconcile --not-sent ATTEMPT --reason TEXT        they were not; apply will call them
"""
