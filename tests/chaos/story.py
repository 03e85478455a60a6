"""A story: a workspace, applies by real processes under random faults, then applies until the end, and a verdict.

Everything random follows from the seed; only how far a process gets before a signal reaches it does not.
"""

import random
import shutil
import signal
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bland_deploy.sandbox.books import rings
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.log import find_logs, open_log
from bland_deploy.state.several import one_by_one
from tests.chaos.bench import API_KEY, STATE_KEY, benching
from tests.chaos.proxy import Cut, proxying
from tests.crashes.oracle import NOTHING_WAS_SENT, judge

ROOM = [f"+1{area}55501{last:02}" for area in (212, 415, 617, 713) for last in range(100)]
MOST_CLEAN = 5
EARLIEST, MEAN = 0.02, 0.05
"""Seconds until a signal is sent: not before the first, and mostly not long after the second."""
OURS = {0, 3, 4, 5, 6, 7, 8, 9, 130, 143}
"""Every code that an apply may end with here; 1 is a fault of ours, 2 is none of apply's."""


@dataclass
class Told:
    """What happened in a story, and everything that was not as promised."""

    seed: int
    applies: int = 0
    several_at_a_time: int = 0
    people: int = 0
    rung: int = 0
    held: int = 0
    reconciled: int = 0
    faults: Counter = field(default_factory=Counter)
    codes: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)


def tell(seed, folder, runners, applies=6):
    """Tell the story of a seed with so many chapters; `runners` are two places where processes run."""
    with ExitStack() as stack:
        bench = stack.enter_context(benching(Path(folder)))
        proxy = stack.enter_context(proxying(bench.address))
        story = Story(seed, bench, proxy, runners)
        for _ in range(applies):
            story.chapter()
        story.end()
        return story.told


