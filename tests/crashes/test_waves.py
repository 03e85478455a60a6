"""A fault at every point of the apply that begins, promotes or refuses the second wave of a round."""

from contextlib import nullcontext

import pytest

from bland_deploy.model.entries import Claim, Promotion, Refusal
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.log import open_log
from tests.crashes.driver import Hook, WatchedStore, attempt
from tests.crashes.oracle import NOTHING_WAS_SENT, judge, rung
from tests.crashes.test_every_point import KEY, drive, made

OPEN_GATE = {"min_completed": "0%"}
SHUT_GATE = {"min_completed": "0%", "answered": ">= 1%"}
# numbers whose line is always busy
PEOPLE = [f"+1{area}5550198" for area in (212, 213, 214, 215)]


def in_waves(root, gate, waves=(2, "100%")):
    """Four people in two waves; who is in the first follows from their keys."""
    workspace = made(root, "v2", None)
    people = [{"phone_number": number, "name": "Canary"} for number in PEOPLE]
    rollout = {"waves": list(waves), "gate": gate, "on_fail": "stop"}
    return workspace.hello(root.name, recipients={"inline": people}, split={"size": 1}, rollout=rollout)


def strike_everywhere(folder, mode, gate, promote=None):
    """Strike at every point of the second apply: the exit codes of the struck runs, and what is wrong."""
    books = folder / "books.sqlite"
    warm = in_waves(folder / "warm", gate)
    job = {"before": 1, "promote": promote}
    (recorded,) = drive(books, warm, [{"root": str(in_waves(folder / "recording", gate).root), **job}])
    assert recorded["begun"] == [0]
    roots = [in_waves(folder / f"{mode.lower()}-{at}", gate).root for at in range(len(recorded["passed"]))]
    told = drive(books, warm, [{"root": str(root), "mode": mode, "point": at, **job} for at, root in enumerate(roots)])
    wrong = [
        f"{name}: {ended['codes']}: {problem}"
        for root, ended, name in zip(roots, told, recorded["passed"], strict=True)
        for problem in verdict(books, root, ended)
    ]
    return recorded["passed"], {ended["codes"][0] for ended in told}, wrong


def verdict(books, root, told):
    """What is wrong after one trial: what the oracle finds, a wave without its gate, a decision recorded twice."""
    yield from judge(books, root / "state", root.name, PEOPLE, key=KEY, code=told["codes"][-1])
    first, rung = told["codes"][0], told["rung_at_first"]
    if rung > 2 and first in NOTHING_WAS_SENT:
        yield f"exit code {first} says that nothing was sent, and {rung - 2} were rung"
    entries = open_log(FileStore(root / "state"), root.name).entries
    kinds = [type(entry) for entry in entries]
    if max(kinds.count(Promotion), kinds.count(Refusal)) > 1:
        yield "a decision was recorded twice"
    second = next(entry for entry in entries if isinstance(entry, Claim) and entry.wave.number == 2)
    promoted = Promotion in kinds and kinds.index(Promotion) < entries.index(second)
    if not promoted and not (second.wave.gate and all(figure.holds for figure in second.wave.gate)):
        yield "the second wave was claimed without a gate that it passed"


@pytest.mark.parametrize("mode", ["kill", "raise"])
def test_a_fault_at_any_point_begins_the_second_wave_once(tmp_path, mode):
    passed, _, wrong = strike_everywhere(tmp_path, mode, OPEN_GATE)
    assert wrong == []
    assert "claimed" in passed


def test_a_kill_at_any_point_of_a_promotion_leaves_one_decision_and_rings_nobody_twice(tmp_path):
    passed, _, wrong = strike_everywhere(tmp_path, "kill", SHUT_GATE, "always")
    assert wrong == []
    assert "promoted a wave" in passed


def test_a_kill_at_any_point_of_a_refusal_sends_nothing_and_a_promotion_sends_the_rest(tmp_path):
    passed, codes, wrong = strike_everywhere(tmp_path, "kill", SHUT_GATE, "after")
    assert wrong == []
    assert "refused a wave" in passed
    assert codes == {-9}


class Unlocked(WatchedStore):
    """A store whose lock holds nobody back."""

    def lock(self, _prefix, _timeout):
        return nullcontext()


class Meanwhile(Hook):
    """Lets another run apply, from its beginning to its end, at one point."""

    def __init__(self, books, root):
        super().__init__()
        self.books, self.root, self.other = books, root, None

    def __call__(self, name):
        super().__call__(name)
        if name == "begun":
            self.other = attempt(self.books, self.root, Hook(), watched=Unlocked)


def test_who_judged_a_wave_sends_nothing_more_where_another_run_has_sent_the_next_one_meanwhile(tmp_path):
    books = tmp_path / "books.sqlite"
    root = in_waves(tmp_path / "race", OPEN_GATE, (1, 2, "100%")).root
    assert attempt(books, root, Hook()) == 0
    hook = Meanwhile(books, root)
    assert attempt(books, root, hook, watched=Unlocked) == 0
    assert hook.other == 0
    assert sum(rung(books, "race").values()) == 2
    assert attempt(books, root, Hook()) == 0
    assert sum(rung(books, "race").values()) == 4
