import copy
import os
import pickle
import stat
import subprocess
import sys

import pytest

from bland_deploy.errors import AuthenticationFailed, ExitCode, InvalidInput
from bland_deploy.model.capability import Capability, Delay
from bland_deploy.model.references import SecretReference
from bland_deploy.model.workspace import Environment, Workspace
from bland_deploy.operations.probe.judge import judge
from bland_deploy.settings import (
    Secret,
    check_store,
    choose_environment,
    default_settle,
    in_ci,
    is_loopback,
    make_settings,
    read_api_key,
    read_secret,
    read_state_key,
    resolve_base_url,
    state_key_warnings,
    state_location,
    write_state_key,
)
from bland_deploy.settings.capability import safe_settle

KEY = "ab" * 32


def environment(**values):
    return Environment.model_validate(values)


def workspace(**values):
    return Workspace.model_validate(values)


THREE = workspace(environments={"sandbox": {"provider": "sandbox"}, "production": {}, "local": {}})


def test_a_secret_shows_itself_to_nobody_but_reveal():
    secret = Secret("sk-hidden")
    assert secret.reveal() == "sk-hidden"
    assert "hidden" not in f"{secret} {secret!r} {[secret]}"
    for write in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            write(secret)


def test_the_named_environment_is_chosen_then_the_default_then_the_only_one():
    assert choose_environment(THREE, "production")[0] == "production"
    assert choose_environment(THREE.model_copy(update={"default_environment": "local"}), None)[0] == "local"
    assert choose_environment(workspace(), None) == ("sandbox", workspace().environments["sandbox"])


@pytest.mark.parametrize(
    ("name", "words"),
    [(None, "-e: sandbox, production, local"), ("prodction", "did you mean production?"), ("x", "are sandbox")],
)
def test_no_environment_is_guessed(name, words):
    with pytest.raises(InvalidInput) as refused:
        choose_environment(THREE, name)
    assert refused.value.exit_code is ExitCode.INVALID
    assert words in refused.value.help


def test_a_workspace_without_environments_says_so():
    for name in (None, "x"):
        with pytest.raises(InvalidInput):
            choose_environment(workspace(environments={}), name)


@pytest.mark.parametrize(
    ("written", "given", "expected"),
    [
        (None, None, "https://api.bland.ai"),
        (None, "", "https://api.bland.ai"),
        (None, "http://127.0.0.1:8787/", "http://127.0.0.1:8787"),
        ("https://us.api.bland.ai/", None, "https://us.api.bland.ai"),
        ("HTTPS://API.bland.ai:443", "https://api.bland.ai/", "https://api.bland.ai"),
        ("http://[::1]:80/a/", None, "http://[::1]/a"),
    ],
)
def test_the_address_is_as_written_or_as_given(written, given, expected):
    variables = {} if given is None else {"BLAND_BASE_URL": given}
    assert resolve_base_url(environment(base_url=written), variables) == expected


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("https://api.bland.ai", "http://127.0.0.1:8787"),
        ("http://api.bland.ai", None),
        (None, "http://127.1:80"),
        (None, "http://localhost.example.com"),
        (None, "api.bland.ai"),
        (None, "ftp://127.0.0.1"),
        (None, "https://"),
        (None, "https://user:pass@api.bland.ai"),
        (None, "https://api.bland.ai/?key=1"),
        (None, "https://api.bland.ai/#x"),
        (None, "https://api bland.ai"),
        (None, "https://api.bland.ai:99999"),
        (None, "https://[::1"),
    ],
)
def test_two_addresses_or_a_wrong_one_are_refused(written, given):
    with pytest.raises(InvalidInput) as refused:
        resolve_base_url(environment(base_url=written), {} if given is None else {"BLAND_BASE_URL": given})
    assert refused.value.exit_code is ExitCode.INVALID
    assert "pass" not in refused.value.message


def test_the_sandbox_ignores_every_address():
    assert resolve_base_url(environment(provider="sandbox"), {"BLAND_BASE_URL": "nonsense"}) is None


def test_loopback_is_this_machine_only():
    assert all(map(is_loopback, ["http://localhost:1", "http://a.localhost", "http://127.9.9.9", "http://[::1]:8"]))
    assert not any(map(is_loopback, ["https://api.bland.ai", "http://10.0.0.1", "http://0.0.0.0", "nonsense"]))


def test_settling_takes_twenty_seconds_unless_written_or_here():
    assert default_settle(environment(), "https://api.bland.ai") == 20
    assert default_settle(environment(), "http://127.0.0.1") == 0
    assert default_settle(environment(provider="sandbox"), None) == 0
    assert default_settle(environment(settle="5s"), "http://127.0.0.1") == 5


