"""What observations say, each judged by itself. Nothing is concluded from what was not seen."""

from collections.abc import Iterable, Sequence

from bland_deploy.api.echoes import echo_of
from bland_deploy.model.capability import (
    CutBody,
    Delay,
    Echo,
    EchoAnswer,
    Generation,
    Nested,
    RepeatedAnswer,
    RepeatedId,
    RepeatedNumber,
    StartAnswer,
    StartTime,
    Stop,
    Taken,
    Waiting,
)
from bland_deploy.model.start_forms import StartForm
from bland_deploy.operations.probe.observation import WAITING, Observation
from bland_deploy.operations.probe.trials import OWN

_WORST: tuple[EchoAnswer, ...] = ("neither", "description", "stamp")
_STARTS: tuple[StartAnswer, ...] = ("at-once", "failed", "refused", "unknown", "taken", "kept")


def judge(api: str, observations: Iterable[Observation]) -> Generation:
    """What is known of a generation of the API after these observations."""
    ours = [seen for seen in observations if seen.trial.api == api]
    sent = [seen for seen in ours if seen.batch_id is not None and not seen.trial.cut]
    return Generation(
        creates=_creates(ours),
        list_delay=_delay(ours),
        list_echo=_echo(echo_of(seen.listed) for seen in sent if seen.listed is not None),
        batch_echo=_echo(echo_of(seen.batch) for seen in sent if seen.batch is not None),
        call_echo=_echo("stamp" if seen.record.stamped else "neither" for seen in _plain(sent) if seen.record),
        cut_body=_cut(ours),
        repeated_id=_repeated_id([seen for seen in ours if seen.trial.chosen_id]),
        repeated_number=_repeated_number(sent),
        nested=_nested(sent),
        waiting_calls=_waiting(sent),
        stop=_stop(sent),
        start_times=dict(_start_times(ours)),
    )


def _plain(sent: Sequence[Observation]) -> list[Observation]:
    """Those whose first call has no metadata of its own, which may replace the stamp."""
    return [seen for seen in sent if not seen.trial.own_metadata]


def _creates(ours: Sequence[Observation]) -> Taken:
    created = sum(seen.fate == "created" for seen in ours)
    refused = sum(seen.refused for seen in ours)
    if created:
        return Taken(answer="yes", evidence=created)
    return Taken(answer="refused" if refused else "unknown", evidence=refused)


def _delay(ours: Sequence[Observation]) -> Delay:
    """Of those that surely are there: what was cut or lost and is not listed need not be."""
    known = [seen for seen in ours if seen.fate == "created" or seen.listed is not None]
    listed = sum(seen.listed is not None for seen in known)
    longest = max((seen.waited for seen in known), default=None)
    return Delay(longest=longest, listed=listed, missing=len(known) - listed)


def _echo(echoes: Iterable[EchoAnswer]) -> Echo:
    """The worst of what was seen: what comes back only sometimes cannot be relied on."""
    found = list(echoes)
    worst: EchoAnswer = min(found, key=_WORST.index) if found else "unknown"
    return Echo(answer=worst, evidence=len(found))


def _cut(ours: Sequence[Observation]) -> CutBody:
    """Not to see it says something only where others are recognised in the list."""
    cut = [seen for seen in ours if seen.trial.cut and seen.fate == "cut"]
    carried_out = sum(seen.listed is not None for seen in cut)
    if carried_out:
        return CutBody(answer="carried-out", evidence=carried_out)
    others = [seen for seen in ours if seen.fate == "created"]
    recognised = others and all(seen.listed and echo_of(seen.listed) != "neither" for seen in others)
    return CutBody(answer="dropped" if cut and recognised else "unknown", evidence=len(cut) if recognised else 0)


