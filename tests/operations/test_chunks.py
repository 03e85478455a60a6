"""A long list that several processes work on gives what one process gives, to the byte."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.diagnostics import error
from bland_deploy.model.recipient import LeftOut, Outcome, Row
from bland_deploy.operations.calls.parts import pack, read_parts, unpack
from bland_deploy.operations.calls.shares import processors
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Listing

ITEMS = st.lists(
    st.sampled_from(
        [
            Row(2, {"phone_number": "+14155550100", "a": "", "n": 10**30}),
            Row(3, {}, {"voice": None, "x": [1.5, True]}),
            LeftOut(4, Outcome.INVALID, error("row-width", "the row has 1 cell")),
            error("delimiter-unused", "x"),
        ]
    )
)


@given(ITEMS)
def test_what_was_read_reaches_another_process_as_it_is(items):
    there = unpack(pack(items))
    assert there == items
    assert list(map(type, there)) == list(map(type, items))


def test_lumps_stay_among_the_rows_where_they_stand():
    first, second, third = (Row(line, {}) for line in range(3))
    lump = Lump(b"x\n", 9, ("a",), Listing("x", "a"))
    assert list(read_parts([first, lump, lump, second, third, first, lump, second], 2)) == [
        *([first], lump, lump, [second, third], [first], lump, [second])
    ]


@pytest.fixture
def one_processor():
    """A function that leaves this process one processor until the test ends."""
    before = os.sched_getaffinity(0)
    yield lambda: os.sched_setaffinity(0, {min(before)})
    os.sched_setaffinity(0, before)


def number_of(index):
    area, last = divmod(index, 10_000)
    return f"+1{(212, 415, 617)[area]}555{last:04d}"


def long_list(*unusual):
    """Enough rows for several processes; the last ones are unusual."""
    usual = [f"{number_of(index)},Ann{index % 7},{index % 5}" for index in range(6_500)]
    return "\n".join(["phone_number,name,n", *usual, *unusual]) + "\n"


UNUSUAL = (
    f"{number_of(3)},Ann,1",  # met before
    f"{number_of(6_501)},Ann,1",
    f"{number_of(6_501)},Ann,2",  # met in the same chunk
    f"{number_of(6_502)},,0",  # nothing to be divided by
    "12,Ann,1",  # no number
    "one cell",
    f"{number_of(6_503)},Ann,1",  # suppressed
    f"{number_of(6_504)},Ann,1",
)


@pytest.mark.parametrize("duplicates", ["error", "first", "last"])
def test_several_processes_say_what_one_process_says(workspace, one_processor, duplicates):
    workspace.write("never.csv", f"phone\n{number_of(6_503)}\n{number_of(100)}\n")
    workspace.write("people.csv", long_list(*UNUSUAL))
    workspace.hello(
        prompt="Greet {{name}}.",
        recipients={
            "file": "people.csv",
            "duplicates": duplicates,
            "invalid_numbers": "skip",
            "variables": ["name", {"share": "{{ 10 // (row.name | length) }}"}],
        },
        each={"temperature": "{{ row.n | int }}"},
        suppression=[{"file": "never.csv", "phone": "phone"}],
    )
    assert processors() > 1
    by_several = workspace.plan(), workspace.lint()
    one_processor()
    assert processors() == 1
    assert (workspace.plan(), workspace.lint()) == by_several
    said = {"row-width", "template-value", "unusual-range"} | (
        {"duplicate-recipient"} if duplicates == "error" else set()
    )
    assert said <= set(by_several[1].rules)


def test_requests_of_a_long_list_are_the_same_bytes(workspace, one_processor):
    workspace.write("people.csv", long_list(f"{number_of(6_501)},Bea,3"))
    workspace.hello(
        prompt="Greet {{name}}.",
        recipients={"file": "people.csv"},
        each={"metadata": {"n": "{{ row.n | int }}"}},
        split={"size": 700},
    )
    by_several = workspace.plan("--at", "2026-03-15T09:00:00+00:00")
    assert by_several.json["summary"] == {"batches": 10, "calls": 6_501}
    one_processor()
    assert workspace.plan("--at", "2026-03-15T09:00:00+00:00") == by_several


def test_a_suppressed_person_who_stands_twice_is_suppressed_once(workspace):
    workspace.write("never.csv", f"phone\n{number_of(1)}\n")
    workspace.write("people.csv", f"phone_number\n{number_of(1)}\n{number_of(1)}\n")
    workspace.hello(
        prompt="Greet.",
        recipients={"file": "people.csv", "duplicates": "first"},
        suppression=[{"file": "never.csv", "phone": "phone"}],
    )
    planned = workspace.plan()
    assert planned.code == 0
    left_out = planned.json["campaigns"][0]["calls"]
    assert (left_out["suppressed"], left_out["duplicate"]) == (1, 1)