@pytest.mark.parametrize(("measured", "settle"), [(None, 20), (0.0, 20), (6.6, 20), (6.7, 20.1), (120.3, 360.9)])
def test_a_measured_lag_only_makes_settle_longer(measured, settle):
    assert safe_settle(20.0, lagging(measured)) == settle
    assert safe_settle(20.0, None) == 20


def lagging(seconds):
    unknown = judge("v1", [])
    v2 = unknown.model_copy(update={"list_delay": Delay(longest=seconds, listed=1, missing=0)})
    return Capability(
        format_version=1,
        environment="production",
        base_url=None,
        account=None,
        probed_at="2026-03-02T17:00:00Z",
        program="0",
        calls=0,
        dialled=0,
        v1=unknown,
        v2=v2,
    )


@pytest.mark.parametrize("value", [None, "", "false", "0", "False "])
def test_ci_is_not_set_to_nothing(value):
    assert not in_ci({} if value is None else {"CI": value})


@pytest.mark.parametrize("value", ["true", "1", "yes"])
def test_ci_is_set_to_anything_else(value):
    assert in_ci({"CI": value})


def test_a_secret_is_read_from_a_variable_or_a_file(tmp_path):
    (tmp_path / "key").write_bytes(b"sk-file\r\n")
    assert read_secret(SecretReference(env="K", file=None), tmp_path, {"K": "sk-env"}).reveal() == "sk-env"
    assert read_secret(SecretReference(env=None, file="key"), tmp_path, {}).reveal() == "sk-file"


@pytest.mark.parametrize("value", [None, "", "  ", "sk-a b", "sk-a\n", "\tsk-a", "sk-é", "sk-\x00"])
def test_a_missing_or_misshapen_key_is_named_and_not_shown(tmp_path, value):
    with pytest.raises(AuthenticationFailed) as refused:
        read_secret(SecretReference(env="MY_KEY", file=None), tmp_path, {} if value is None else {"MY_KEY": value})
    assert refused.value.exit_code is ExitCode.AUTHENTICATION
    assert "MY_KEY" in refused.value.message
    assert "sk-" not in f"{refused.value.message} {refused.value.help}"


@pytest.mark.parametrize("name", ["absent", "folder", "empty", "binary", "large", "pipe"])
def test_a_key_file_that_holds_no_key_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "large").write_bytes(b"x" * 10_000)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AuthenticationFailed) as refused:
        read_secret(SecretReference(env=None, file=name), tmp_path, {})
    assert name in refused.value.message


def test_a_key_file_lies_inside_the_workspace(tmp_path):
    (tmp_path / "key").write_text("sk-x")
    with pytest.raises(InvalidInput):
        read_secret(SecretReference(env=None, file="../key"), tmp_path / "workspace", {})


def test_the_sandbox_has_a_key_of_its_own_and_bland_the_usual_variable(tmp_path):
    assert read_api_key(environment(provider="sandbox"), tmp_path, {}).reveal() == "sk-sandbox"
    assert read_api_key(environment(), tmp_path, {"BLAND_API_KEY": "sk-x"}).reveal() == "sk-x"
    with pytest.raises(AuthenticationFailed, match="BLAND_API_KEY is not set"):
        read_api_key(environment(), tmp_path, {})


def test_state_lies_in_a_folder_inside_or_in_a_store(tmp_path):
    root = os.path.realpath(tmp_path)
    assert state_location(environment(), "production", tmp_path) == f"{root}/state/production"
    assert state_location(environment(provider="sandbox"), "sandbox", tmp_path) == f"{root}/.bland-deploy/state/sandbox"
    assert state_location(environment(state="s/x/"), "production", tmp_path) == f"{root}/s/x"
    url = "git+ref://origin/bland-state"
    assert state_location(environment(state=url), "production", tmp_path) == url
    for outside in ("../state", "/state", ""):
        with pytest.raises(InvalidInput):
            state_location(environment(state=outside), "production", tmp_path)


def test_a_folder_store_is_refused_in_ci_unless_it_may_be():
    remote, here = "https://api.bland.ai", "http://127.0.0.1:1"
    with pytest.raises(InvalidInput, match="CI is set"):
        check_store(environment(), "/x/state", remote, {"CI": "true"})
    check_store(environment(), "/x/state", remote, {})
    check_store(environment(folder_in_ci=True), "/x/state", remote, {"CI": "true"})
    check_store(environment(), "/x/state", here, {"CI": "true"})
    check_store(environment(provider="sandbox"), "/x/state", None, {"CI": "true"})
    check_store(environment(), "git+ref://origin/x", remote, {"CI": "true"})


