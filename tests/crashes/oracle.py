"""What must hold after any crash, read from the sandbox's books and the log on the disk, and from nothing else."""

from collections import Counter
from pathlib import Path

from bland_deploy.model.keys import recipient_keys
from bland_deploy.sandbox.books import rings
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.log import known_in, open_log
from bland_deploy.state.reading import examine

NOTHING_WAS_SENT = {1, 3, 4, 5, 6, 9}
"""Exit codes that promise so."""


def rung(books, campaign, round_="1"):
    """How often each number was rung for a campaign and round."""
    if not Path(books).exists():
        return Counter()
    stamped = (ring for ring in rings(Path(books)) if ring.stamp and ring.stamp["campaign"] == campaign)
    return Counter(ring.number for ring in stamped if ring.stamp["round"] == round_)


def judge(books, store, campaign, people, *, key, code, round_="1"):
    """Every way in which the world is not as promised, once the faults have stopped and the last apply gave `code`."""
    found = rung(books, campaign, round_)
    wrong = [f"rang {number[-4:]} {times} times" for number, times in found.items() if times > 1]
    store = FileStore(Path(store))
    wrong += [problem.message for problem in examine(store, campaign) if problem.severity == "error"]
    log = open_log(store, campaign)
    if log is None:
        return [*wrong, *(["rings without a log"] if found else [])]
    strangers = [
        ring.stamp["attempt"]
        for ring in (rings(Path(books)) if Path(books).exists() else [])
        if ring.stamp and ring.stamp["campaign"] == campaign and ring.stamp["attempt"] not in log.standing.attempts
    ]
    wrong += [f"attempt {attempt} was sent without a claim" for attempt in strangers]
    known, key_of = known_in(log, round_), recipient_keys(key, campaign, round_)
    for number in people:
        held = key_of(number) in known.held or key_of(number) in known.unfinished
        if not found[number] and not held:
            wrong.append(f"{number[-4:]} was neither rung nor held, and the last exit code is {code}")
        if held and code != 8:
            wrong.append(f"{number[-4:]} is held, and the last exit code is {code}")
    if code not in {0, 8}:
        wrong.append(f"the last exit code is {code}")
    # ten digits: the digests in a log hold shorter runs by chance
    tails = [number[-10:].encode() for number in people]
    for path in Path(store.location).rglob("*"):
        if path.is_file() and any(tail in path.read_bytes() for tail in tails):
            wrong.append(f"{path.name} holds a phone number")
    return wrong
