"""`fmt` on the command line: what is written, what is shown, and how it ends."""

import stat
import subprocess
import sys

import pytest

UGLY = "campaign:   hello\nversion: 1\nprompt: 'Greet.'\nrecipients:\n    inline: [{phone_number: '+14155550100'}]\n"
NICE = 'version: 1\ncampaign: hello\nprompt: Greet.\nrecipients:\n  inline: [{phone_number: "+14155550100"}]\n'


@pytest.fixture
def ugly(workspace):
    workspace.write("bland-deploy.yaml", "version: 1\ncampaigns: [campaigns/*.yaml]\n")
    workspace.write("campaigns/hello.yaml", UGLY)
    return workspace


def campaign(workspace):
    return (workspace.root / "campaigns/hello.yaml").read_text()


def test_the_whole_workspace_is_formatted_and_the_files_are_named(ugly):
    done = ugly.run("fmt")
    assert (done.code, done.out) == (0, "")
    assert campaign(ugly) == NICE
    assert "campaigns/hello.yaml" in done.err
    assert done.err.endswith("1 formatted, 1 unchanged\n")
    assert ugly.run("fmt").err == "2 unchanged\n"
    assert ugly.lint().code == 0


@pytest.mark.parametrize("name", ["hello", "campaigns/hello.yaml"])
def test_a_campaign_is_named_by_id_or_by_path_from_the_workspace(ugly, name):
    assert ugly.run("fmt", name).code == 0
    assert campaign(ugly) == NICE


def test_files_need_no_workspace(tmp_path, monkeypatch):
    (tmp_path / "one.yaml").write_text(UGLY)
    monkeypatch.chdir(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-m", "bland_deploy", "fmt", "one.yaml"], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == "formatted one.yaml\n1 formatted, 0 unchanged\n"
    assert (tmp_path / "one.yaml").read_text() == NICE


def test_the_workspace_file_is_named_like_any_other(ugly):
    ugly.write("bland-deploy.yaml", "campaigns: [campaigns/*.yaml]\nversion: 1\n")
    assert ugly.run("fmt", "bland-deploy.yaml").err.endswith("1 formatted, 0 unchanged\n")
    assert campaign(ugly) == UGLY


def test_check_names_what_would_change_and_writes_nothing(ugly):
    done = ugly.run("fmt", "--check")
    assert done.code == 3
    assert done.out.endswith("campaigns/hello.yaml\n")
    assert campaign(ugly) == UGLY
    ugly.run("fmt")
    assert ugly.run("fmt", "--check").code == 0


def test_diff_shows_lines_with_numbers_masked_and_writes_nothing(ugly):
    done = ugly.run("fmt", "--diff")
    assert done.code == 0
    assert "\n-prompt: 'Greet.'\n" in done.out
    assert "\n+prompt: Greet.\n" in done.out
    assert "4155550100" not in done.everything
    assert "\x1b" not in done.out
    assert "\x1b[32m+prompt" in ugly.run("fmt", "--diff", FORCE_COLOR="1").out
    assert ugly.run("fmt", "--check", "--diff").code == 3
    assert campaign(ugly) == UGLY


def test_a_file_with_errors_is_left_alone_and_the_others_are_formatted(ugly):
    ugly.write("campaigns/broken.yaml", "campaign:  broken\n  b: 1\n")
    done = ugly.run("fmt")
    assert done.code == 3
    assert "broken.yaml:2" in done.err
    assert (ugly.root / "campaigns/broken.yaml").read_text() == "campaign:  broken\n  b: 1\n"
    assert campaign(ugly) == NICE


def test_what_is_no_campaign_is_named_with_the_way_out(ugly):
    done = ugly.run("fmt", "helo")
    assert done.code == 3
    assert "did you mean hello?" in done.err


def filtered(text, *options):
    return subprocess.run(
        [sys.executable, "-m", "bland_deploy", "fmt", "-", *options], input=text, capture_output=True, check=False
    )


def test_stdin_goes_to_stdout():
    ended = filtered(UGLY.encode())
    assert (ended.returncode, ended.stdout.decode(), ended.stderr) == (0, NICE, b"")
    assert filtered(UGLY.encode(), "--check").returncode == 3
    assert filtered(NICE.encode(), "--check").returncode == 0
    assert b"+prompt: Greet." in filtered(UGLY.encode(), "--diff").stdout


@pytest.mark.parametrize("text", [b"a: b: c\n", b"\xff\xfea", b"a: \xff\n"])
def test_stdin_that_cannot_be_read_gives_nothing(text):
    ended = filtered(text)
    assert (ended.returncode, ended.stdout) == (3, b"")
    assert b"<stdin>" in ended.stderr


def test_permissions_and_links_stay(ugly):
    path = ugly.root / "campaigns/hello.yaml"
    path.rename(ugly.root / "real.yaml")
    path.symlink_to(ugly.root / "real.yaml")
    (ugly.root / "real.yaml").chmod(0o640)
    assert ugly.run("fmt").code == 0
    assert path.is_symlink()
    assert campaign(ugly) == NICE
    assert stat.S_IMODE((ugly.root / "real.yaml").stat().st_mode) == 0o640


def test_a_folder_that_takes_no_files_leaves_the_file_as_it_was(ugly):
    # a name that leaves no room for the temporary one beside it
    path = ugly.write(f"campaigns/{'n' * 250}.yaml", UGLY)
    done = ugly.run("fmt", str(path))
    assert done.code == 3
    assert "cannot be written" in done.err
    assert path.read_text() == UGLY
    assert {found.name for found in path.parent.iterdir()} == {"hello.yaml", path.name}
