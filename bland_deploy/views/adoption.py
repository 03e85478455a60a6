"""What `state adopt` takes over, as text and as a document."""

from collections.abc import Sequence

from bland_deploy.diagnostics import in_order
from bland_deploy.model.adoption import AdoptedBatch, Adoption
from bland_deploy.model.json import JsonObject
from bland_deploy.views.diagnostics.json import diagnostic_dict
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count

_DOES = {
    "begins": "no state: a new log begins",
    "adds": "they are added to its log",
    "replaces": "a new log takes the place of the damaged one, which is kept",
}


def render_document(adoptions: Sequence[Adoption], kept: Sequence[str]) -> str:
    """What was adopted, as a document; `kept` is where damaged logs lie now."""
    found = in_order(diagnostic for adoption in adoptions for diagnostic in adoption.diagnostics)
    document = {
        "format_version": 1,
        "campaigns": [_campaign(adoption) for adoption in adoptions],
        "kept": list(kept),
        "diagnostics": [diagnostic_dict(diagnostic) for diagnostic in found],
    }
    return render_json(document)


def _campaign(adoption: Adoption) -> JsonObject:
    return {
        "campaign": adoption.campaign,
        "lineage": adoption.lineage,
        "does": "nothing" if adoption.is_empty else adoption.does,
        "batches": [batch._asdict() for batch in adoption.batches],
        "holds": [hold._asdict() for hold in adoption.holds],
        "elsewhere": dict(adoption.elsewhere),
    }


def render(adoptions: Sequence[Adoption]) -> str:
    """Every batch that would be taken over, and who would be held, campaign by campaign."""
    return "".join(line + "\n" for adoption in adoptions for line in _lines(adoption))


def _lines(adoption: Adoption) -> list[str]:
    if adoption.is_empty:
        lines = [f"{adoption.campaign}: the state knows every batch that the provider lists"]
    else:
        batches = count(len(adoption.batches), "batch")
        lines = [f"{adoption.campaign}: {batches} that the state does not know; {_DOES[adoption.does]}"]
    lines += [_batch(batch) for batch in adoption.batches]
    for hold in adoption.holds:
        lines.append(f"  ? {count(hold.people, 'person')} held in round {hold.round}: {hold.reason}")
    for lineage, number in adoption.elsewhere.items():
        lines.append(f"  {count(number, 'batch')} of another state are left out; --foreign {lineage} takes them over")
    return lines


def _batch(batch: AdoptedBatch) -> str:
    listed = "" if batch.listed >= batch.calls else f", of which {batch.listed:,} are listed"
    created = f"  created {batch.created_at}" if batch.created_at else ""
    return f"  + batch {batch.batch_id}  round {batch.round}  {count(batch.calls, 'call')}{listed}{created}"


def render_done(adoptions: Sequence[Adoption], kept: Sequence[str]) -> str:
    """The closing lines."""
    batches = sum(len(adoption.batches) for adoption in adoptions)
    held = sum(hold.people for adoption in adoptions for hold in adoption.holds)
    lines = [f"Adopted {count(batches, 'batch')}. `bland-deploy plan` shows what is left to send."]
    if held:
        lines.append(f"{count(held, 'person')} held, as they may have been called: see `bland-deploy reconcile`.")
    lines += [f"The damaged log is kept in {place}." for place in kept]
    return "".join(line + "\n" for line in lines)
