"""Calls that would be transferred to the very number that is called."""

import pytest

from tests.cli.workspace import ADA, GRACE, Workspace

OWN, ANOTHER = "(415) 555-0100", "+14155550177"
ROWS = [{"phone_number": ADA, "name": "Ada", "target": f"+1 {OWN}"}, {"phone_number": GRACE, "name": "G", "target": ""}]


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "w")


def found(workspace, rows=ROWS, **parts):
    done = workspace.hello(recipients={"inline": rows}, **parts).lint()
    return [one for one in done.json["diagnostics"] if one["rule"] == "transfer-to-callee"]


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize(
    "parts",
    [
        {"call": {"transfer_phone_number": f"+1 {OWN}"}},
        {"each": {"transfer_phone_number": "{{ row.target }}"}},
        {"call": {"transfer_phone_number": ANOTHER}, "each": {"transfer_phone_number": "{{ row.target }}"}},
        {"call": {"transfer_phone_number": ANOTHER}, "rows": [{**ROWS[0], "call": {"transfer_phone_number": ADA}}]},
    ],
)
def test_a_transfer_to_the_person_called_is_a_warning_for_their_row(workspace, parts, api):
    (warning,) = found(workspace, api=api, **parts)
    assert warning["severity"] == "warning"
    assert ADA[-7:] not in str(warning)


@pytest.mark.parametrize(
    "parts",
    [
        {"call": {"transfer_phone_number": ANOTHER}},
        {"call": {"transfer_phone_number": ADA}, "each": {"transfer_phone_number": ANOTHER}},
        {"call": {"transfer_phone_number": ADA}, "rows": [{**ROWS[0], "call": {"transfer_phone_number": ANOTHER}}]},
        {},
    ],
)
def test_the_transfer_that_wins_is_the_one_that_counts(workspace, parts):
    assert found(workspace, **parts) == []


def test_it_is_told_once_for_all_rows_with_their_number(workspace):
    (warning,) = found(
        workspace, rows=[ROWS[0], {**ROWS[1], "target": GRACE}], each={"transfer_phone_number": "{{ row.target }}"}
    )
    assert "2 rows" in warning["message"]
