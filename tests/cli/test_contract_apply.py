"""Apply: who is rung, what is recorded, who may approve; and that applying again sends nothing."""

import json
import subprocess

import pytest

from bland_deploy.sandbox.books import rings
from bland_deploy.state.backends.files import FileStore
from tests.cli.workspace import ADA, ALAN, AT, GRACE, call

ROW = {"phone_number": ADA, "name": "Ada"}
KEY = "ab" * 32


def http(address, **more):
    """An environment that goes to a sandbox over HTTP."""
    return {"remote": {"base_url": address, "api_key": {"env": "A_KEY"}, "state": "state/remote", **more}}


def remote(workspace, *arguments, **variables):
    return workspace.apply(
        "-e", "remote", *arguments, **{"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY} | variables
    )


# ---------------------------------------------------------------------- the main job


def test_apply_rings_everybody_once_and_applying_again_rings_nobody(workspace):
    workspace.hello(split={"size": 1})
    done = workspace.apply()
    assert done.code == 0
    assert workspace.rung() == [ADA, GRACE]
    document = done.json
    assert document["environment"] == "sandbox"
    assert [(batch["campaign"], batch["calls"], batch["status"]) for batch in document["batches"]] == [
        ("hello", 1, "sent"),
        ("hello", 1, "sent"),
    ]
    assert [batch["batch_id"] for batch in document["batches"]] == [ring.batch_id for ring in rings(workspace.books)]
    assert document["summary"] == {"sent": 2, "held": 0, "failed": 0, "not_sent": 0}
    again = workspace.apply()
    assert (again.code, again.json["batches"]) == (0, [])
    assert again.json["summary"] == {"sent": 0, "held": 0, "failed": 0, "not_sent": 0}
    assert workspace.rung() == [ADA, GRACE]


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_both_generations_over_http(workspace, served, tmp_path, api):
    workspace.settings(http(served))
    workspace.hello(api=api)
    assert remote(workspace).code == 0
    assert remote(workspace).json["summary"]["sent"] == 0
    assert [ring.number for ring in rings(tmp_path / "served.sqlite")] == [ADA, GRACE]


def test_an_added_recipient_is_the_only_one_to_be_rung(workspace):
    workspace.people(ROW).apply()
    workspace.people({"phone_number": GRACE, "name": "x"}, ROW)
    assert workspace.counts() == {"create": 1, "sent": 1}
    workspace.apply()
    assert workspace.rung() == [ADA, GRACE]


@pytest.mark.parametrize(
    "again",
    [
        [{"phone_number": GRACE, "name": "x"}, {"phone_number": "+1 (415) 555-0100", "name": "y"}],
        [{"phone_number": "tel:+1-415-555-0100", "name": "y"}, {"phone_number": GRACE, "name": "x"}],
    ],
)
def test_reordered_and_reformatted_rows_are_the_same_people(workspace, again):
    workspace.apply()
    workspace.people(*again)
    assert workspace.counts() == {"sent": 2}


def test_a_prompt_edit_sends_nothing_and_the_plan_says_how_many_got_the_earlier_text(workspace):
    workspace.apply()
    workspace.hello(prompt="Another text for {{name}}.")
    assert workspace.counts() == {"sent": 2}
    assert workspace.plan().json["campaigns"][0]["earlier_text"] == 2
    assert "2 of those called got an earlier text" in workspace.run("plan").out
    assert workspace.apply().json["summary"]["sent"] == 0


def test_a_new_round_calls_again_and_says_how_many_are_repeated(workspace):
    workspace.people(ROW).apply()
    workspace.hello(round="2")
    document = workspace.plan().json
    assert document["campaigns"][0]["calls"]["create"] == 2
    assert document["campaigns"][0]["repeated"] == 1
    assert workspace.apply().json["summary"]["sent"] == 2
    assert workspace.rung() == [ADA, ADA, GRACE]
    assert workspace.apply().json["summary"]["sent"] == 0


def test_the_round_of_the_command_line_is_a_round_like_any_other(workspace):
    assert workspace.apply("--round", "mon").json["summary"]["sent"] == 2
    assert workspace.apply("--round", "mon").json["summary"]["sent"] == 0
    assert workspace.apply("--round", "tue").json["summary"]["sent"] == 2
    assert {ring.stamp["round"] for ring in rings(workspace.books)} == {"mon", "tue"}


def test_the_same_person_in_two_campaigns_is_called_for_each(workspace):
    workspace.people(ROW)
    workspace.hello("other", recipients={"inline": [ROW]})
    assert workspace.apply().json["summary"]["sent"] == 2


def test_environments_do_not_share_their_state(workspace):
    workspace.settings({"second": {"provider": "sandbox"}})
    assert workspace.apply().json["summary"]["sent"] == 2
    assert workspace.counts("-e", "second", BLAND_DEPLOY_STATE_KEY=KEY) == {"create": 2}


def test_batches_keep_the_order_of_the_list_and_its_size(workspace):
    people = [{"phone_number": f"+141555501{n:02}", "name": "x"} for n in range(7)]
    workspace.hello(recipients={"inline": people}, split={"size": 3})
    assert [batch["calls"] for batch in workspace.apply().json["batches"]] == [3, 3, 1]
    assert workspace.rung() == [person["phone_number"] for person in people]


def test_nothing_that_the_main_job_does_dirties_the_git_tree(workspace):
    git = ["git", "-C", workspace.root, "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", "init", "-q", workspace.root], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    for command in (workspace.lint, workspace.plan, workspace.apply, workspace.apply):
        command()
    assert subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True).stdout == b""


