"""`doctor`: what it finds well, what it finds wrong, and that it shows no secret."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from bland_deploy.client.connection import Clock, Credentials, Manners, open_client
from bland_deploy.model.workspace import Environment
from bland_deploy.operations.doctor.program import check_extras
from bland_deploy.operations.doctor.target import check_account, check_state
from bland_deploy.state.backends.memory import MemoryStore
from tests.cli.workspace import Workspace, call

KEY = "sk-not-a-real-key-0000"


@pytest.fixture
def begun(tmp_path):
    """A folder as `init` leaves it, in a git repository."""
    root = tmp_path / "w"
    assert call(["init", str(root)]).code == 0
    git(root, "init", "--quiet")
    return root


def git(root, *arguments):
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


def doctor(root, *arguments, **variables):
    """How it ended, its checks by subject, its settings by name."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        done = call(["-C", str(root), "doctor", "--format", "json", *arguments])
    assert KEY not in done.everything
    found = done.json
    checks = {check["subject"]: check for check in found["checks"]}
    return done.code, checks, {item["name"]: (item["value"], item["source"]) for item in found["settings"]}


def test_all_is_well_after_init(begun):
    code, checks, _ = doctor(begun)
    assert code == 0
    assert {subject for subject, check in checks.items() if check["health"] == "warning"} == {"git hooks"}
    assert {check["health"] for check in checks.values()} <= {"well", "note", "warning"}
    assert "1 campaign" in checks["workspace"]["message"]
    done = call(["-C", str(begun), "doctor"])
    assert done.out.endswith("\n1 warning\n")
    assert re.search(r"^well     state key +set, and readable by nobody else$", done.out, re.MULTILINE)


def test_nothing_is_changed(begun):
    def tree():
        return {path: path.stat().st_mtime_ns for path in begun.rglob("*") if ".git/" not in str(path)}

    before = tree()
    doctor(begun)
    doctor(begun, "-e", "production")
    assert tree() == before


def test_without_a_workspace_it_says_so(tmp_path):
    code, checks, _ = doctor(tmp_path)
    assert (code, checks["workspace"]["exit_code"]) == (3, 3)
    assert "init" in checks["workspace"]["help"]


def test_a_workspace_with_errors_is_left_to_lint(begun):
    (begun / "bland-deploy.yaml").write_text("version: 2\nodd: 1\n")
    code, checks, _ = doctor(begun)
    assert code == 3
    assert checks["workspace"]["message"] == "bland-deploy.yaml has 2 problems"
    assert "lint" in checks["workspace"]["help"]


def test_an_environment_that_there_is_not_is_named(begun):
    code, checks, _ = doctor(begun, "-e", "prodution")
    assert (code, checks["environment"]["help"]) == (3, "did you mean production?")


def test_a_workspace_without_campaigns_is_a_warning(begun):
    (begun / "campaigns/hello.yaml").unlink()
    code, checks, _ = doctor(begun)
    assert (code, checks["workspace"]["health"]) == (0, "warning")


def test_a_missing_key_is_told_and_a_present_one_never_shown(begun):
    code, checks, settings = doctor(begun, "-e", "production")
    assert (code, checks["API key"]["health"]) == (4, "error")
    assert settings["api_key"] == ("not set", "BLAND_API_KEY")
    code, checks, settings = doctor(begun, "-e", "production", BLAND_API_KEY=KEY)
    assert (code, checks["API key"]["health"]) == (0, "well")
    assert settings["api_key"] == ("set", "BLAND_API_KEY")
    assert checks["account"]["message"] == "not asked"


def test_every_setting_says_what_gave_it(begun):
    _, _, settings = doctor(begun, "-q", BLAND_DEPLOY_ENV="production")
    assert settings["environment"] == ("production", "BLAND_DEPLOY_ENV")
    assert settings["--quiet"] == ("yes", "flag")
    assert settings["workspace"] == (str(begun), "flag")
    assert settings["limits.max_calls_per_apply"] == ("100", "bland-deploy.yaml")
    assert settings["prices.minute"] == ("0.14", "default")
    assert settings["state"] == ("state/production", "bland-deploy.yaml")
    assert settings["settle"] == ("20s", "default")
    assert settings["state key"] == ("set", "the file .bland-deploy/state.key")
    _, _, settings = doctor(begun, "-e", "sandbox", BLAND_DEPLOY_ENV="production", BLAND_DEPLOY_STATE_KEY="ab" * 32)
    assert settings["environment"] == ("sandbox", "flag")
    assert settings["state key"] == ("set", "BLAND_DEPLOY_STATE_KEY")
    assert doctor(begun)[2]["environment"] == ("sandbox", "default_environment")


