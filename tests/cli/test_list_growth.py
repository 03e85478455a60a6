"""A list that has grown by much since it was applied last is looked at by somebody before it is called."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bland_deploy.cli.approval import Approval
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.plan import open_logs
from bland_deploy.cli.session import open_session
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import Blocked
from bland_deploy.operations.plans.proposal import propose

GROWN = (
    "the list of hello has grown from 1,300 people to call to 2,301 since its round was applied last: "
    "by more than 20 % and 1,000"
)


def people(number):
    return "phone_number\n" + "".join(f"+1415555{line:04d}\n" for line in range(number))


@pytest.fixture
def sent(workspace):
    """A campaign whose list was applied in the sandbox, seen from an environment that can ring people."""
    workspace.run("state", "key")
    production = {"base_url": "https://api.invalid", "state": "state", "profile": "none", "folder_in_ci": True}
    sandbox = {"provider": "sandbox", "state": "state"}
    workspace.settings({"sandbox": sandbox, "production": production})
    workspace.listed(people(1_300), invalid_numbers="send")
    assert workspace.apply().code == 0
    return workspace


def grown(done):
    return [
        (found["severity"], found["message"]) for found in done.json["diagnostics"] if found["rule"] == "list-grown"
    ]


def test_a_plan_warns_so_that_whoever_reviews_it_knows(sent):
    sent.write("people.csv", people(2_301))
    done = sent.plan("-e", "production")
    assert (done.code, grown(done)) == (0, [("warning", GROWN)])


@pytest.mark.parametrize("number", [1_300, 2_300, 500])
def test_less_than_a_thousand_more_is_no_matter(sent, number):
    sent.write("people.csv", people(number))
    assert grown(sent.plan("-e", "production")) == []


def test_less_than_a_fifth_more_is_no_matter(sent):
    sent.write("people.csv", people(7_000))
    assert sent.apply().code == 0
    sent.write("people.csv", people(8_400))
    assert grown(sent.plan("-e", "production")) == []
    sent.write("people.csv", people(8_401))
    assert grown(sent.plan("-e", "production")) != []


@pytest.mark.parametrize(
    ("given", "protected", "goes_on"),
    [
        ({"auto_approve": True}, False, False),
        ({"auto_approve": True, "digest": True}, False, True),
        ({"auto_approve": True, "saved": True}, False, True),
        ({"auto_approve": False, "digest": True}, True, True),
        ({"auto_approve": False, "saved": True}, True, True),
    ],
)
def test_it_is_called_only_where_somebody_reviewed_it(sent, given, protected, goes_on):
    sent.write("people.csv", people(2_301))
    session = open_session(Invocation(sent.root, environment="production"))
    now = datetime.now(UTC)
    works, found = make_all(session, [], now)
    proposal = propose(works, aim_of(session), found, session.in_state())
    plan = proposal.plan(open_logs(session, proposal))
    given = given | {"digest": plan.digest if given.get("digest") else None}
    approval = Approval(Invocation(sent.root), replace(session.settings, protected=protected), as_json=True, **given)
    if goes_on:
        assert [(item.severity, item.message) for item in approval.approve(plan)] == [("warning", GROWN)]
        return
    with pytest.raises(Blocked) as blocked:
        approval.approve(plan)
    (problem,) = blocked.value.diagnostics
    assert (problem.severity, problem.message) == ("error", GROWN)
    assert problem.help == (
        f"have it reviewed: give `--approved {plan.digest}`, or save a plan (`plan --out FILE`) and apply it"
    )


def test_what_has_grown_counts_from_the_last_claim_of_its_round(sent):
    sent.write("people.csv", people(2_301))
    assert grown(sent.plan("--round", "2", "-e", "production")) == []
    assert sent.apply().code == 0
    sent.write("people.csv", people(2_400))
    assert grown(sent.plan("-e", "production")) == []