# ---------------------------------------------------------------------- stamps


def test_the_stamp_is_in_the_request_and_holds_what_the_contract_says(workspace):
    body = workspace.body(description="Hello", each={"metadata": {"a": "{{ row.name }}"}})
    stamp = {"lineage": "0" * 32, "campaign": "hello", "round": "1", "attempt": "0" * 16, "calls": 2}
    assert body["global"]["metadata"] == {"bland_deploy": stamp}
    assert body["call_objects"][0]["metadata"] == {"a": "Ada", "bland_deploy": stamp}
    assert body["description"] == f"Hello [{'0' * 16}]"


def test_the_stamp_of_v1(workspace):
    body = workspace.body(api="v1", description="Hello")
    assert body["metadata"]["bland_deploy"]["campaign"] == "hello"
    assert body["label"] == f"Hello [{'0' * 16}]"
    assert body["call_data"][0] == {"phone_number": ADA, "name": "Ada"}


def test_calls_without_metadata_of_their_own_carry_no_mark(workspace):
    assert workspace.body()["call_objects"][0] == {"phone_number": ADA, "request_data": {"name": "Ada"}}


def test_metadata_of_the_campaign_is_kept_beside_the_stamp(workspace):
    metadata = workspace.body(call={"metadata": {"source": "x"}})["global"]["metadata"]
    assert metadata.keys() == {"source", "bland_deploy"}


@pytest.mark.parametrize(
    ("stamp", "in_metadata", "in_description"),
    [(["metadata"], True, False), (["description"], False, True), ([], False, False), ("none", False, False)],
)
def test_where_the_stamp_goes_is_for_the_campaign_to_say(workspace, stamp, in_metadata, in_description):
    body = workspace.body(description="Hello", stamp=stamp, each={"metadata": {"a": 1}})
    assert ("bland_deploy" in json.dumps(body["global"])) is in_metadata
    assert ("bland_deploy" in json.dumps(body["call_objects"])) is in_metadata
    assert (body["description"] != "Hello") is in_description


def test_no_stamp_is_a_warning(workspace):
    for stamp in ("none", []):
        assert workspace.hello(stamp=stamp).lint().only("unstamped")["severity"] == "warning"


def test_a_description_without_room_keeps_its_text_and_a_note_says_so(workspace):
    description = "x" * 60
    assert workspace.body(description=description)["description"] == description
    assert [found["severity"] for found in workspace.lint().json["diagnostics"]] == ["note"]


def test_what_is_sent_is_what_was_shown_but_for_attempt_and_lineage(workspace):
    workspace.apply()
    workspace.people(ROW, {"phone_number": ALAN, "name": "Alan"})
    (shown,) = workspace.plan("--payloads", "--show-pii").json["campaigns"][0]["batches"]
    workspace.apply()
    last = rings(workspace.books)[-1]
    stamp = shown["request"]["body"]["global"]["metadata"]["bland_deploy"]
    assert {**last.stamp, "attempt": "0" * 16} == stamp
    assert len(last.stamp["attempt"]) == 16
    log = workspace.run("state", "show", "hello", "--format", "json").out
    assert shown["payload_sha256"] in log


# ---------------------------------------------------------------------- approval


def test_nobody_there_to_approve_is_6_and_says_how(workspace):
    done = workspace.run("apply", "--format", "json")
    assert done.code == 6
    assert "--auto-approve" in done.json["diagnostics"][0]["help"]
    assert workspace.rung() == []


