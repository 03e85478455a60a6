"""What an apply records of how people were guarded, and how it is shown."""

import json
from hashlib import sha256

import pytest

from bland_deploy.operations.ledger import guarded
from bland_deploy.rules.pack import load_pack
from bland_deploy.state.backends.memory import MemoryStore
from bland_deploy.views import compliance as views
from tests.cli.workspace import ADA, GRACE
from tests.state.building import begun, with_claim

STOP = "phone_number\n+14155550199\n"


@pytest.fixture
def guarding(workspace):
    """A workspace that has applied a campaign with a suppression list, after somebody was suppressed in the state."""
    workspace.run("state", "key")
    workspace.write("stop.csv", STOP)
    workspace.hello(purpose="informational", suppression=[{"file": "stop.csv"}], split={"size": 1})
    assert workspace.run("suppress", "add", GRACE, "--reason", "letter").code == 0
    return workspace


def shown(workspace):
    done = workspace.run("state", "show", "hello", "--compliance", "--format", "json")
    assert done.code == 0, done.everything
    return done.json["claims"]


@pytest.mark.parametrize("saved", [False, True])
def test_an_apply_records_rules_lists_times_and_who_applied(guarding, saved):
    plan = guarding.plan("--out", guarding.root / "p.plan")
    done = guarding.run("apply", guarding.root / "p.plan") if saved else guarding.apply()
    assert done.code == 0, done.everything
    (claim,) = shown(guarding)
    assert claim["plan_digest"] == plan.json["digest"]
    assert (claim["round"], claim["environment"]) == ("1", "sandbox")
    assert "@" in claim["by"]
    guards = claim["guards"]
    assert guards["rules_sha256"] == load_pack().digest
    assert (guards["profile"], guards["declared"]) == ("none", {"purpose": "informational"})
    assert guards["lists"] == {"stop.csv": sha256(STOP.encode()).hexdigest()}
    assert guards["suppressions"] == 1
    (batch,) = claim["batches"]
    assert (batch["calls"], batch["status"], batch["closes"], batch["first_dial"]) == (1, "sent", None, None)
    assert batch["batch_id"]


def test_a_list_that_changed_after_the_plan_is_recorded_as_it_was_looked_at(guarding):
    assert guarding.plan("--out", guarding.root / "p.plan").code == 0
    later = STOP + "+14155550198\n"
    guarding.write("stop.csv", later)
    assert guarding.run("apply", guarding.root / "p.plan").code == 0
    (claim,) = shown(guarding)
    assert claim["guards"]["lists"] == {"stop.csv": sha256(later.encode()).hexdigest()}


def test_the_times_of_each_batch_are_recorded(guarding):
    guarding.hello(schedule={"hours": "00:00-24:00", "timezone": "UTC"})
    assert guarding.apply().code == 0
    (claim,) = shown(guarding)
    (batch,) = claim["batches"]
    assert batch["first_dial"] <= batch["last_dial"]
    assert batch["first_dial"] > claim["at"]


def test_people_read_it_as_lines(guarding):
    assert guarding.apply().code == 0
    text = guarding.run("state", "show", "hello", "--compliance").out
    (claim,) = shown(guarding)
    for part in (
        f"  rules             {load_pack().digest}\n",
        "  profile           none\n",
        "  people            1 on the list to call or called\n",
        "  purpose           informational\n",
        "  consent           not declared\n",
        f"  list              stop.csv ({sha256(STOP.encode()).hexdigest()})\n",
        f"  state             1 entry of `suppress` up to {claim['guards']['suppressions_head']}\n",
        f"  {claim['batches'][0]['attempt']}  1 call sent as {claim['batches'][0]['batch_id']}; calls begin at once\n",
    ):
        assert part in text
    assert ADA not in text
    assert "rules_sha256" not in guarding.run("state", "show", "hello").out


def test_claims_of_earlier_versions_stay_readable_and_say_that_nothing_was_recorded():
    log, _ = with_claim(begun(MemoryStore()), [1, 2])
    (claim,) = guarded(log)
    assert claim.guards is None
    assert "  guards            not recorded by that version\n" in views.render("renewal", [claim])
    assert json.loads(views.render_document("renewal", [claim]))["claims"][0]["guards"] is None
    assert views.render("renewal", []) == "Nothing of renewal was claimed to be sent.\n"


def test_waivers_and_consent_are_shown_as_they_were_declared():
    log, _ = with_claim(begun(MemoryStore()), [1])
    (claim,) = guarded(log)
    declared = {"consent": {"type": "written", "source": "form"}, "waivers": [{"rule": "us-fl-hours", "reason": "x"}]}
    guards = {
        "rules_sha256": "a" * 64,
        "profile": "us-strict",
        "declared": declared,
        "lists": {},
        "suppressions": 0,
        "suppressions_head": None,
        "eligible": None,
    }
    times = {
        "closes": "2026-03-02T20:00:00Z",
        "first_dial": "2026-03-02T15:00:00Z",
        "last_dial": "2026-03-02T16:00:00Z",
    }
    batch = claim.batches[0]._replace(**times)
    text = views.render("renewal", [claim._replace(guards=guards, batches=(batch,))])
    assert "consent           type: written, source: form\n" in text
    assert "waiver            rule: us-fl-hours, reason: x\n" in text
    assert "list              none\n" in text
    assert "people            not recorded by that version\n" in text
    assert f"calls begin {times['first_dial']} to {times['last_dial']}, to be sent before {times['closes']}\n" in text


def test_nothing_is_shown_of_a_campaign_that_was_never_sent(workspace):
    assert workspace.run("state", "show", "hello", "--compliance", "--format", "json", "-C", workspace.root).code == 3