def test_values_of_variables_are_not_shown(begun):
    done = call(["-C", str(begun), "--var", f"token={KEY}", "doctor"])
    assert KEY not in done.everything
    assert "token" in done.out


def test_a_base_url_may_come_from_the_environment_and_must_not_differ(tmp_path):
    workspace = Workspace(tmp_path).hello()
    workspace.settings({"plain": {}, "set": {"base_url": "https://one.example.com"}})
    given = {"BLAND_BASE_URL": "https://two.example.com"}
    assert doctor(tmp_path, "-e", "plain", **given)[2]["base_url"] == ("https://two.example.com", "BLAND_BASE_URL")
    code, checks, settings = doctor(tmp_path, "-e", "set", **given)
    assert code == 4  # the key is missing too
    assert checks["address"]["health"] == "error"
    assert settings["base_url"][0] == "refused"


def test_the_state_key_must_be_there_and_be_ours_alone(begun):
    key = begun / ".bland-deploy/state.key"
    key.chmod(0o644)
    code, checks, _ = doctor(begun)
    assert (code, checks["state key"]["health"]) == (0, "warning")
    assert "chmod 600" in checks["state key"]["help"]
    key.write_text("not a key")
    code, checks, _ = doctor(begun)
    assert (code, checks["state key"]["health"]) == (4, "error")
    key.unlink()
    assert doctor(begun)[1]["state key"]["health"] == "note"
    code, checks, _ = doctor(begun, "-e", "production")
    assert (code, checks["state key"]["health"]) == (4, "error")


def test_what_git_would_publish_is_an_error(begun):
    (begun / ".gitignore").write_text("")
    (begun / ".bland-deploy/.gitignore").unlink()
    code, checks, _ = doctor(begun)
    assert (code, checks["git"]["message"]) == (3, "git does not ignore .bland-deploy/, where the state key lies")
    git(begun, "add", ".bland-deploy/state.key")
    code, checks, _ = doctor(begun)
    assert code == 3
    assert "git tracks files of .bland-deploy/" in checks["git"]["message"]


def test_hooks_are_looked_for(begun):
    (begun / ".pre-commit-config.yaml").unlink()
    assert doctor(begun)[1]["git hooks"]["health"] == "note"
    (begun / ".pre-commit-config.yaml").write_text("repos: [{hooks: [{id: bland-deploy-lint}]}]\n")
    assert doctor(begun)[1]["git hooks"]["help"] == "pre-commit install"
    hook = begun / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n")
    assert doctor(begun)[1]["git hooks"]["health"] == "well"


def test_schemas_are_compared_with_this_version(begun):
    schema = begun / "schemas/campaign.schema.json"
    schema.write_text("{}")
    checks = doctor(begun)[1]
    assert checks["editors"]["health"] == "warning"
    assert checks["editors"]["help"] == "bland-deploy schema campaign > schemas/campaign.schema.json"
    schema.unlink()
    assert doctor(begun)[1]["editors"]["health"] == "warning"
    campaign = begun / "campaigns/hello.yaml"
    campaign.write_text(campaign.read_text().partition("\n")[2])
    assert doctor(begun)[1]["editors"]["message"] == "campaigns/hello.yaml names no schema"


def test_a_folder_as_store_is_refused_in_ci(begun):
    code, checks, _ = doctor(begun, "-e", "production", CI="true", BLAND_API_KEY=KEY)
    assert (code, checks["state"]["exit_code"]) == (3, 3)