def test_nothing_to_send_needs_no_approval(workspace):
    workspace.apply()
    assert workspace.run("apply").code == 0


def test_a_protected_environment_wants_more_than_auto_approve(workspace):
    workspace.settings({"guarded": {"provider": "sandbox", "protected": True}})
    done = workspace.apply("-e", "guarded")
    assert done.code == 6
    assert "--approved" in done.json["diagnostics"][0]["help"]
    digest = workspace.plan("-e", "guarded").json["digest"]
    assert workspace.run("apply", "-e", "guarded", "--approved", digest).code == 0
    assert workspace.rung() == [ADA, GRACE]


def test_an_approval_of_another_plan_is_9_whatever_else_is_given(workspace):
    digest = workspace.plan().json["digest"]
    workspace.hello(prompt="Changed after the review, {{name}}.")
    for more in ([], ["--auto-approve"]):
        done = workspace.run("apply", "--approved", digest, "--format", "json", *more)
        assert done.code == 9
    assert workspace.rung() == []


def test_an_approval_lasts_while_the_files_do(workspace):
    digest = workspace.plan("--at", AT).json["digest"]
    assert workspace.run("apply", "--approved", digest).code == 0
    assert workspace.run("apply", "--approved", digest).code == 0
    assert workspace.rung() == [ADA, GRACE]


# ---------------------------------------------------------------------- environments, CI, addresses


def test_a_folder_store_is_refused_in_ci_unless_loopback_sandbox_or_allowed(workspace, served):
    environments = {
        "far": {"base_url": "https://bland.invalid", "api_key": {"env": "A_KEY"}},
        "allowed": {"base_url": "https://bland.invalid", "api_key": {"env": "A_KEY"}, "folder_in_ci": True},
    }
    workspace.settings({**http(served), **environments})
    variables = {"A_KEY": "sk-x", "BLAND_DEPLOY_STATE_KEY": KEY, "CI": "true"}
    refused = workspace.apply("-e", "far", **variables)
    assert refused.code == 3
    assert "git+ref://" in refused.json["diagnostics"][0]["help"]
    assert workspace.plan("-e", "far", "--at", "2026-01-01T20:00:00Z", **variables).code == 0
    assert workspace.apply("-e", "remote", **variables).code == 0
    assert workspace.apply(CI="true").code == 0


def test_bland_base_url_fills_in_a_missing_address(workspace, served, tmp_path):
    workspace.settings({"open": {"api_key": {"env": "A_KEY"}, "state": "state/open"}})
    variables = {"A_KEY": "sk-x", "BLAND_DEPLOY_STATE_KEY": KEY, "BLAND_BASE_URL": served}
    assert workspace.apply("-e", "open", **variables).code == 0
    assert len(rings(tmp_path / "served.sqlite")) == 2


def test_bland_base_url_that_differs_is_3_and_the_sandbox_ignores_it(workspace, served):
    workspace.settings(http(served))
    assert remote(workspace, BLAND_BASE_URL="https://other.invalid").code == 3
    assert remote(workspace, BLAND_BASE_URL=f"{served}/").code == 0
    assert workspace.apply(BLAND_BASE_URL="https://other.invalid").code == 0


def test_loopback_addresses_bypass_proxies(workspace, served):
    workspace.settings(http(served))
    proxy = "http://127.0.0.1:9"
    assert remote(workspace, HTTP_PROXY=proxy, http_proxy=proxy, ALL_PROXY=proxy, all_proxy=proxy).code == 0


def test_a_key_may_lie_in_a_file_but_not_in_the_workspace_file(workspace, served):
    workspace.write("secret/key", "sk-from-file\n")
    workspace.settings(http(served, api_key={"file": "secret/key"}))
    assert workspace.apply("-e", "remote", BLAND_DEPLOY_STATE_KEY=KEY).code == 0
    workspace.settings(http(served, api_key="sk-canary-1234567890"))
    done = workspace.apply("-e", "remote", BLAND_DEPLOY_STATE_KEY=KEY)
    assert done.code == 3
    assert "sk-canary" not in done.everything + workspace.run("lint").everything


def test_encrypted_key_is_a_header_whose_value_is_never_shown(workspace, served):
    workspace.settings(http(served, encrypted_key={"env": "CARRIER_KEY"}))
    done = workspace.run("render", "hello", "-e", "remote", "--format", "json")
    assert sorted(done.json["requests"][0]["headers"]) == ["authorization", "content-type", "encrypted_key"]
    assert remote(workspace).code == 4
    done = remote(workspace, CARRIER_KEY="ek-canary")
    assert (done.code, "ek-canary" in done.everything) == (0, False)


