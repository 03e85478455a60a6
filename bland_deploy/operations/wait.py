"""Waiting until every batch is final, and what that end is worth to a job."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bland_deploy.client.connection import Clock
from bland_deploy.errors import ExitCode, Unavailable
from bland_deploy.model.statuses import BatchReport

Reports = tuple[BatchReport, ...]
Ask = Callable[[Reports], Reports]


class Glance(NamedTuple):
    """How things stood at one look; `trouble` is why the provider could not be asked this time."""

    reports: Reports
    trouble: str | None = None

    @property
    def pending(self) -> tuple[BatchReport, ...]:
        """The batches that may still change. A claim without a batch id does not change by waiting."""
        return tuple(report for report in self.reports if report.batch_id and not report.final)


class Allowed(NamedTuple):
    """How many calls may fail: a number, or a percentage of all calls."""

    amount: float
    percent: bool = False

    def exceeded_by(self, failed: int, calls: int) -> bool:
        """Whether so many of so many calls are too many."""
        return failed > (self.amount / 100 * calls if self.percent else self.amount)


def watch(ask: Ask, rest: Callable[[], object]) -> Iterator[Glance]:
    """Look, and after each `rest` again until all batches are final.

    A provider that cannot be asked for a while ends nothing. Raises AuthenticationFailed for a key it refuses.
    """
    known: Reports = ()
    asked = False
    while True:
        try:
            known, trouble, asked = ask(known), None, True
        except Unavailable as problem:
            trouble = problem.message
        glance = Glance(known, trouble)
        yield glance
        if asked and trouble is None and not glance.pending:
            return
        rest()


def wait(glances: Iterator[Glance], clock: Clock, seconds: float) -> Iterator[Glance]:
    """The looks until all batches are final or the time is over."""
    until = clock.monotonic() + seconds
    for glance in glances:
        yield glance
        if clock.monotonic() >= until:
            return


def judge(glance: Glance, allowed: Allowed | None) -> tuple[ExitCode, str]:
    """What a last look is worth: the exit code, and the reason in words. The gravest finding counts."""
    return next(_findings(glance, allowed), (ExitCode.DONE, "every batch is completed"))


def _findings(glance: Glance, allowed: Allowed | None) -> Iterator[tuple[ExitCode, str]]:
    reports, pending = glance.reports, glance.pending
    held = [report for report in reports if report.batch_id is None]
    short = [report for report in reports if report.status in {"failed", "completed_partial"}]
    failed, calls = sum(report.failed or 0 for report in reports), sum(report.calls for report in reports)
    if held:
        yield ExitCode.UNKNOWN, f"{_batches(held)} without a known outcome: see `bland-deploy reconcile`"
    if glance.trouble:
        yield ExitCode.UNAVAILABLE, f"the time is over, and the provider could not be asked: {glance.trouble}"
    if pending:
        yield ExitCode.UNAVAILABLE, f"the time is over, and {_batches(pending)} not final yet"
    if short:
        yield ExitCode.PARTIAL, f"{_batches(short)} ended failed or partial: {_names(short)}"
    if allowed is not None and allowed.exceeded_by(failed, calls):
        yield ExitCode.PARTIAL, f"{failed:,} of {calls:,} calls failed, more than --max-failed allows"


def _batches(reports: Sequence[BatchReport]) -> str:
    return f"{len(reports):,} {'batch' if len(reports) == 1 else 'batches'}"


def _names(reports: Sequence[BatchReport]) -> str:
    shown = ", ".join(str(report.batch_id) for report in reports[:3])
    return f"{shown}, …" if len(reports) > len(reports[:3]) else shown