def test_the_state_key_comes_from_the_variable_before_the_file(tmp_path):
    assert read_state_key(tmp_path, {}) is None
    written = write_state_key(tmp_path)
    assert read_state_key(tmp_path, {}) == read_state_key(tmp_path, {"BLAND_DEPLOY_STATE_KEY": ""}) == written
    assert read_state_key(tmp_path, {"BLAND_DEPLOY_STATE_KEY": KEY.upper()}) == bytes.fromhex(KEY)


@pytest.mark.parametrize("value", ["ab", KEY + "00", KEY[:-1] + "g", " ", KEY[:32] + " " + KEY[32:]])
def test_a_state_key_of_another_form_is_refused_and_not_shown(tmp_path, value):
    (tmp_path / ".bland-deploy").mkdir()
    (tmp_path / ".bland-deploy/state.key").write_text(value)
    for variables in ({}, {"BLAND_DEPLOY_STATE_KEY": value}):
        with pytest.raises(AuthenticationFailed, match="64 hexadecimal digits") as refused:
            read_state_key(tmp_path, variables)
        assert value.strip()[:20] not in refused.value.message or len(value) < 20


def test_a_state_key_that_cannot_be_read_is_never_taken_as_none(tmp_path):
    (tmp_path / ".bland-deploy/state.key").mkdir(parents=True)
    with pytest.raises(AuthenticationFailed):
        read_state_key(tmp_path, {})
    (tmp_path / ".bland-deploy/state.key").rmdir()
    (tmp_path / ".bland-deploy/state.key").write_bytes(b"\xff" * 64)
    with pytest.raises(AuthenticationFailed):
        read_state_key(tmp_path, {})


def test_a_state_key_is_made_once_for_this_user_and_ignored_by_git(tmp_path):
    key = write_state_key(tmp_path)
    assert len(key) == 32
    assert write_state_key(tmp_path) == key
    file = tmp_path / ".bland-deploy/state.key"
    assert file.read_text() == key.hex() + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == [".gitignore", "state.key"]
    assert (file.parent / ".gitignore").read_text() == "*\n"


def test_of_two_that_make_the_key_at_once_both_get_the_same(tmp_path):
    program = (
        "import sys, pathlib; from bland_deploy.settings import write_state_key;"
        "sys.stdin.readline(); print(write_state_key(pathlib.Path(sys.argv[1])).hex())"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    for run in runs:
        run.stdin.write(b"go\n")
        run.stdin.flush()
    assert len({run.communicate(timeout=30)[0] for run in runs}) == 1


def test_a_key_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / ".bland-deploy").write_text("in the way")
    with pytest.raises(AuthenticationFailed, match="cannot be written"):
        write_state_key(tmp_path)
    assert read_state_key(tmp_path, {}) is None


def test_a_state_key_that_others_may_read_is_warned_of(tmp_path):
    assert state_key_warnings(tmp_path, {}) == ()
    write_state_key(tmp_path)
    assert state_key_warnings(tmp_path, {}) == ()
    (tmp_path / ".bland-deploy/state.key").chmod(0o644)
    assert [found.rule for found in state_key_warnings(tmp_path, {})] == ["readable-state-key"]
    assert state_key_warnings(tmp_path, {"BLAND_DEPLOY_STATE_KEY": KEY}) == ()


def test_settings_bring_it_all_together(tmp_path):
    given = {"BLAND_API_KEY": "sk-x", "CARRIER": "ck-y", "BLAND_DEPLOY_STATE_KEY": KEY, "CI": "1"}
    chosen = workspace(
        environments={
            "production": {"encrypted_key": {"env": "CARRIER"}, "protected": True, "limits": {"max_calls_per_apply": 5}}
        }
    )
    settings = make_settings(chosen, None, tmp_path, given)
    assert (settings.environment, settings.base_url, settings.settle) == ("production", "https://api.bland.ai", 20.0)
    assert (settings.api_key.reveal(), settings.encrypted_key.reveal()) == ("sk-x", "ck-y")
    assert (settings.protected, settings.in_ci, settings.is_loopback) == (True, True, False)
    assert settings.limits.max_calls_per_apply == 5
    assert not any(secret in repr(settings) for secret in ("sk-x", "ck-y", KEY, str(bytes.fromhex(KEY))))


def test_a_plan_needs_no_key(tmp_path):
    settings = make_settings(THREE, "production", tmp_path, {}, needs_key=False)
    assert (settings.api_key, settings.encrypted_key, settings.state_key) == (None, None, None)


def test_the_sandbox_needs_nothing(tmp_path):
    settings = make_settings(workspace(), None, tmp_path, {})
    assert (settings.base_url, settings.is_loopback, settings.settle) == (None, False, 0.0)
    assert settings.api_key.reveal() == "sk-sandbox"