class Story:
    def __init__(self, seed, bench, proxy, runners):
        self.chance = random.Random(seed)
        self.bench, self.proxy, self.runners = bench, proxy, runners
        self.told = Told(seed)
        self.api = self.chance.choice(["v1", "v2"])
        self.size = self.chance.randint(1, 4)
        self.rounds = ["1"]
        self.everybody = {"1": set()}
        self.rows = []
        bench.address = proxy.address
        bench.settings(settle="0s")
        self.change_list(self.chance.randint(2, 8))

    # ---------------------------------------------------------------- the list

    def change_list(self, new):
        free = [number for number in ROOM if number not in self.rows]
        self.rows += self.chance.sample(free, new)
        self.write()

    def write(self):
        self.everybody[self.rounds[-1]] |= set(self.rows)
        self.bench.campaign(
            self.rows,
            api=self.api,
            round=self.rounds[-1],
            split={"size": self.size},
            recipients={"inline": [{"phone_number": number, "name": name_of(number)} for number in self.rows]},
        )

    def between_runs(self):
        """What may happen to a list between two runs."""
        what = self.chance.choices(["nothing", "more", "order", "size", "round"], [5, 3, 2, 2, 1])[0]
        if what == "more":
            self.change_list(self.chance.randint(1, 3))
        elif what == "order":
            self.chance.shuffle(self.rows)
            self.write()
        elif what == "size":
            self.size = self.chance.randint(1, 4)
            self.write()
        elif what == "round" and len(self.rounds) < 3:
            self.rounds.append(str(len(self.rounds) + 1))
            self.everybody[self.rounds[-1]] = set()
            self.write()

    # ---------------------------------------------------------------- chapters

    def chapter(self):
        """One apply, or two at once, under faults."""
        self.between_runs()
        self.bench.weather.set(*some_faults(self.chance), seed=self.chance.randrange(2**32))
        self.proxy.cuts = some_cuts(self.chance)
        how = self.chance.choices(
            ["plain", "kill", "signal", "signals", "stop", "two", "rollback", "lost"], [8, 8, 3, 1, 1, 2, 1, 1]
        )[0]
        if how == "lost" and self.told.faults["switch-account"]:
            how = "plain"  # what another account has cannot bear witness
        getattr(self, how)()
        self.told.faults.update(self.bench.weather.faulty.met)
        self.told.faults["cut"] += len(self.proxy.met)
        self.proxy.met.clear()
        self.proxy.cuts = []
        self.bench.weather.clear()

    def start(self, runner=0):
        self.told.applies += 1
        workers = self.chance.choice([1, 1, 3, 8])
        self.told.several_at_a_time += workers > 1
        command = ["apply", "--auto-approve", "--format", "json", "--parallelism", workers]
        return self.runners[runner].start("-C", self.bench.root, *command)

    def plain(self):
        before = self.known_attempts()
        ended = self.start().wait()
        self.check(ended)
        self.check_summary(ended, before)
        return ended.code

    def interrupted_by(self, *numbers):
        running = self.start()
        for number in numbers:
            ended = running.wait(EARLIEST + self.chance.expovariate(1 / MEAN))
            if ended is None:
                self.told.faults[signal.Signals(number).name] += 1
                running.signal(number)
            else:
                self.check(ended)
                return
        self.check(running.wait())

    def kill(self):
        self.interrupted_by(signal.SIGKILL)

    def signal(self):
        self.interrupted_by(self.chance.choice([signal.SIGINT, signal.SIGTERM]))

    def signals(self):
        self.interrupted_by(signal.SIGINT, signal.SIGTERM)

    def stop(self):
        self.interrupted_by(signal.SIGSTOP, signal.SIGCONT)

    def two(self):
        """Two at once on one state: one waits outside, or both find their part."""
        self.told.faults["two at once"] += 1
        for running in [self.start(0), self.start(1)]:
            self.check(running.wait())

    def rollback(self):
        """The state of before an apply is put back after it: an apply must notice."""
        self.bench.weather.clear()
        self.proxy.cuts = []
        self.told.faults["rollback"] += 1
        state, earlier, newest = (self.bench.root / name for name in ("state", "state-before", "state-after"))
        self.plain()
        state.mkdir(exist_ok=True)
        before = self.rung_attempts()
        shutil.copytree(state, earlier)
        self.change_list(1)
        self.plain()
        state.rename(newest)
        earlier.rename(state)
        code = self.plain()
        if self.rung_attempts() != before and code != 9:
            self.told.wrong.append(f"a state rolled back behind a send was taken as good: {code}")
        shutil.rmtree(state)
        newest.rename(state)

    def lost(self):
        """The state is away during an apply: an empty state is not taken for one where nobody was called."""
        self.bench.weather.clear()
        self.proxy.cuts = []
        self.told.faults["lost state"] += 1
        state, away = self.bench.root / "state", self.bench.root / "state-away"
        self.plain()
        sent = bool(self.rung_attempts(self.rounds[-1]))
        state.rename(away)
        code = None
        if sent:
            code = self.plain()
            if code != 9:
                self.told.wrong.append(f"a lost state was taken as empty: {code}")
        shutil.rmtree(state, ignore_errors=True)
        away.rename(state)

    # ---------------------------------------------------------------- the end

    def end(self):
        """The faults have stopped: applies until nothing is left, decisions about what is held, and the verdict."""
        code = self.apply_until_clean()
        self.verdict(code)
        if code == 8:
            self.told.held += sum(
                attempt.batch.calls for log in self.logs() for attempt in log.standing.in_phase("held", "sending")
            )
            self.reconcile()
            code = self.apply_until_clean()
            self.verdict(code)
            if code != 0:
                self.told.wrong.append(f"with everything decided, apply ends with {code}")
        self.told.people = sum(len(people) for people in self.everybody.values())
        self.told.rung = sum(self.counted().values())

    def apply_until_clean(self):
        """Each round's people, as long as any round is not done: the campaign is applied in every round."""
        last = 0
        for round_ in self.rounds:
            self.bench.campaign(sorted(self.everybody[round_]), api=self.api, round=round_, split={"size": self.size})
            for _ in range(MOST_CLEAN):
                code = self.plain()
                if code in {0, 8}:
                    break
            last = max(last, code)
        return last

    def reconcile(self):
        """A person decides about each hold by what the provider's dashboard shows, which is the books."""
        by_attempt = {ring.stamp["attempt"]: ring.batch_id for ring in rings(self.bench.books) if ring.stamp}
        listed = self.runners[0].run("-C", self.bench.root, "reconcile", "--format", "json")
        for hold in (listed.json or {}).get("holds", []):
            attempt = hold["attempt"]
            decision = ["--sent", attempt, by_attempt[attempt]] if attempt in by_attempt else ["--not-sent", attempt]
            done = self.runners[0].run(
                "-C", self.bench.root, "reconcile", *decision, "--reason", "looked at the dashboard"
            )
            self.told.reconciled += 1
            if done.code not in {0, 8}:
                self.told.wrong.append(f"reconcile {decision[0]} ended with {done.code}: {done.err}")

    # ---------------------------------------------------------------- the books

    def counted(self):
        """How often each person was rung in each round; what was stopped before it was dialled rang nobody."""
        return Counter(
            (ring.stamp["round"], ring.number) for ring in rings(self.bench.books) if ring.stamp and not ring.canceled
        )

    def known_attempts(self):
        """Attempts of earlier runs: a killed one's last request may still be on its way to the books."""
        return self.rung_attempts() | {id_ for log in self.logs() for id_ in log.standing.attempts}

    def rung_attempts(self, round_=None):
        return {
            ring.stamp["attempt"]
            for ring in rings(self.bench.books)
            if ring.stamp and round_ in {None, ring.stamp["round"]}
        }

    def logs(self):
        store = FileStore(self.bench.root / "state")
        return [open_log(store, name) for name in find_logs(store)]

    # ---------------------------------------------------------------- verdicts

    def check(self, ended):
        """What holds of every process: a code of ours, and nothing private in what it says."""
        self.told.codes[ended.code] += 1
        if ended.code not in OURS and ended.code >= 0:
            self.told.wrong.append(f"exit code {ended.code}: {ended.err}")
        text = ended.out + ended.err
        self.told.wrong += [f"an output holds {what}" for what in self.private_in(text)]
        if "Traceback" in text:
            self.told.wrong.append(text)

    def private_in(self, text):
        if any(number[-10:] in text for number in self.rows):
            yield "a phone number"
        if any(name_of(number) in text for number in self.rows):
            yield "a name"
        if API_KEY in text or STATE_KEY in text:
            yield "a secret"

    def check_summary(self, ended, before):
        """Exit code and summary agree with the books."""
        found = [ring for ring in rings(self.bench.books) if ring.stamp and not ring.canceled]
        rung = len({(ring.stamp["round"], ring.number) for ring in found if ring.stamp["attempt"] not in before})
        summary = (ended.json or {}).get("summary")
        if ended.code in NOTHING_WAS_SENT and rung:
            self.told.wrong.append(f"exit code {ended.code} says that nothing was sent, and {rung} were rung")
        if summary is None:
            if ended.code in {0, 7, 8}:
                self.told.wrong.append(f"exit code {ended.code} without a summary: {ended.out}{ended.err}")
            return
        if not summary["sent"] <= rung <= summary["sent"] + summary["held"]:
            self.told.wrong.append(f"{summary} and {rung} were rung (exit code {ended.code})")
        if ended.code == 0 and (summary["held"] or summary["failed"] or summary["not_sent"]):
            self.told.wrong.append(f"exit code 0 and {summary}")

    def verdict(self, code):
        """What must hold once the faults have stopped."""
        wrong = [f"rang somebody {times} times" for times in self.counted().values() if times > 1]
        for round_, people in self.everybody.items():
            found = judge(
                self.bench.books,
                self.bench.root / "state",
                "hello",
                sorted(people),
                key=bytes.fromhex(STATE_KEY),
                code=code,
                round_=round_,
            )
            wrong += [problem for problem in found if not problem.startswith("rang ")]
        wrong += self.claims_after_their_batches()
        for path in (self.bench.root / "state").rglob("*"):
            if path.is_file():
                wrong += [f"{path.name} holds {what}" for what in self.private_in(path.read_bytes().decode("latin-1"))]
        self.told.wrong += wrong

    def claims_after_their_batches(self):
        """No batch without an earlier durable claim, and an earlier `sending`."""
        known = {}
        for log in self.logs():
            for entry in one_by_one(log.entries):
                ids = [batch.attempt for batch in entry.batches] if entry.kind == "claim" else ()
                for id_ in ids or (entry.attempts if entry.kind == "sending" else ()):
                    known.setdefault(id_, {})[entry.kind] = entry.at
        for ring in rings(self.bench.books):
            at = known.get(ring.stamp["attempt"], {}) if ring.stamp else {}
            if set(at) != {"claim", "sending"}:
                yield f"batch {ring.batch_id} has only {sorted(at)} in the log"
            elif max(seconds(moment) for moment in at.values()) > ring.created_at:
                yield f"batch {ring.batch_id} is older than its claim"


