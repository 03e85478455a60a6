"""A rollout of 5,000 calls over HTTP, one gate of which fails, told to the call and to the cent as in the books."""

import csv
import io
import json
import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from phonenumbers import is_valid_number, parse

from tests.cli.test_rollouts import by_key, rolling

AREAS = [area for area in range(201, 400) if is_valid_number(parse(f"+1{area}5550100"))][:50]
PEOPLE = [f"+1{area}55501{line:02}" for area in AREAS for line in range(100)]
WAVES = [100, "20%", "100%"]
SIZES = [100, 900, 4000]
# with these people, key and seed the first wave passes and the second does not
GATE = {"min_completed": "100%", "answered": ">= 40%", "failed": "<= 10%", "opt_out": "<= 4%"}


def books_of(desk):
    """Every call in the books by its batch, and the batches by the size of their wave."""
    with closing(sqlite3.connect(f"file:{desk.books}?mode=ro", uri=True)) as books:
        books.row_factory = sqlite3.Row
        rows = books.execute("SELECT calls.*, batches.batch_id FROM calls JOIN batches ON batches.id = calls.batch")
        return [dict(row) for row in rows]


def in_waves(calls, waves):
    """The calls of the books by the wave that the state gives their batch."""
    found = {}
    for call in calls:
        found.setdefault(waves[call["batch_id"]], []).append(call)
    return found


def figures(calls):
    kinds = Counter(call["kind"] for call in calls)
    return {
        "calls": len(calls),
        "answered": kinds["human"],
        "successful": kinds["human"] + kinds["voicemail"],
        "cost": round(sum(call["price"] for call in calls), 4),
        "opted_out": sum(call["tag"] == "DO_NOT_CONTACT" for call in calls),
    }


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The rollout, from the first apply to the last, and what every command says of it at the end."""
    with rolling(tmp_path_factory.mktemp("whole"), seed=32) as desk:
        desk.rollout(gate=GATE, people=PEOPLE, rollout={"waves": WAVES}, split={"size": 500})
        applied = [desk.apply() for _ in WAVES if desk.run("wait", "--timeout", "50s").code == 0]
        promoted = desk.apply("hello", "--promote", "looked at the failures: one carrier")
        waited = desk.run("wait", "--calls", "--format", "json", "--timeout", "50s")
        results = desk.run("results", "--show-pii")
        report = desk.run("report", "--format", "json")
        status = desk.run("status", "--calls", "--format", "json")
        yield {
            "desk": desk,
            "applied": applied,
            "promoted": promoted,
            "waited": waited,
            "results": list(csv.DictReader(io.StringIO(results.out))),
            "report": report.json,
            "status": status.json,
            "books": books_of(desk),
            "waves": {batch["batch_id"]: batch["wave"] for batch in status.json["batches"]},
        }


def test_the_second_gate_fails_and_a_person_promotes_the_last_wave(told):
    assert [done.code for done in told["applied"]] == [0, 0, 6]
    assert [done.json["summary"]["sent"] for done in told["applied"][:2]] == SIZES[:2]
    (found,) = told["applied"][2].json["diagnostics"]
    second = figures(in_waves(told["books"], told["waves"])[2])
    assert found["rule"] == "wave-failed"
    assert f"({second['opted_out']} of {second['answered']})" in found["message"]
    assert "the gate asks for <= 4%" in found["message"]
    assert told["promoted"].code == 0
    assert told["promoted"].json["summary"]["sent"] == SIZES[2]


def test_everybody_is_rung_once_and_in_the_wave_of_their_key(told):
    rung = Counter(f"+{call['digits']}" for call in told["books"])
    assert set(rung.values()) == {1}
    assert sorted(rung) == sorted(PEOPLE)
    expected, start = by_key(PEOPLE), 0
    for wave, size in enumerate(SIZES, start=1):
        called = {f"+{call['digits']}" for call in in_waves(told["books"], told["waves"])[wave]}
        assert called == set(expected[start : start + size])
        start += size


def test_wait_agrees_with_the_books(told):
    assert told["waited"].code == 0
    batches = told["waited"].json["batches"]
    whole = figures(told["books"])
    assert sum(batch["calls"] for batch in batches) == whole["calls"]
    assert sum(batch["successful"] for batch in batches) == whole["successful"]
    assert round(sum(batch["cost"] for batch in batches), 2) == round(whole["cost"], 2)
    for wave, calls in in_waves(told["books"], told["waves"]).items():
        said = [batch for batch in batches if batch["wave"] == wave]
        assert sum(batch["successful"] for batch in said) == figures(calls)["successful"]


def test_results_agree_with_the_books_call_by_call(told):
    books = {call["call_id"]: call for call in told["books"]}
    assert sorted(row["call_id"] for row in told["results"]) == sorted(books)
    for row in told["results"]:
        call = books[row["call_id"]]
        assert row["number"] == f"+{call['digits']}"
        assert float(row["price"]) == call["price"]
        assert row["disposition"] == call["tag"]
        assert (row["outcome"] == "answered") == (call["kind"] == "human")
        assert int(row["wave"]) == told["waves"][call["batch_id"]]


def test_the_report_agrees_with_the_books_as_a_whole_and_wave_by_wave(told):
    report, whole = told["report"], figures(told["books"])
    assert [step["calls"] for step in report["funnel"]] == [5000, 5000, 5000, whole["answered"]]
    assert round(report["cost"]["actual"], 2) == round(whole["cost"], 2)
    assert report["calls"]["dispositions"] == Counter(call["tag"] for call in told["books"])
    (comparison,) = [item for item in report["comparisons"] if item["by"] == "wave"]
    waves = in_waves(told["books"], told["waves"])
    assert len(comparison["groups"]) == len(waves) == 3
    for group, wave in zip(comparison["groups"], (1, 2, 3), strict=True):
        expected = figures(waves[wave])
        assert group["name"] == f"round 1, wave {wave}"
        assert (group["listed"], group["answered"]) == (expected["calls"], expected["answered"])
        assert group["cost"] == pytest.approx(expected["cost"], abs=0.0001)


def test_the_log_says_by_which_figures_each_wave_was_begun(told):
    desk = told["desk"]
    shown = json.loads(desk.run("state", "show", "hello", "--format", "json").out)["entries"]
    kinds = [entry["kind"] for entry in shown if entry["kind"] in {"claim", "refusal", "promotion"}]
    assert kinds == ["claim", "claim", "refusal", "promotion", "claim"]
    second, waves = figures(in_waves(told["books"], told["waves"])[2]), [e for e in shown if e["kind"] == "claim"]
    assert [entry["wave"]["people"] for entry in waves] == [100, 1000, 5000]
    (promotion,) = [entry for entry in shown if entry["kind"] == "promotion"]
    (answered,) = [figure for figure in promotion["gate"] if figure["figure"] == "answered"]
    assert (answered["part"], answered["whole"]) == (second["answered"], 900)
