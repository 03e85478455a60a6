"""A probe before it begins, and what it found, as text and as a document."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bland_deploy.model.capability import Capability, Generation
from bland_deploy.model.plan import Cost
from bland_deploy.model.statuses import StoppedBatch
from bland_deploy.views.json import render_json
from bland_deploy.views.words import count, dollars

_AGAIN = "Run `bland-deploy stop --without-state _probe`"


class Step(NamedTuple):
    """A create of a probe: its generation of the API, how many calls it asks for, and what it settles."""

    api: str
    calls: int
    settles: str


class Planned(NamedTuple):
    """What a probe is about to do: where, to which numbers (masked), what it may cost; `ahead` is in hours."""

    environment: str
    address: str
    steps: Sequence[Step]
    numbers: Sequence[str]
    cost: Cost
    ahead: int


class Outcome(NamedTuple):
    """What came of a probe: the file that was written, the batches by what became of them.

    `open` could not be stopped; `lost` is how many creates nobody knows the fate of.
    """

    file: str
    capability: Capability
    stops: Sequence[StoppedBatch]
    open: Sequence[str]
    lost: int


def render_plan(planned: Planned) -> str:
    """What will be sent, what each of it settles, and what it may cost."""
    calls = sum(step.calls for step in planned.steps)
    lines = [f"Probe of {planned.environment} at {planned.address}:", ""]
    lines += [
        f"  {number:>2}. {step.api}  {count(step.calls, 'call'):<7}  {step.settles}"
        for number, step in enumerate(planned.steps, 1)
    ]
    numbers = ", ".join(planned.numbers)
    return "\n".join(
        [
            *lines,
            "",
            f"{count(calls, 'call')} at most, to {numbers}. Each gets a start time {planned.ahead} hours ahead or more",
            "and is stopped as soon as it has been looked at, so that no phone should ring. Where the provider",
            "ignores a start time, a phone rings at once: that is what is to be found out.",
            f"Estimated cost: none if nothing rings, {dollars(planned.cost.upper_bound)} if every call lasts a minute.",
            "",
        ]
    )


def render(outcome: Outcome) -> str:
    """What was found, what was dialled and stopped."""
    lines = []
    for api in ("v2", "v1"):
        rows = list(_rows(outcome.capability.of(api)))
        lines += [f"{api}:", *(f"  {name:<24} {answer}" for name, answer in rows)]
    return "\n".join([*lines, "", *_closing(outcome)]) + "\n"


def render_document(outcome: Outcome) -> str:
    """The document as text."""
    capability = outcome.capability
    return render_json(
        {
            "format_version": 1,
            "file": outcome.file,
            "capability": capability.model_dump(mode="json"),
            "batches": [
                *({"batch_id": stop.batch_id, "status": "stopped", "dialled": stop.dialled} for stop in outcome.stops),
                *({"batch_id": batch_id, "status": "failed", "dialled": None} for batch_id in outcome.open),
            ],
            "summary": {
                "calls": capability.calls,
                "dialled": capability.dialled,
                "stopped": len(outcome.stops),
                "failed": len(outcome.open),
                "unknown": outcome.lost,
            },
            "diagnostics": [],
        }
    )


def _rows(found: Generation) -> Iterator[tuple[str, str]]:
    yield "creates", _words(found.creates.answer, found.creates.evidence)
    delay = found.list_delay
    seen = (
        f"{delay.longest:g}s ({delay.listed} listed, {delay.missing} not)" if delay.longest is not None else "unknown"
    )
    yield "longest list delay", seen
    for name, finding in (
        ("stamp in the list", found.list_echo),
        ("stamp in the batch", found.batch_echo),
        ("stamp in calls", found.call_echo),
        ("request cut short", found.cut_body),
        ("repeated batch_id", found.repeated_id),
        ("repeated number", found.repeated_number),
        ("metadata of a call", found.nested),
        ("calls that wait", found.waiting_calls),
        ("stop of waiting calls", found.stop),
    ):
        yield name, _words(finding.answer, finding.evidence)
    for form, start in found.start_times.items():
        yield f"start_time {form}", _words(start.answer, start.evidence)


def _words(answer: str, evidence: int) -> str:
    return "unknown" if answer == "unknown" else f"{answer} ({count(evidence, 'answer')})"


def _closing(outcome: Outcome) -> Iterator[str]:
    capability = outcome.capability
    rung = f"{count(capability.dialled, 'phone')} may have rung" if capability.dialled else "no phone has rung"
    rung += " so far" if outcome.open or outcome.lost else ""
    yield f"Probe: {count(capability.calls, 'call')} asked for, {count(len(outcome.stops), 'batch')} stopped, {rung}."
    if outcome.open:
        yield f"{count(len(outcome.open), 'batch')} could not be stopped: {', '.join(outcome.open)}. {_AGAIN}."
    if outcome.lost:
        yield f"The answers of {count(outcome.lost, 'create')} were lost, and no list shows them: calls may still ring."
        yield f"{_AGAIN} later; the next probe looks for them too."
    yield f"Written: {outcome.file}. Commit it: plan and apply read it."