def name_of(number):
    return f"Canary-{int(number[2:]):x}-Zebulon"


def seconds(moment):
    return datetime.fromisoformat(moment).timestamp()


# ---------------------------------------------------------------- faults

HAZARDS = (
    lambda chance: {"do": "lose-request"},
    lambda chance: {"do": "lose-answer"},
    lambda chance: {"do": "cut-answer", "at": chance.randrange(1, 200)},
    lambda chance: {"do": "replace-answer", "status": chance.choice([500, 502, 503, 504])},
    lambda chance: {"do": "replace-answer", "status": 200, "body": chance.choice(["", "{", "<html>", "null", "[]"])},
    lambda chance: {
        "do": "replace-answer",
        "status": 500,
        "body": '{"data":null,"errors":[{"error":"X","message":"Y"}]}',
    },
    lambda chance: {"do": "refuse", "status": 429},
    lambda chance: {"do": "refuse", "status": 429, "retry_after": "600"},
    lambda chance: {"do": "refuse", "status": 429, "message": "This number is blacklisted"},
    lambda chance: {"do": "refuse", "status": chance.choice([400, 401, 402, 403, 500, 503])},
    lambda chance: {"do": "delay", "seconds": chance.uniform(0.0, 0.2)},
    lambda chance: {"do": "repeat"},
    lambda chance: {"do": "hide", "lists": chance.randint(1, 3)},
)


