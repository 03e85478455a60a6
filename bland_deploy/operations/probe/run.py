"""A probe from the first create to the capability file, and the tidying up, whatever comes between."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from bland_deploy import __version__
from bland_deploy.api.outcomes import Listed
from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.connection import Client
from bland_deploy.errors import DeployError, ExitCode, Unavailable, Unfinished
from bland_deploy.model.capability import Capability
from bland_deploy.model.entries import instant
from bland_deploy.model.statuses import StoppedBatch
from bland_deploy.operations.probe.journal import Journal
from bland_deploy.operations.probe.judge import judge
from bland_deploy.operations.probe.observation import Observation, is_dialled
from bland_deploy.operations.probe.observe import STOP_BUDGET, Prober
from bland_deploy.operations.probe.trials import PROBE, TRIALS, Callee, Trial
from bland_deploy.operations.provider.listed import batch_status, list_batches
from bland_deploy.operations.stop import Target, stop_in_turn


class Provider(NamedTuple):
    """Whose list and calls are probed: the environment, its address (None for the embedded sandbox), the account."""

    environment: str
    base_url: str | None
    account: str | None


class Probed(NamedTuple):
    """What came of a probe. `open` are batches that could not be stopped, `lost` creates of which nobody knows.

    `dialled` is how many phones may have rung: of a batch of which nobody says, all of its calls.
    """

    capability: Capability
    observations: tuple[Observation, ...]
    stops: tuple[StoppedBatch, ...]
    open: tuple[str, ...]
    lost: tuple[Observation, ...]
    dialled: int


class Tidied(NamedTuple):
    """What became of what earlier probes left; `missing` are creates without an answer that no list shows."""

    stops: tuple[StoppedBatch, ...]
    missing: int


def tidy_up(client: Client, journal: Journal) -> Tidied:
    """Stop what earlier probes left running, by what they wrote down and by their stamps in the provider's list.

    Raises Unavailable where some of it could not be stopped: nothing new is sent then.
    """
    attempts, seen = {left.attempt for left in journal.left}, set[str | None]()
    targets = {Target(PROBE, left.api, left.batch_id): None for left in journal.left if left.batch_id}
    for api in sorted(VERSIONS):
        for batch in _listed(client, api):
            of_probe = batch.stamp is not None and batch.stamp.campaign == PROBE
            if of_probe or batch.attempt in attempts:
                seen.add(batch.attempt)
                targets[Target(PROBE, api, batch.batch_id)] = None
    stops = stop_in_turn(client, [target for target in targets if not _is_over(client, target)], STOP_BUDGET)
    if any(end.failed for end in stops):
        raise Unavailable(
            "batches of an earlier probe could not be stopped", help=f"{STOP_WITHOUT_STATE}, or run it again"
        )
    missing = sum(left.batch_id is None and left.attempt not in seen for left in journal.left)
    journal.forget()
    return Tidied(stops, missing)


STOP_WITHOUT_STATE = f"`bland-deploy stop --without-state {PROBE}` stops what probes have created"


def probe(
    prober: Prober, provider: Provider, callees: Callable[[], Sequence[Callee]], told: Callable[[Trial], None]
) -> Probed:
    """Carry out the trials and judge them; whatever happens, everything that was created is stopped.

    `callees` is asked before each trial, and raises where its hours are over; `told` hears of each as it begins. Raises
    as `Prober.observe` does, with what became of the batches as its outcome.
    """
    try:
        observations = _carry_out(prober, callees, told)
    except DeployError as problem:
        _tidy(prober)
        problem.outcome, problem.exit_code = _outcome(prober), _code(prober, problem.exit_code)
        raise
    except Exception as problem:
        _tidy(prober)
        broken = Unfinished("the probe broke off; this is a fault of bland-deploy")
        broken.outcome, broken.exit_code = _outcome(prober), _code(prober, broken.exit_code)
        raise broken from problem
    _tidy(prober)
    return _conclude(prober, provider, observations)


def _carry_out(
    prober: Prober, callees: Callable[[], Sequence[Callee]], told: Callable[[Trial], None]
) -> tuple[Observation, ...]:
    """Every trial that asks what is not answered yet, and a look at what became of its calls."""
    observations: list[Observation] = []
    batch_id = f"probe-{prober.lineage}"
    for at, trial in enumerate(TRIALS):
        if _left_out(trial, observations):
            continue
        told(trial)
        now = callees()
        observations.append(prober.observe(trial, now[at % len(now)], batch_id))
    prober.stop_open()
    return tuple(prober.look_back(seen) for seen in observations)


def _conclude(prober: Prober, provider: Provider, observations: Sequence[Observation]) -> Probed:
    dialled = _dialled(prober, observations)
    capability = Capability(
        format_version=1,
        environment=provider.environment,
        base_url=provider.base_url,
        account=provider.account,
        probed_at=instant(prober.client.manners.clock.now().replace(microsecond=0)),
        program=__version__,
        calls=prober.asked,
        dialled=dialled,
        v1=judge("v1", observations),
        v2=judge("v2", observations),
    )
    stopped = tuple(end for end in prober.stops if end.batch_id not in prober.waiting)
    left = (*(target.batch_id for target in prober.open), *prober.waiting)
    return Probed(capability, tuple(observations), stopped, left, tuple(prober.lost), dialled)


def _left_out(trial: Trial, observations: Sequence[Observation]) -> bool:
    """Whether a trial would ask what is answered, or would surely ring.

    Nothing is cut short that is refused whole, an id that is ignored is not repeated, and no second call is made with a
    start time that was ignored.
    """
    ours = [seen for seen in observations if seen.trial.api == trial.api]
    if any(seen.dialled and seen.trial.form == trial.form for seen in ours):
        return True
    if trial.after is not None:
        return not any(seen.trial.name == trial.after and seen.fate == "created" and seen.kept_id for seen in ours)
    return trial.cut and bool(ours) and all(seen.refused for seen in ours)


def _tidy(prober: Prober) -> None:
    """Stop everything; what then is left, or of unknown fate, stays written down for the next probe."""
    with suppress(DeployError):  # such as a key that was revoked meanwhile: what is open is told all the same
        prober.sweep()
    if not (prober.open or prober.waiting or prober.lost):
        prober.journal.forget()


def _code(prober: Prober, code: ExitCode) -> ExitCode:
    """What a probe that broke off ends with: 8 wins, then an interrupt, then 7."""
    if prober.lost:
        return ExitCode.UNKNOWN
    interrupted = code in {ExitCode.INTERRUPTED, ExitCode.TERMINATED}
    return ExitCode.PARTIAL if (prober.open or prober.waiting) and not interrupted else code


def _outcome(prober: Prober) -> str:
    if prober.lost:
        return f"answers of {len(prober.lost)} of its creates were lost, so calls may still ring: {STOP_WITHOUT_STATE}"
    if prober.open or prober.waiting:
        return f"{_batches(len(prober.open) + len(prober.waiting))} of it could not be stopped: {STOP_WITHOUT_STATE}"
    if not prober.stops:
        return "nothing was created"
    rung = sum(end.dialled or 0 for end in prober.stops)
    phones = f"{rung} of its calls may have rung" if rung else "none of its calls has rung"
    return f"all that it had created was stopped ({_batches(len(prober.stops))}), and {phones}"


def _batches(number: int) -> str:
    return "1 batch" if number == 1 else f"{number} batches"


def _dialled(prober: Prober, observations: Sequence[Observation]) -> int:
    """How many phones may have rung: of a batch of which nobody says, all of its calls; of those that wait, none."""
    by_id = {seen.batch_id: seen for seen in observations}
    found = 0
    for batch_id, said in _ends(prober):
        seen = by_id.get(batch_id)
        if seen is not None and batch_id in prober.waiting:
            found += sum(map(is_dialled, seen.left or ()))
        elif said is not None:
            found += said
        else:
            found += seen.trial.calls if seen else 1
    return found


def _ends(prober: Prober) -> Iterator[tuple[str, int | None]]:
    """Every batch of the probe, and how many phones are said to have rung before its stop."""
    yield from ((end.batch_id, end.dialled) for end in prober.stops)
    yield from ((target.batch_id, None) for target in prober.open)


def _listed(client: Client, api: str) -> tuple[Listed, ...]:
    try:
        return list_batches(client, [api])
    except Unavailable:
        return ()


def _is_over(client: Client, target: Target) -> bool:
    try:
        return batch_status(client, target.api, target.batch_id).final
    except Unavailable:
        return False