# ---------------------------------------------------------------------- test mode of v1


def test_test_mode_dials_the_first_only_keeps_all_rows_and_excludes_the_others(workspace):
    for level in ("call", "batch"):
        workspace.hello(f"t-{level}", api="v1", **{level: {"test_mode": True}})
        (campaign,) = workspace.plan(f"t-{level}", "--payloads").json["campaigns"]
        assert (campaign["calls"]["create"], campaign["calls"]["excluded"]) == (1, 1)
        (batch,) = campaign["batches"]
        assert batch["calls"] == 1
        assert len(batch["request"]["body"]["call_data"]) == 2
        assert batch["request"]["body"]["metadata"]["bland_deploy"]["calls"] == 1
        done = workspace.apply(f"t-{level}")
        assert done.json["summary"]["sent"] == 1
        assert workspace.apply(f"t-{level}").json["summary"]["sent"] == 0


def test_after_a_test_the_others_are_called_and_the_first_is_not(workspace):
    workspace.hello(api="v1", call={"test_mode": True}).apply()
    workspace.hello(api="v1")
    assert workspace.counts() == {"create": 1, "sent": 1}
    workspace.apply()
    assert workspace.rung() == [ADA, GRACE]


# ---------------------------------------------------------------------- status and stop


def test_status_has_the_shape_of_the_contract(workspace):
    workspace.apply()
    document = workspace.run("status", "--format", "json").json
    (batch,) = document["batches"]
    assert document["format_version"] == 1
    assert batch.keys() >= {"campaign", "batch_id", "status", "calls", "successful", "failed"}
    assert (batch["campaign"], batch["calls"]) == ("hello", 2)


# ---------------------------------------------------------------------- several at once


def test_a_campaign_that_is_locked_is_9_and_another_is_not(workspace):
    workspace.hello("other").apply("other")
    with FileStore(workspace.root / ".bland-deploy/state/sandbox").lock("hello", 0.0):
        assert workspace.apply("hello").code == 9
        assert workspace.apply("other").code == 0
    assert workspace.apply("hello").code == 0


def test_a_new_workspace_lints_plans_and_applies_at_once(tmp_path):
    assert call(["init", str(tmp_path / "new")]).code == 0
    for command in (["lint"], ["plan"], ["apply", "-y"], ["apply"], ["status"], ["state", "verify"]):
        done = call(["-C", str(tmp_path / "new"), *command])
        assert (command, done.code) == (command, 0), done.everything
    assert rings(tmp_path / "new/.bland-deploy/sandbox.sqlite")


def test_init_never_overwrites(workspace):
    before = (workspace.root / "bland-deploy.yaml").read_bytes()
    assert call(["init", str(workspace.root)]).code == 3
    assert (workspace.root / "bland-deploy.yaml").read_bytes() == before


def test_stop_ends_what_was_sent_and_only_when_somebody_agrees(workspace):
    workspace.apply()
    assert workspace.run("stop").code == 6
    done = workspace.run("stop", "--yes", "--format", "json")
    assert done.code == 0
    assert done.json["format_version"] == 1
    assert workspace.apply().json["summary"]["sent"] == 0


def test_a_reset_of_the_sandbox_forgets_everybody(workspace):
    workspace.apply()
    assert workspace.run("sandbox", "reset").code == 6
    assert workspace.run("sandbox", "reset", "--yes").code == 0
    assert workspace.apply().json["summary"]["sent"] == 2


def test_the_log_can_be_looked_at(workspace):
    workspace.apply()
    assert workspace.run("state", "verify", "--format", "json").json["diagnostics"] == []
    shown = workspace.run("state", "show", "hello", "--format", "json").json
    assert [entry["kind"] for entry in shown["entries"]] == ["claim", "sending", "receipt", "verified"]
    listed = workspace.run("state", "list", "--format", "json")
    assert "hello" in listed.out


@pytest.mark.parametrize("base_url", ["http://api.example.com", "ftp://127.0.0.1", "https://user:pw@example.com", "x"])
def test_an_address_that_is_not_safe_is_3(workspace, base_url):
    workspace.settings(http(base_url))
    assert remote(workspace).code == 3


def test_a_store_that_is_not_known_is_3_before_anything_is_sent(workspace, served):
    workspace.settings(http(served, state="nfs://somewhere/state"))
    assert remote(workspace).code == 3