def some_faults(chance):
    """Faults of creates, mostly one or two; now and then a list or a stop that misbehaves."""
    faults = []
    for _ in range(chance.choices([0, 1, 2, 3], [2, 5, 3, 1])[0]):
        nth = sorted(chance.sample(range(1, 5), chance.randint(1, 3)))
        faults.append({"on": "create", "nth": nth, **chance.choice(HAZARDS)(chance)})
    if chance.random() < 0.3:
        faults.append({"on": "list", "do": "shuffle"})
    if chance.random() < 0.1:
        faults.append({"on": "list", "do": "shorten", "most": chance.randint(0, 2), "since": chance.randint(1, 4)})
    if chance.random() < 0.1:
        faults.append({"on": "any", "nth": chance.randint(1, 8), "do": "lose-answer"})
    if chance.random() < 0.1:
        faults.append({"on": "stop", "do": "refuse", "status": 400, "message": "No"})
    if chance.random() < 0.05 and not any(fault["do"] == "repeat" for fault in faults):
        faults.append({"on": "create", "do": "switch-account", "nth": chance.randint(1, 3)})
    return faults


def some_cuts(chance):
    if chance.random() < 0.8:
        return []
    how = chance.choice(["close", "reset"])
    cut = Cut(sent=chance.randrange(1, 600), how=how) if chance.random() < 0.5 else Cut(answered=0, how=how)
    return [Cut()] * chance.randint(0, 2) + [cut]
