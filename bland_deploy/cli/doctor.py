"""`bland-deploy doctor`: what a person needs to know when something is wrong."""

import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.root import find_root
from bland_deploy.cli.session import open_provider
from bland_deploy.documents.load import LoadedWorkspace, load_workspace
from bland_deploy.errors import DeployError, ExitCode
from bland_deploy.model.checkup import Check, Checkup, Health, Setting, failed
from bland_deploy.model.workspace import Environment, Workspace
from bland_deploy.operations.doctor.files import check_editors, check_git, check_workspace
from bland_deploy.operations.doctor.program import check_program
from bland_deploy.operations.doctor.settings import settings_of
from bland_deploy.operations.doctor.target import (
    check_account,
    check_address,
    check_capability,
    check_keys,
    check_state,
    check_state_key,
)
from bland_deploy.settings import choose_environment, make_settings, state_location
from bland_deploy.state.backends import open_store
from bland_deploy.views.checkup import FORMATS


class _Chosen(NamedTuple):
    """The environment that a run would work with, and what chose it."""

    workspace: Workspace
    name: str
    environment: Environment
    source: str


def run(invocation: Invocation, sources: Mapping[str, str], *, online: bool, format_: str) -> ExitCode:
    """Look at everything that a run depends on, and end with the code that a run would end with."""
    checks, settings = list(check_program()), list(_flags(invocation, sources))
    try:
        loaded = load_workspace(find_root(invocation))
    except DeployError as problem:
        checks.append(failed("workspace", problem))
    else:
        settings.insert(0, Setting("workspace", str(loaded.root), _found(sources["--workspace"], "found from here")))
        checks += [check_workspace(loaded), *check_git(loaded.root), check_editors(loaded)]
        chosen = _choose(invocation, sources, loaded)
        if isinstance(chosen, _Chosen):
            settings += [Setting("environment", chosen.name, chosen.source)]
            settings += settings_of(chosen.environment, chosen.name, loaded.root, os.environ)
            checks += _check_target(loaded, chosen, online=online)
        elif chosen is not None:
            checks.append(chosen)
    checkup = Checkup(tuple(checks), tuple(settings))
    write_document(FORMATS[format_](checkup, invocation.color(sys.stdout)))
    return checkup.exit_code


def _found(source: str, otherwise: str) -> str:
    return otherwise if source == "default" else source


def _flags(invocation: Invocation, sources: Mapping[str, str]) -> Iterator[Setting]:
    """The global options but the two that more than flags can give. Values of variables may be secret."""
    names = [assignment.partition("=")[0] for assignment in invocation.variables]
    yield Setting("--var", ", ".join(names) or "none", sources["--var"])
    yield Setting("--var-file", ", ".join(map(str, invocation.variable_files)) or "none", sources["--var-file"])
    for flag, is_set in (
        ("--no-color", invocation.no_color),
        ("--quiet", invocation.quiet),
        ("--verbose", invocation.verbose),
    ):
        yield Setting(flag, "yes" if is_set else "no", sources[flag])


def _choose(invocation: Invocation, sources: Mapping[str, str], loaded: LoadedWorkspace) -> _Chosen | Check | None:
    """The environment, why there is none, or nothing where the workspace cannot be read anyway."""
    workspace = loaded.workspace
    if workspace is None:
        return None
    try:
        name, environment = choose_environment(workspace, invocation.environment)
    except DeployError as problem:
        return failed("environment", problem)
    given = "default_environment" if workspace.default_environment else "the only one"
    return _Chosen(workspace, name, environment, _found(sources["--env"], given))


def _check_target(loaded: LoadedWorkspace, chosen: _Chosen, *, online: bool) -> Iterator[Check]:
    environment, root = chosen.environment, loaded.root
    yield Check("environment", Health.WELL, f"{chosen.name} ({chosen.source})")
    yield check_address(environment, os.environ)
    yield from check_keys(environment, root, os.environ)
    yield check_state_key(environment, root, os.environ)
    yield from check_capability(environment, chosen.name, root, os.environ, datetime.now(UTC))
    try:
        location = state_location(environment, chosen.name, root)
        yield from check_state(environment, open_store(location, root), location, os.environ)
    except DeployError as problem:
        yield failed("state", problem)
    if online and environment.provider != "sandbox":
        yield from _ask(loaded, chosen)
    elif environment.provider != "sandbox":
        yield Check("account", Health.NOTE, "not asked", "--online asks the provider")


def _ask(loaded: LoadedWorkspace, chosen: _Chosen) -> Iterator[Check]:
    try:
        settings = make_settings(chosen.workspace, chosen.name, loaded.root, os.environ)
        with open_provider(settings) as client:
            yield from check_account(client, datetime.now(UTC))
    except DeployError as problem:
        yield failed("account", problem)