def _repeated_id(pair: Sequence[Observation]) -> RepeatedId:
    """What the second create under an id did, where both answers are known."""
    first, second = (pair[0] if pair else None), (pair[1] if len(pair) > 1 else None)
    if first is None or first.fate != "created":
        return RepeatedId(answer="unknown", evidence=0)
    if not first.kept_id:
        return RepeatedId(answer="ignored", evidence=1)
    if second is None:
        return RepeatedId(answer="unknown", evidence=0)
    answer = _second(first, second)
    return RepeatedId(answer=answer, evidence=0 if answer == "unknown" else 2)


def _second(first: Observation, second: Observation) -> RepeatedAnswer:
    if second.refused:
        return "refused" if second.kind == "invalid" else "unknown"
    if second.fate != "created":
        return "unknown"
    return _under_one_id(first, second) if second.batch_id == first.batch_id else "another"


def _under_one_id(first: Observation, second: Observation) -> RepeatedAnswer:
    if second.calls is not None and len(second.calls) > max(len(first.calls or ()), second.trial.calls):
        return "added"
    attempt = second.listed.attempt if second.listed else None
    if attempt == first.attempt:
        return "same"
    return "replaced" if attempt == second.attempt else "unknown"


def _repeated_number(sent: Sequence[Observation]) -> RepeatedNumber:
    counts = [len(seen.calls) for seen in sent if seen.trial.calls == 2 and seen.calls]  # noqa: PLR2004 - the number twice
    if len(set(counts)) != 1:
        return RepeatedNumber(answer="unknown", evidence=0)
    return RepeatedNumber(answer="one-call" if counts[0] == 1 else "two-calls", evidence=len(counts))


def _nested(sent: Sequence[Observation]) -> Nested:
    found = [seen.record for seen in sent if seen.trial.own_metadata and seen.record and seen.record.metadata]
    own = [record for record in found if record.metadata and OWN.items() <= record.metadata.items()]
    if not own:
        return Nested(answer="unknown", evidence=0)
    return Nested(answer="merged" if all(record.stamped for record in own) else "replaced", evidence=len(own))


def _waiting(sent: Sequence[Observation]) -> Waiting:
    """Whether calls are listed of batches that were seen waiting."""
    waiting = [seen for seen in sent if seen.status == WAITING and seen.calls is not None]
    listed = sum(bool(seen.calls) for seen in waiting)
    if listed:
        return Waiting(answer="listed", evidence=listed)
    return Waiting(answer="not-listed" if waiting else "unknown", evidence=len(waiting))


def _stop(sent: Sequence[Observation]) -> Stop:
    """Of batches whose calls waited before, and are listed after."""
    stopped = [seen.left for seen in sent if seen.calls and not seen.dialled and seen.left]
    if not stopped:
        return Stop(answer="unknown", evidence=0)
    leaves = sum(any(not call.undialled for call in left) for left in stopped)
    return Stop(answer="leaves" if leaves else "cancels", evidence=leaves or len(stopped))


def _start_times(ours: Sequence[Observation]) -> Iterable[tuple[StartForm, StartTime]]:
    """The worst that was seen of each form. A refusal speaks against the form only where other creates were taken."""
    taken = any(seen.fate == "created" for seen in ours)
    by_form: dict[StartForm, list[StartAnswer]] = {}
    for seen in ours:
        if seen.fate == "created":
            by_form.setdefault(seen.trial.form, []).append(_start_time(seen))
        elif not (seen.trial.cut or seen.trial.chosen_id):
            is_form = seen.refused and taken and seen.kind == "invalid"
            by_form.setdefault(seen.trial.form, []).append("refused" if is_form else "unknown")
    for form, answers in by_form.items():
        worst = min(answers, key=_STARTS.index)
        yield form, StartTime(answer=worst, evidence=answers.count(worst) if worst != "unknown" else 0)


def _start_time(seen: Observation) -> StartAnswer:
    if seen.dialled:
        return "at-once"
    if seen.status == WAITING:
        return "kept"
    if seen.status == "failed":
        return "failed"
    return "taken" if seen.status is not None and seen.calls is not None else "unknown"
