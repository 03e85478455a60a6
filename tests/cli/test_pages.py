"""Pages of `--help` that were written before are what the commands say."""

import os
import subprocess
import sys

import pytest

from bland_deploy.cli.app import COMMANDS, app
from bland_deploy.cli.pages import page


def answered(arguments, **environment):
    """What the program prints, and whether click was imported for it."""
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | environment
    command = [sys.executable, "-X", "importtime", "-m", "bland_deploy", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, check=True)
    return done.stdout, "click.core" in done.stderr


@pytest.mark.parametrize("columns", [80, 110])
@pytest.mark.parametrize("path", [[], *([name] for name in COMMANDS), ["state", "show"], ["ci", "comment"]])
def test_a_page_is_what_the_command_says(path, columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    app.main([*path, "--help"], prog_name="bland-deploy", standalone_mode=False)
    assert page([*path, "--help"]) == capsys.readouterr().out


def test_a_page_takes_nothing_to_be_made():
    wide, narrow = answered(["plan", "--help"], COLUMNS="200"), answered(["plan", "--help"])
    assert not wide[1]
    assert not narrow[1]
    assert max(map(len, narrow[0].splitlines())) <= 80 < max(map(len, wide[0].splitlines()))


@pytest.mark.parametrize("columns", ["60", "97"])
def test_another_width_is_answered_by_the_command(columns):
    out, was_imported = answered(["plan", "--help"], COLUMNS=columns)
    assert out.startswith("Usage: bland-deploy plan")
    assert was_imported


@pytest.mark.parametrize(
    "arguments", [["--help", "plan"], ["plan", "-h"], ["nothing", "--help"], ["plan", "x", "--help"], []]
)
def test_other_questions_have_no_page(arguments, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert page(arguments) is None


def test_nobody_reads_the_page_any_more():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "bland_deploy", "--help"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
