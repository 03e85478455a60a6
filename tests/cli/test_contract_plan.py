"""What a plan says: shape, counts, digest, limits; and which gates stop it."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.workspace import ADA, ALAN, AT, GRACE, LINUS

LATER = "2027-01-01T00:00:00+00:00"
ROW = {"phone_number": ADA, "name": "Ada"}


def test_the_document_has_the_shape_of_the_contract(workspace):
    document = workspace.plan("--at", AT).json
    assert document.keys() >= {
        *("format_version", "environment", "campaigns", "summary", "digest", "state", "diagnostics"),
    }
    assert (document["format_version"], document["environment"]) == (1, "sandbox")
    (campaign,) = document["campaigns"]
    assert (campaign["campaign"], campaign["api"], campaign["round"]) == ("hello", "v2", "1")
    assert campaign["calls"] == {
        "create": 2,
        **dict.fromkeys(("sent", "held", "suppressed", "invalid", "duplicate", "excluded", "deferred"), 0),
    }
    (batch,) = campaign["batches"]
    assert batch.keys() >= {"calls", "payload_sha256"}
    assert "request" not in batch
    assert document["summary"] == {"batches": 1, "calls": 2}


def test_payloads_add_each_request_shaped_as_in_render(workspace):
    (batch,) = workspace.plan("--payloads").json["campaigns"][0]["batches"]
    (request,) = workspace.run("render", "hello", "--format", "json").json["requests"]
    assert batch["request"] == request
    assert request.keys() == {"campaign", "environment", "method", "path", "headers", "body"}


def test_a_dry_run_is_a_plan_with_payloads_and_sends_nothing(workspace):
    dry = workspace.run("apply", "--dry-run", "--format", "json", "--at", AT)
    assert (dry.code, dry.out) == (0, workspace.plan("--payloads", "--at", AT).out)
    assert workspace.rung() == []
    assert not (workspace.root / ".bland-deploy").exists()


def test_a_plan_writes_nothing_and_needs_no_keys(workspace):
    workspace.settings({"far": {"state": "state/far"}})
    done = workspace.plan("-e", "far", "--at", "2026-01-01T20:00:00Z")
    assert (done.code, done.json["state"]) == (0, "not_read")
    assert sorted(path.name for path in workspace.root.iterdir()) == ["bland-deploy.yaml", "campaigns"]


def test_without_the_state_key_a_plan_plans_as_if_nobody_was_called_and_says_so(workspace):
    workspace.apply()
    assert workspace.counts() == {"sent": 2}
    (workspace.root / ".bland-deploy/state.key").unlink()
    done = workspace.plan()
    assert (done.code, done.json["state"], done.json["summary"]["calls"]) == (0, "not_read", 2)
    assert "not read" in workspace.run("plan").out


def test_the_state_is_read_where_its_key_is(workspace):
    assert workspace.plan().json["state"] == "not_read"
    assert workspace.plan(BLAND_DEPLOY_STATE_KEY="ab" * 32).json["state"] == "read"


def test_the_same_files_state_and_time_give_the_same_bytes(workspace):
    workspace.hello(prompt="{{ run.id }} {{name}} {{ run.date }}", each={"metadata": {"at": "{{ run.started_at }}"}})
    outputs = {workspace.plan("--payloads", "--at", AT).out for _ in range(3)}
    assert len(outputs) == 1


def test_the_payloads_digest_is_of_the_unmasked_body(workspace):
    (shown,) = workspace.plan("--payloads", "--show-pii").json["campaigns"][0]["batches"]
    (masked,) = workspace.plan("--payloads").json["campaigns"][0]["batches"]
    assert shown["payload_sha256"] == masked["payload_sha256"]
    assert shown["request"]["body"] != masked["request"]["body"]


# ---------------------------------------------------------------------- the digest


def digest(workspace, *arguments, **variables):
    return workspace.plan(*arguments, **variables).json["digest"]


def test_the_digest_covers_neither_the_clock_nor_the_state(workspace):
    workspace.hello(prompt="{{ run.started_at }} {{name}}", each={"first_sentence": "{{ run.date }}"})
    before = digest(workspace, "--at", AT)
    assert digest(workspace, "--at", LATER) == before
    workspace.apply()
    assert digest(workspace) == before


CHANGES = {
    "the prompt": {"prompt": "Greet {{name}}!"},
    "a person more": {"recipients": {"inline": [ROW, {"phone_number": ALAN, "name": "x"}]}},
    "another person": {"recipients": {"inline": [ROW, {"phone_number": LINUS, "name": "Grace"}]}},
    "another order": {"recipients": {"inline": [{"phone_number": GRACE, "name": "Grace"}, ROW]}},
    "a parameter": {"call": {"voice": "June"}},
    "the round": {"round": "2"},
    "the generation": {"api": "v1"},
    "the size of batches": {"split": {"size": 1}},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_the_digest_covers_what_is_sent(workspace, changes):
    before = digest(workspace)
    assert digest(workspace.hello(**changes)) != before


def test_the_digest_covers_environment_address_variables_and_which_campaigns(workspace):
    workspace.settings({"a": {"base_url": "http://127.0.0.1:1"}, "b": {"base_url": "http://127.0.0.1:2"}})
    workspace.hello(prompt="{{ vars.x }}", vars={"x": 1})
    workspace.hello("other")
    found = [
        digest(workspace, "-e", "a"),
        digest(workspace, "-e", "b"),
        digest(workspace, "-e", "a", "hello"),
        digest(workspace, "-e", "a", "--var", "x=2"),
        digest(workspace),
    ]
    assert len(set(found)) == len(found)


def test_the_digest_covers_files_that_the_calls_are_made_from(workspace):
    workspace.write("p.md", "Hi {{name}}.")
    workspace.write("dnc.csv", f"phone_number\n{LINUS}\n")
    workspace.hello(prompt={"file": "p.md"}, suppression=[{"file": "dnc.csv"}])
    before = digest(workspace)
    workspace.write("p.md", "Hi {{name}}!")
    between = digest(workspace)
    workspace.write("dnc.csv", f"phone_number\n{LINUS}\n{GRACE}\n")
    assert len({before, between, digest(workspace)}) == 3


# ---------------------------------------------------------------------- exit codes and gates


def test_detailed_exit_codes_tell_whether_there_is_something_to_send(workspace):
    assert workspace.plan("--detailed-exitcode").code == 2
    assert workspace.plan().code == 0
    workspace.apply()
    assert workspace.plan("--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_calls_per_apply": 1}, 6),
        ({"max_calls_per_apply": 2}, 0),
        ({"max_cost_per_apply": 0.1}, 6),
        ({"max_cost_per_apply": 100}, 0),
        ({"max_calls_per_apply": 0}, 6),
    ],
)
def test_limits_stop_plan_and_apply(workspace, limits, code):
    workspace.settings({"small": {"provider": "sandbox", "limits": limits}})
    done = workspace.plan("-e", "small")
    assert (done.code, done.json["summary"]["calls"]) == (code, 2)
    done = workspace.apply("-e", "small")
    assert done.code == code
    assert len(workspace.rung()) == (0 if code else 2)


def test_a_limit_counts_what_is_left_to_send(workspace):
    workspace.settings({"sandbox": {"provider": "sandbox", "limits": {"max_calls_per_apply": 1}}})
    workspace.people(ROW).apply()
    workspace.people(ROW, {"phone_number": GRACE, "name": "x"})
    assert workspace.apply().code == 0


def test_an_error_in_any_campaign_stops_all_before_the_first_claim(workspace):
    workspace.hello("other", call={"webhook": "http://example.com"})
    assert workspace.plan().code == 3
    assert workspace.apply().code == 3
    assert workspace.rung() == []
    assert not (workspace.root / ".bland-deploy/state").exists()
    assert workspace.apply("hello").code == 0


def test_twins_are_an_error_also_when_one_is_named_by_its_path(workspace):
    workspace.write("campaigns/twin.yaml", (workspace.root / "campaigns/hello.yaml").read_bytes())
    assert workspace.plan(workspace.root / "campaigns/twin.yaml").code == 3
    assert workspace.apply(workspace.root / "campaigns/twin.yaml").code == 3


def test_render_ignores_the_state_and_fails_only_on_what_prevents_a_payload(workspace):
    before = workspace.run("render", "hello", "--format", "json", "--at", AT).out
    workspace.apply()
    assert workspace.run("render", "hello", "--format", "json", "--at", AT).out == before
    workspace.settings({"sandbox": {"provider": "sandbox", "limits": {"max_calls_per_apply": 0}, "protected": True}})
    assert workspace.run("render", "hello", "--format", "json", "--at", AT).out == before


# ---------------------------------------------------------------------- text


def test_the_text_of_a_plan(workspace, golden):
    workspace.write("dnc.csv", f"phone_number\n{LINUS}\n")
    workspace.listed(
        f"phone_number,go\n{ADA},1\n{ADA},1\n{GRACE},1\n{ALAN},\n{LINUS},1\nbad,1\n",
        duplicates="first",
        invalid_numbers="skip",
        where="row.go",
    )
    text = json.loads((workspace.root / "campaigns/hello.yaml").read_text())
    workspace.write("campaigns/hello.yaml", json.dumps(text | {"suppression": [{"file": "dnc.csv"}]}))
    cases = Path(__file__).parent / "cases"
    golden(cases / "plan-before.txt", shown(workspace))
    workspace.apply()
    golden(cases / "plan-next-round.txt", shown(workspace, "--round", "2"))
    workspace.write("campaigns/hello.yaml", json.dumps(text | {"prompt": "Hi!", "suppression": [{"file": "dnc.csv"}]}))
    golden(cases / "plan-after.txt", shown(workspace))
    golden(cases / "plan-after.md", shown(workspace, "--format", "markdown"))
    golden(cases / "plan-next-round.md", shown(workspace, "--format", "markdown", "--round", "2", "--payloads"))


def shown(workspace, *arguments):
    """The text of a plan without digests and lineage."""
    return re.sub("[0-9a-f]{32,64}", "…", workspace.run("plan", "--at", AT, *arguments).out)


# ---------------------------------------------------------------------- what changed since it was sent


def test_what_changed_is_shown_however_it_is_planned_and_in_each_text(workspace):
    workspace.hello(each={"first_sentence": "Hi {{ row.name }}"}, call={"voicemail": {"message": "Bye"}})
    workspace.apply()
    workspace.hello(
        each={"first_sentence": "Hello {{ row.name }}"}, round="2", prompt="{{ vars.x }}", vars={"x": "Hey."}
    )
    (campaign,) = workspace.plan().json["campaigns"]
    assert {change["part"]: change["diff"][1:] for change in campaign["text"]["changes"]} == {
        "each.first_sentence": ["-Hi {{ row.name }}", "+Hello {{ row.name }}"],
        "prompt": ["-Greet {{name}}.", "+Hey."],
        "voicemail": ["-{", '-  "message": "Bye"', "-}"],
    }
    assert "sha256_before" in campaign["text"]
    workspace.apply()
    (campaign,) = workspace.plan().json["campaigns"]
    assert (campaign["text"]["changes"], campaign["text"]["sha256_before"]) == ([], None)


def test_a_saved_plan_shows_what_changed_too(workspace):
    workspace.apply()
    workspace.hello(prompt="Hey.", round="2")
    planned = workspace.plan("--out", workspace.root / "p.plan").json["campaigns"][0]
    dry = workspace.run("apply", workspace.root / "p.plan", "--dry-run", "--format", "json").json["campaigns"][0]
    assert planned["text"] == dry["text"]
    assert planned["text"]["changes"][0]["diff"] == ["@@ -1 +1 @@", "-Greet {{name}}.", "+Hey."]
    assert planned["cost"] == dry["cost"]


def test_the_clock_is_no_change_of_the_text(workspace):
    workspace.hello(prompt="Today is {{ run.date }}.")
    workspace.apply("--at", AT)
    assert workspace.plan("--at", LATER).json["campaigns"][0]["text"]["changes"] == []


def test_the_page_is_a_document_of_its_own_and_hides_what_ci_must_not_show(workspace):
    workspace.people({"phone_number": ADA, "name": "Canaryname"})
    shown = workspace.run("plan", "--format", "html")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("<!doctype html>")
    assert "Canaryname" in shown.out
    hidden = workspace.run("plan", "--format", "html", CI="1").out
    for canary in ("Canaryname", ADA[1:], ADA[2:], ADA[-7:]):
        assert canary not in hidden
