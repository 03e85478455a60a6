"""What a command imports before it answers: start-up is most of a short run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bland_deploy.cli.app import COMMANDS, app
from bland_deploy.views import diagnostics, plan, rules

ROOT = Path(__file__).parents[2]
SLOW = {"pydantic", "jinja2", "httpx", "ruamel", "phonenumbers", "rich", "sqlite3", "orjson", "email"}
SHOW = """
import json, sys
from bland_deploy.cli.boundary import run
for line in sys.argv[1:]:
    run(line.split())
    print(file=sys.stderr)
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
SHOW_WHOLE = """
import json, sys
from bland_deploy.__main__ import main
sys.argv[1:] = sys.argv[1].split()
try:
    main()
finally:
    print(file=sys.stderr)
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
# what a plan can do without that asks for no times and no list elsewhere: of ours, and of what costs a hundredth of it
WITHOUT = (
    "operations.guards.calling",
    "operations.plans.timing",
    "recipients.elsewhere",
    "rules.registry",
    "windows.window",
)
UNNEEDED = ("asyncio", "email", "html", "http", "importlib.metadata", "importlib.resources", "socket", "zipfile")
NETWORK = ("httpx", "rich", "sqlite3", "bland_deploy.client", "bland_deploy.sandbox")
MOST_MODULES = 590


def plain():
    """The environment without coverage's measuring, which imports modules of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


def imported(*lines, show=SHOW):
    """The modules that are loaded after some command lines, one after the other in one process."""
    command = [sys.executable, "-c", show, *lines]
    done = subprocess.run(command, cwd=ROOT, env=plain(), capture_output=True, check=True, text=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_of_every_command_imports_nothing_slow():
    modules = imported("--help", *(f"{name} --help" for name in COMMANDS), "sandbox serve --help", "state list --help")
    assert not modules & SLOW
    assert not [name for name in modules if name.startswith(("bland_deploy.operations", "bland_deploy.views"))]


@pytest.mark.parametrize(
    ("name", "formats"),
    [("plan", plan.FORMATS), ("lint", diagnostics.FORMATS), ("no-pii", diagnostics.FORMATS), ("rules", rules.FORMATS)],
)
def test_the_formats_that_a_command_offers_without_importing_them_are_those_there_are(name, formats):
    command = app.get_command(click.Context(app), name)
    (offered,) = [parameter.type.choices for parameter in command.params if parameter.name == "format_"]
    assert list(offered) == list(formats)


@pytest.mark.parametrize(
    ("line", "unneeded"),
    [
        (
            "lint --no-cache",
            ("httpx", "rich", "sqlite3", "bland_deploy.state", "bland_deploy.client", "bland_deploy.sandbox"),
        ),
        ("plan", NETWORK),
    ],
)
def test_a_command_imports_only_what_it_works_with(line, unneeded):
    modules = imported(f"-C {ROOT} {line}")
    assert not [name for name in modules if name.startswith(unneeded)]


def test_the_version_is_said_before_anything_is_imported():
    command = [sys.executable, "-X", "importtime", "-m", "bland_deploy", "--version"]
    done = subprocess.run(command, cwd=ROOT, env=plain(), capture_output=True, check=True, text=True)
    assert done.stdout.startswith("bland-deploy ")
    assert "click" not in done.stderr


def test_a_small_plan_imports_no_more_than_it_did():
    modules = imported(f"-C {ROOT} plan appointment-check", show=SHOW_WHOLE)
    assert not modules & {*UNNEEDED}
    assert not modules & {f"bland_deploy.{name}" for name in WITHOUT}
    assert len(modules) <= MOST_MODULES


def test_models_are_built_when_they_are_first_used():
    built = "[name for name, one in vars(entries).items() if getattr(one, '__pydantic_complete__', False)]"
    command = [sys.executable, "-c", f"from bland_deploy.model import entries; print({built})"]
    done = subprocess.run(command, env=plain(), capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
