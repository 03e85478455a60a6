"""Nobody is called more often than caps allow, by all campaigns and rounds together."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bland_deploy.cli.approval import Approval
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import Blocked
from bland_deploy.operations.apply import carry_out
from bland_deploy.operations.plans.proposal import propose
from bland_deploy.operations.sending.world import Asked, World
from tests.cli.workspace import ADA, GRACE


@pytest.fixture
def capped(workspace):
    """A workspace with a state key, whose embedded sandbox only warns."""
    workspace.run("state", "key")

    def with_caps(**caps):
        workspace.settings(caps=caps)
        return workspace

    return with_caps


def too_often(done):
    return [item for item in done.json["diagnostics"] if item["rule"] == "called-too-often"]


def another(workspace, name, *numbers, **changes):
    rows = "".join(f"{number}\n" for number in numbers)
    workspace.write(f"{name}.csv", f"phone_number\n{rows}")
    workspace.hello(name, recipients={"file": f"{name}.csv"}, prompt="Greet.", **changes)


def test_a_person_who_was_called_by_another_campaign_is_too_many(capped):
    workspace = capped(per_day=1)
    assert workspace.apply("hello").code == 0
    another(workspace, "other", "+14155550177", ADA)
    (found,) = too_often(workspace.plan("other"))
    assert found["message"] == (
        "1 person of other would be called more than once in 24 hours, counted over all campaigns and rounds; "
        "`caps.per_day` of bland-deploy.yaml allows no more (rows other.csv:3)"
    )
    assert (found["file"], found["line"], found["severity"]) == ("other.csv", 3, "warning")
    assert too_often(workspace.run("apply", "other", "--format", "json", "--auto-approve"))


def test_rounds_of_one_campaign_count_together_and_a_finished_one_is_not_judged(capped):
    workspace = capped(per_week=2)
    assert not too_often(workspace.apply())
    assert not too_often(workspace.apply("--round", "2"))
    (found,) = too_often(workspace.plan("--round", "3"))
    assert "2 people of hello would be called more than 2 times in 168 hours" in found["message"]
    assert not too_often(workspace.plan())


def test_campaigns_of_one_plan_count_together(capped):
    workspace = capped(per_month=1)
    another(workspace, "other", GRACE)
    assert [found["message"].partition(" would")[0] for found in too_often(workspace.plan())] == [
        "1 person of hello",
        "1 person of other",
    ]


def test_calls_of_long_ago_do_not_count(capped):
    workspace = capped(per_day=1)
    assert workspace.apply().code == 0
    assert too_often(workspace.plan("--round", "2"))
    assert not too_often(workspace.plan("--round", "2", "--at", "2099-01-01T00:00:00+00:00"))


def test_the_rules_pack_caps_marketing_and_names_rule_and_source(capped):
    workspace = capped()
    workspace.hello(purpose="marketing")
    for round_ in "123":
        assert not too_often(workspace.apply("--round", round_))
    found = too_often(workspace.plan("--round", "4"))
    assert any("rule us-fl-frequency (Fla. Stat. 501.616(6)(b))" in item["message"] for item in found)
    workspace.hello(purpose="informational")
    assert not too_often(workspace.plan("--round", "4"))


def test_a_saved_plan_is_judged_when_it_is_applied(capped):
    workspace = capped(per_day=1)
    assert workspace.plan("--out", workspace.root / "p.plan").code == 0
    another(workspace, "other", ADA)
    assert workspace.run("apply", "other", "--format", "json", "--auto-approve").code == 0
    done = workspace.run("apply", workspace.root / "p.plan", "--format", "json")
    (found,) = too_often(done)
    assert found["file"] == "campaigns/hello.yaml"


@pytest.mark.parametrize("meanwhile", [False, True])
def test_whoever_others_call_between_the_approval_and_the_claim_is_not_called_too_often(capped, served, meanwhile):
    workspace = capped()
    environment = {"base_url": served, "api_key": {"file": "key"}, "state": "state", "settle": "0s"}
    workspace.settings({"sandbox": environment}, caps={"per_day": 1})
    workspace.write("key", "sk-unused")
    another(workspace, "other", ADA)
    session = open_session(Invocation(workspace.root), needs_key=True)
    works, found = make_all(session, ["hello"], datetime.now(UTC))
    past = session.past(datetime.now(UTC), applies=True)
    strict = replace(past, frequency=replace(past.frequency, warn=False))
    proposal = propose(works, aim_of(session), found, session.in_state(), strict)
    rings = replace(session.settings, is_loopback=False, protected=False)
    approval = Approval(Invocation(workspace.root), rings, auto_approve=True, digest=None, as_json=True)

    def hook(step):
        if meanwhile and step == "begun":
            assert workspace.apply("other").code == 0

    with open_provider(session.settings) as client:
        by_hand = {"sleep": lambda _seconds: None, "settle": 0.0, "by": "tests", "passed": hook}
        world = World(client=client, store=session.store(), now=lambda: datetime.now(UTC), **by_hand)
        asked = Asked(approval.approve, judge=approval.judge)
        if not meanwhile:
            assert len(carry_out(proposal, session.settings.state_key, world, asked).batches) == 1
            return
        with pytest.raises(Blocked) as blocked:
            carry_out(proposal, session.settings.state_key, world, asked)
    assert [item.rule for item in blocked.value.diagnostics] == ["called-too-often"]
    assert workspace.run("state", "list", "--format", "json").json["campaigns"][0]["sent"] == 0


def test_where_somebody_can_be_rung_it_is_an_error(capped):
    workspace = capped(per_day=1)
    production = {"base_url": "https://api.invalid", "state": "state", "profile": "none", "folder_in_ci": True}
    workspace.settings({"production": production}, caps={"per_day": 1})
    another(workspace, "other", GRACE)
    done = workspace.plan("-e", "production")
    assert done.code == 6
    assert {found["severity"] for found in too_often(done)} == {"error"}
