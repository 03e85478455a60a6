"""The figures of a wave against the gate behind it. A share of no calls says nothing, so it lets nobody pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from bland_deploy.model.entries import GateFigure
from bland_deploy.model.results import CallResult
from bland_deploy.model.rollout import Gate, limit_of

_OPTED_OUT = "DO_NOT_CONTACT"
_DUE = frozenset({"after", "min_completed"})


class Verdict(StrEnum):
    """What a gate says of a wave."""

    PASSED = "passed"
    NOT_DUE = "not due"
    FAILED = "failed"


@dataclass(slots=True)
class Health:
    """The calls of a wave added up. `sent` counts all that were sent, the provider may list fewer.

    A call that was stopped has not ended. `told` are those who answered and of whom a disposition is known.
    """

    sent: int
    ended: int = 0
    dialled: int = 0
    answered: int = 0
    failed: int = 0
    stopped: int = 0
    told: int = 0
    opted_out: int = 0

    def add(self, calls: Iterable[CallResult]) -> None:
        """These calls more."""
        for call in calls:
            if not call.completed:
                continue
            if call.outcome == "canceled":
                self.stopped += 1
                continue
            self.ended += 1
            self.dialled += call.dialled
            self.failed += call.outcome == "failed"
            if call.outcome == "answered":
                self.answered += 1
                self.told += call.disposition is not None
                self.opted_out += call.disposition == _OPTED_OUT


def figures(gate: Gate, health: Health, seconds: float) -> tuple[GateFigure, ...]:
    """Every figure that the gate looks at, and calls that were stopped, if any.

    `seconds` have passed since the wave was last sent to or dialled.
    """
    return (*_after(gate, seconds), *_shares(gate, health), *_stopped(health))


def _after(gate: Gate, seconds: float) -> Iterator[GateFigure]:
    if gate.after:
        part, whole = max(int(seconds), 0), ceil(gate.after)
        yield GateFigure(figure="after", part=part, whole=whole, limit=f">= {whole}s", holds=seconds >= gate.after)


def _stopped(health: Health) -> Iterator[GateFigure]:
    if health.stopped:
        yield GateFigure(figure="stopped", part=health.stopped, whole=health.sent, limit="<= 0%", holds=False)


def _shares(gate: Gate, health: Health) -> Iterator[GateFigure]:
    yield _figure("min_completed", health.ended, health.sent, f">= {gate.min_completed}")
    if gate.answered is not None:
        yield _figure("answered", health.answered, health.dialled, gate.answered)
    if gate.failed is not None:
        yield _figure("failed", health.failed, health.ended, gate.failed)
    if gate.opt_out is not None:
        yield _figure("opt_out", health.opted_out, health.told, gate.opt_out)


def _figure(name: str, part: int, whole: int, limit: str) -> GateFigure:
    bound = limit_of(limit) * whole
    holds = whole > 0 and (part >= bound if limit.startswith(">=") else part <= bound)
    return GateFigure.model_validate({"figure": name, "part": part, "whole": whole, "limit": limit, "holds": holds})


def verdict(found: Iterable[GateFigure]) -> Verdict:
    """What these figures say together.

    Calls that were stopped, and a limit that cannot be kept however the rest ends, fail at once; all else when it is
    due.
    """
    found = tuple(found)
    missed = [figure for figure in found if not figure.holds]
    ended = next(figure for figure in found if figure.figure == "min_completed")
    if any(_is_lost(figure, ended) for figure in missed):
        return Verdict.FAILED
    if any(figure.figure in _DUE or not figure.whole for figure in missed):
        return Verdict.NOT_DUE
    return Verdict.FAILED if missed else Verdict.PASSED


def _is_lost(figure: GateFigure, ended: GateFigure) -> bool:
    """Whether a figure stays missed even if all calls that have not ended end well."""
    if figure.figure in _DUE or figure.figure == "stopped":
        return figure.figure == "stopped"
    sent, left, limit = ended.whole, ended.whole - ended.part, limit_of(figure.limit)
    if figure.limit.startswith("<="):
        return figure.part > limit * sent
    return figure.part + left < limit * (figure.whole + left)
