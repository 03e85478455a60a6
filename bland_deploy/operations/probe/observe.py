"""One create of a probe at a time: sent once, looked for in the list, looked at, and stopped."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from bland_deploy.api.answers import parse_create
from bland_deploy.api.calls import call_path
from bland_deploy.api.echoes import batch_in, record_in
from bland_deploy.api.outcomes import FINAL, BatchStatus, Created, Listed, ListedCall, Refused, Unclear
from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json
from bland_deploy.client.send import NotSent, Unknown, send_create
from bland_deploy.errors import AuthenticationFailed, Blocked, Interrupted, Unavailable
from bland_deploy.model.keys import new_attempt
from bland_deploy.model.stamp import Stamp
from bland_deploy.model.statuses import StoppedBatch
from bland_deploy.operations.probe.journal import Journal
from bland_deploy.operations.probe.observation import WAITING, Observation, is_dialled
from bland_deploy.operations.probe.trials import MOST_CALLS, PROBE, Callee, Trial, body_of
from bland_deploy.operations.provider.listed import batch_status, list_batches, list_calls
from bland_deploy.operations.stop import Target, stop_in_turn
from bland_deploy.settings.capability import MARGIN

STOP_BUDGET = 60.0
"""Seconds for which a batch that cannot be stopped is tried again."""
_TRIES_AT_A_LIMIT = 3
_LIMITED_PAUSE = 11.0
"""Seconds: a number may be called once in 10 (API reference, 6.3)."""
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.5, 3.0, 1.5
_TELLING = FINAL | {WAITING}
_Answer = TypeVar("_Answer")


class Patience(NamedTuple):
    """Seconds for which a batch is looked for in the list, and one that was cut short; longer where the list lags.

    `status` is how long a batch is watched until it says that it waits for its time, or one of its calls is dialled.
    """

    listed: float = 120.0
    cut: float = 20.0
    status: float = 20.0


USUAL = Patience()
AT_HOME = Patience(cut=2.0, status=2.0)
"""Towards a provider on this machine."""


class _CutOff(Exception):
    """What ends a request before its last byte."""


@dataclass(slots=True)
class Prober:
    """Who sends, looks and stops. `sleep` ends early at a signal; `check` raises Interrupted where one came in.

    `asked` counts calls; `open` are batches that nobody has stopped yet, `stops` what became of the others. `waiting`
    are those of the latter whose calls are not over all the same. `lost` are
    creates of which nobody knows whether they were carried out.
    """

    client: Client
    journal: Journal
    sleep: Callable[[float], None]
    check: Callable[[], None]
    lineage: str
    patience: Patience = USUAL
    asked: int = 0
    open: list[Target] = field(default_factory=list)
    stops: list[StoppedBatch] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    lost: list[Observation] = field(default_factory=list)
    attempts: set[str] = field(default_factory=set)
    slowest: float = 0.0

    def observe(self, trial: Trial, callee: Callee, batch_id: str) -> Observation:
        """Carry out a trial. Raises Interrupted, Unavailable and AuthenticationFailed; `open` is to be stopped then."""
        seen, started = self._create_patiently(trial, callee, batch_id)
        seen = seen._replace(kept_id=trial.chosen_id and seen.batch_id == batch_id)
        if seen.refused:
            self.stop_open()
            return seen
        seen = self._look_for(seen, started)
        if seen.batch_id is None:
            return seen
        seen = self._look_at(seen, seen.batch_id)
        if not trial.goes_on:
            self.stop_open()
        return seen

    def look_back(self, seen: Observation) -> Observation:
        """The observation with how the calls of its batch are listed now that it was stopped."""
        left = self._left(seen.batch_id) if seen.calls else None
        if left and seen.batch_id is not None and not all(call.completed for call in left):
            self.waiting.append(seen.batch_id)
        return seen._replace(left=left)

    def stop_open(self) -> None:
        """Stop whatever is not stopped yet; what could not be stays open."""
        ends = dict(zip(self.open, stop_in_turn(self.client, tuple(self.open), STOP_BUDGET), strict=True))
        self.stops += [end for end in ends.values() if not end.failed]
        self.open = [target for target, end in ends.items() if end.failed]

    def sweep(self) -> None:
        """Find by its stamp what was created and is not known, as by a request that was delivered twice; stop all."""
        known = {stop.batch_id for stop in self.stops} | {target.batch_id for target in self.open}
        for api in sorted(VERSIONS):
            for batch in self._listed(api):
                ours = batch.attempt in self.attempts or (batch.stamp and batch.stamp.lineage == self.lineage)
                if ours and batch.batch_id not in known:
                    self._found(api, batch.attempt, batch.batch_id)
        self.stop_open()

    def _listed(self, api: str) -> tuple[Listed, ...]:
        try:
            return list_batches(self.client, [api])
        except Unavailable:
            return ()

    # ------------------------------------------------------------------

    def _create_patiently(self, trial: Trial, callee: Callee, batch_id: str) -> tuple[Observation, float]:
        """Create, and again after a pause where a limit of rate refused it: then nothing was created. When it began."""
        for tries_left in reversed(range(_TRIES_AT_A_LIMIT)):
            self.check()
            started = self.client.manners.clock.monotonic()
            seen = self._create(trial, callee, batch_id)
            if seen.kind != "rate" or not tries_left:
                break
            self._pause(_LIMITED_PAUSE)
        return seen, started

    def _create(self, trial: Trial, callee: Callee, batch_id: str) -> Observation:
        """Send the create, once. The one place that sends, and that counts calls before it does."""
        if self.asked + trial.calls > MOST_CALLS:
            raise Blocked(f"a probe asks for {MOST_CALLS} calls at most")
        self.asked += trial.calls
        attempt = new_attempt()
        stamp = Stamp(self.lineage, PROBE, trial.name, attempt, trial.calls)
        body = body_of(trial, callee, stamp, batch_id)
        self.journal.begin(trial.api, attempt)
        self.attempts.add(attempt)
        outcome = send_create(self.client, VERSIONS[trial.api].path, body, _cut_off if trial.cut else self.check)
        if isinstance(outcome, NotSent):
            return self._not_sent(trial, attempt, outcome)
        if isinstance(outcome, Unknown):
            return self._lost(Observation(trial, attempt, "lost", reason=outcome.reason))
        return self._answered(trial, attempt, parse_create(trial.api, outcome.status, outcome.headers, outcome.body))

    def _not_sent(self, trial: Trial, attempt: str, outcome: NotSent) -> Observation:
        if isinstance(outcome.cause, _CutOff):
            return Observation(trial, attempt, "cut")
        if isinstance(outcome.cause, Interrupted):
            raise outcome.cause
        raise Unavailable(outcome.reason, help="try again later")

    def _answered(self, trial: Trial, attempt: str, result: Created | Refused | Unclear) -> Observation:
        if isinstance(result, Refused):
            if not (self.open or self.stops):
                _refuse_all(self.client.host, result)
            return Observation(trial, attempt, "refused", reason=result.message, kind=result.kind)
        if result.batch_id is not None:
            self._note(trial, attempt, result.batch_id)
        if isinstance(result, Created):
            return Observation(trial, attempt, "created", result.batch_id)
        return self._lost(Observation(trial, attempt, "lost", result.batch_id, result.reason))

    def _lost(self, seen: Observation) -> Observation:
        """Nobody knows whether it was carried out, until it is found."""
        if seen.batch_id is None:
            self.lost.append(seen)
        return seen

    def _note(self, trial: Trial, attempt: str, batch_id: str) -> None:
        self._found(trial.api, attempt, batch_id)
        self.journal.created(trial.api, attempt, batch_id)

    def _found(self, api: str, attempt: str | None, batch_id: str) -> None:
        target = Target(PROBE, api, batch_id)
        if target not in self.open:
            self.open.append(target)
        self.lost = [seen for seen in self.lost if seen.attempt != attempt]

    def _look_for(self, seen: Observation, started: float) -> Observation:
        """Look for a batch in the list, by its id or its stamp, until it is there or patience ends."""
        patience = max(self.patience.cut, MARGIN * self.slowest) if seen.trial.cut else self.patience.listed
        for pause in _pauses():
            self.check()
            batches = self._listed(seen.trial.api)
            found = [one for one in batches if seen.attempt == one.attempt or seen.batch_id == one.batch_id]
            waited = self.client.manners.clock.monotonic() - started
            if found or waited >= patience:
                break
            self._pause(pause)
        seen = seen._replace(listed=found[0] if found else None, waited=math.ceil(waited * 10) / 10)
        for one in found:
            if one.batch_id != seen.batch_id:
                self._note(seen.trial, seen.attempt, one.batch_id)
        if found and seen.batch_id is None:
            seen = seen._replace(batch_id=found[0].batch_id)
        if found:
            self.slowest = max(self.slowest, waited)
        return seen

    def _look_at(self, seen: Observation, batch_id: str) -> Observation:
        """What the provider tells of a batch before anybody stops it."""
        api = seen.trial.api
        status = self._telling_status(api, batch_id)
        batch = self._ask(lambda: batch_in(api, get_json(self.client, VERSIONS[api].batch_path(batch_id)).body))
        calls = self._ask(lambda: list_calls(self.client, batch_id))
        first = calls[0].call_id if calls else None
        record = self._ask(lambda: record_in(get_json(self.client, call_path(first)).body)) if first else None
        return seen._replace(status=status.status if status else None, batch=batch, calls=calls, record=record)

    def _telling_status(self, api: str, batch_id: str) -> BatchStatus | None:
        clock = self.client.manners.clock
        until = clock.monotonic() + self.patience.status
        status: BatchStatus | None = None
        for pause in _pauses():
            status = self._ask(lambda: batch_status(self.client, api, batch_id))
            calls = self._ask(lambda: list_calls(self.client, batch_id)) or ()
            tells = status is not None and status.status in _TELLING
            if tells or any(map(is_dialled, calls)) or clock.monotonic() >= until:
                break
            self._pause(pause)
        return status

    def _left(self, batch_id: str | None) -> tuple[ListedCall, ...] | None:
        """The calls of a batch that was stopped, once all of them are over or patience ends; None where it was not."""
        if batch_id is None or any(target.batch_id == batch_id for target in self.open):
            return None
        until = self.client.manners.clock.monotonic() + self.patience.status
        calls: tuple[ListedCall, ...] | None = None
        for pause in _pauses():
            calls = self._ask(lambda: list_calls(self.client, batch_id))
            is_over = calls is not None and all(call.completed for call in calls)
            if is_over or self.client.manners.clock.monotonic() >= until:
                break
            self._pause(pause)
        return calls

    def _pause(self, seconds: float) -> None:
        self.sleep(seconds)
        self.check()

    def _ask(self, question: Callable[[], _Answer]) -> _Answer | None:
        """An answer; None where the provider has none that can be read."""
        self.check()
        try:
            return question()
        except Unavailable:
            return None


def _refuse_all(host: str, result: Refused) -> None:
    """Raises where an account refuses whatever is asked for: the key, the money, a policy."""
    message = f"{host} refuses: {result.message}"
    if result.kind == "authentication":
        raise AuthenticationFailed(message, help="use a key that may call")
    if result.kind in {"payment", "policy"}:
        raise Blocked(message, help="see to it in the provider's dashboard")


def _cut_off() -> None:
    raise _CutOff


def _pauses() -> Iterator[float]:
    """Seconds between questions that are asked again and again, without end."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
