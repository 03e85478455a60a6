"""Which wave of a round is next, by the log; and who is in it."""

from array import array
from typing import NamedTuple

from bland_deploy.model.entries import Claim, Promotion, Refusal
from bland_deploy.model.rollout import Rollout
from bland_deploy.model.waves import NextWave
from bland_deploy.operations.calls.everybody import Put
from bland_deploy.operations.calls.requests import Pieces, count_calls
from bland_deploy.planning.split import Piece
from bland_deploy.planning.waves import nth_smallest
from bland_deploy.state.log import Log
from bland_deploy.state.replay import Attempt, Known


class Opened(NamedTuple):
    """The waves of a round that may be sent, by their targets as they were written, and the attempts of the last one.

    Attempts that no wave knows (adopted, or from before there was a rollout) are a wave of their own. `refused` is what
    was recorded last, where figures of that last wave failed.
    """

    targets: frozenset[str]
    last: tuple[Attempt, ...]
    refused: Refusal | None = None


def opened(log: Log | None, round_: str) -> Opened:
    """What a log says of the waves of a round."""
    if log is None:
        return Opened(frozenset(), ())
    targets: set[str] = set()
    refused: Refusal | None = None
    for entry in log.entries:
        if not isinstance(entry, Claim | Promotion | Refusal) or entry.round != round_:
            continue
        refused = entry if isinstance(entry, Refusal) else None
        if isinstance(entry, Promotion):
            targets.add(entry.target)
        elif isinstance(entry, Claim) and entry.wave is not None:
            targets.add(entry.wave.target)
    return Opened(frozenset(targets), tuple(_last(log, round_)), refused)


def _last(log: Log, round_: str) -> list[Attempt]:
    """The attempts of a round's last wave that count."""
    last: list[Attempt] = []
    for attempt in log.standing.attempts.values():
        if attempt.claim.round == round_ and attempt.counts:
            if last and _target(last[0]) != _target(attempt):
                last.clear()
            last.append(attempt)
    return last


def _target(attempt: Attempt) -> str | None:
    return attempt.claim.wave.target if attempt.claim.wave else None


def called(known: Known) -> int:
    """How many people of a round were called, or may have been, each once."""
    others = {key for keys in (known.held, known.unfinished) for key in keys}
    return len(known.sent) + len(others) - len(known.sent.intersection(others))


def next_wave(rollout: Rollout, before: int, left: int, waves: Opened) -> NextWave:
    """The wave that is next where so many people were called before, and so many more can be.

    It is the first whose target is not reached. Targets are those of the campaign as it is now.
    """
    targets = rollout.targets(before + left)
    number = next((place for place, people in enumerate(targets, 1) if people > before), len(targets))
    later = before + left - max(before, targets[number - 1])
    is_open = is_opened(rollout, number, waves)
    return NextWave(rollout, number, targets, before, later, is_open, refused=None if is_open else waves.refused)


def is_opened(rollout: Rollout, number: int, waves: Opened) -> bool:
    """Whether a wave may be sent without a look at the one before: it, or one behind it, was begun or promoted."""
    return number == 1 or not waves.last or not waves.targets.isdisjoint(rollout.written[number - 1 :])


def in_wave(pieces: Pieces, wave: NextWave) -> Pieces:
    """The calls to people of the wave."""
    number = count_calls(pieces) - wave.later
    if not wave.later or number <= 0:
        return pieces if number > 0 else []
    bound = nth_smallest(lambda: (put.keys(places) for put, places in pieces), number)
    chosen = list[Piece[Put]]()
    for put, places in pieces:
        keys = put.keys()
        some = [at for at in places if keys[at] <= bound]
        if some:
            chosen.append(Piece(put, places if len(some) == len(places) else array("H", some)))
    return chosen