def test_a_store_is_asked_whether_it_creates_twice_and_logs_are_read(begun):
    assert call(["-C", str(begun), "apply", "--auto-approve"]).code == 0
    code, checks, _ = doctor(begun)
    assert code == 0
    assert "1 log, and nothing is created twice" in checks["state"]["message"]
    manifest = begun / ".bland-deploy/state/sandbox/hello/manifest.json"
    manifest.write_text(manifest.read_text().replace("1", "2"))
    code, checks, _ = doctor(begun)
    assert (code, checks["log of hello"]["health"]) == (9, "error")


def test_a_store_that_cannot_be_is_told(tmp_path):
    workspace = Workspace(tmp_path).hello()
    workspace.settings({"odd": {"base_url": "http://127.0.0.1:9", "state": "carrier+pigeon://coop"}})
    assert "no state store" in doctor(tmp_path, "-e", "odd", BLAND_API_KEY=KEY)[1]["state"]["message"]
    workspace.settings({"odd": {"base_url": "http://127.0.0.1:9", "state": "../elsewhere"}})
    assert "outside the workspace" in doctor(tmp_path, "-e", "odd")[1]["state"]["message"]


class Overwriting(MemoryStore):
    """A store without create-if-absent."""

    def create(self, name, data):
        super().create(name, data)
        return True


def test_a_store_that_creates_what_exists_is_refused():
    store = Overwriting()
    store.create("hello/manifest.json", b"{}")
    first, *_ = check_state(Environment(provider="sandbox"), store, "x", {})
    assert (first.health, first.exit_code) == ("error", 9)
    assert "call people twice" in first.message


def test_online_asks_the_provider(tmp_path, served):
    workspace = Workspace(tmp_path).hello()
    workspace.settings({"local": {"base_url": served, "api_key": {"env": "LOCAL_KEY"}}})
    code, checks, _ = doctor(tmp_path, "-e", "local", "--online", LOCAL_KEY=KEY, BLAND_DEPLOY_STATE_KEY="ab" * 32)
    assert code == 0
    assert checks["account"]["message"].endswith("takes the key")
    assert checks["clock"]["health"] == "well"
    code, checks, _ = doctor(tmp_path, "-e", "local", "--online", LOCAL_KEY="wrong", BLAND_DEPLOY_STATE_KEY="ab" * 32)
    assert (code, checks["account"]["exit_code"]) == (4, 4)
    code, checks, _ = doctor(tmp_path, "-e", "local", "--online", BLAND_DEPLOY_STATE_KEY="ab" * 32)
    assert (code, checks["account"]["exit_code"]) == (4, 4)


def answering(status, ahead=timedelta(0)):
    now = datetime(2026, 3, 2, 15, tzinfo=UTC)
    headers = {"date": format_datetime(now + ahead, usegmt=True)}
    reply = httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, json={"status": "success"}))
    with open_client("https://api.example.com", Credentials(KEY, None), transport=reply) as client:
        return {check.subject: check for check in check_account(client, now)}


def test_a_clock_that_is_off_is_a_warning():
    assert answering(200)["clock"].health == "well"
    assert "90 s ahead of" in answering(200, -timedelta(seconds=90))["clock"].message
    assert "90 s behind" in answering(200, timedelta(seconds=90))["clock"].message


def test_a_provider_that_cannot_be_reached_is_an_error():
    def refuse(_request):
        raise httpx.ConnectError("no")

    manners = Manners(clock=Clock(sleep=lambda _seconds: None))
    transport = httpx.MockTransport(refuse)
    with open_client("https://api.example.com", Credentials(KEY, None), transport, manners) as client:
        (only,) = check_account(client, datetime.now(UTC))
    assert (only.health, only.exit_code) == ("error", 5)


def test_an_address_that_knows_no_accounts_is_a_warning():
    assert answering(404)["account"].health == "warning"


def test_extras_are_read_from_the_package():
    wanted = ["click>=8", "httpx>=0 ; extra == 'one'", 'no-such-thing>=1; extra == "two"', "x; extra == 'dev'"]
    assert [(check.subject, check.health.value) for check in check_extras(wanted)] == [
        ("extra one", "well"),
        ("extra two", "note"),
    ]


def test_the_document_has_its_version(begun):
    document = json.loads(call(["-C", str(begun), "doctor", "--format", "json"]).out)
    assert document["format_version"] == 1
    assert document["diagnostics"] == []
