"""Saved plans: what `plan --out FILE` writes and `apply FILE` reads."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.root import find_root
from bland_deploy.cli.session import Session, open_session
from bland_deploy.cli.work import aim_of
from bland_deploy.diagnostics import Diagnostic
from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.errors import AuthenticationFailed, DeployError, InvalidInput
from bland_deploy.model.durations import parse_duration
from bland_deploy.model.plan import Plan
from bland_deploy.operations.guards.gates import refuse_errors
from bland_deploy.operations.guards.watch import Watch
from bland_deploy.operations.plans.planfiles import read_plan_file, write_plan_file
from bland_deploy.operations.plans.proposal import Logs, Proposal
from bland_deploy.operations.plans.saved import (
    Terms,
    digest_variables,
    inputs_of,
    lists_of,
    propose_saved,
    read_suppressed_now,
    save,
)
from bland_deploy.operations.plans.stale import PlanStale, refuse_changed, refuse_changed_lists
from bland_deploy.operations.plans.work import Work
from bland_deploy.planning.planfile import AGAIN, Header
from bland_deploy.settings import read_state_key

LONGEST = timedelta(days=31)
_NO_KEY = "set BLAND_DEPLOY_STATE_KEY, or make a key with `bland-deploy state key`"


@dataclass(frozen=True, slots=True)
class Saving:
    """Where a plan is to be saved, and for how long (seconds from its time) it is valid."""

    session: Session
    path: Path
    at: datetime
    valid_for: float

    def save(self, works: Sequence[Work], plan: Plan, logs: Logs) -> str:
        """Write the file; what to tell people about it."""
        inputs = {WORKSPACE_FILE: self.session.loaded.reader.digests[WORKSPACE_FILE], **inputs_of(works)}
        terms = Terms(self.at, self.valid_for, inputs, lists_of(works), digest_variables(self.session.variables))
        write_plan_file(self.path, save(plan, logs, aim_of(self.session), terms))
        until = self.at + timedelta(seconds=self.valid_for)
        return (
            f"Saved to {self.path}, valid until {until:%Y-%m-%d %H:%M} UTC. The file holds phone numbers and is an "
            "approval: keep it out of git, and from whom may not call these people."
        )


def prepare_saving(session: Session, path: Path, at: datetime, expires_in: str) -> Saving:
    """What saves the plan of a session. AuthenticationFailed without the state key: who was called is not known."""
    if session.settings.state_key is None:
        raise AuthenticationFailed("a plan cannot be saved without the state key", help=_NO_KEY)
    try:
        valid_for = parse_duration(expires_in)
    except ValueError as problem:
        raise InvalidInput(f"--expires-in {problem}", help="for example --expires-in 24h") from None
    if valid_for > LONGEST.total_seconds():
        raise InvalidInput(f"--expires-in is more than {LONGEST.days} days", help="for example --expires-in 24h")
    return Saving(session, path, at, valid_for)


def open_saved(
    invocation: Invocation, path: Path, now: datetime, *, needs_key: bool
) -> tuple[Session, Proposal, tuple[Diagnostic, ...]]:
    """The session that a saved plan is for, what it has to send, and what is to be said about its lists.

    StateProblem where it must not be carried out any more: altered, expired or stale.
    """
    state_key = read_state_key(find_root(invocation), os.environ)
    if state_key is None:
        raise AuthenticationFailed("a saved plan cannot be applied without the state key", help=_NO_KEY)
    saved = read_plan_file(path, state_key)
    header = saved.header
    _refuse_other_flags(header, invocation)
    session = open_session(replace(invocation, environment=header.environment), needs_key=needs_key)
    refuse_errors(session.settings.warnings)
    aim = aim_of(session)
    refuse_changed(header, now, aim.address, session.root)
    if _gives_variables(invocation) and digest_variables(session.variables) != header.variables:
        raise PlanStale("the saved plan is stale: it was made with other variables", help=AGAIN)
    names = [part.campaign for part in header.campaigns]
    try:
        campaigns = session.campaigns(names) if names else ()
        refuse_changed_lists(header, campaigns, session.reach)
        suppressed, found = read_suppressed_now(campaigns, session.reach, now, aim)
    except DeployError as problem:
        problem.read_source = session.loaded.reader.text_or_none
        raise
    watch = Watch(suppressed, session.in_state())
    return session, propose_saved(saved, watch, found, session.past(now, applies=True)), found


def _gives_variables(invocation: Invocation) -> bool:
    return bool(invocation.variables or invocation.variable_files)


def _refuse_other_flags(header: Header, invocation: Invocation) -> None:
    """PlanStale where the command line asks for something else than was planned."""
    environment, round_ = invocation.environment, invocation.round
    if environment is not None and environment != header.environment:
        raise PlanStale(
            f"the saved plan is stale here: it is for {header.environment}, not for {environment}", help=AGAIN
        )
    if round_ is not None and any(part.round != round_ for part in header.campaigns):
        raise PlanStale(f"the saved plan is stale here: it is not for round {round_}", help=AGAIN)
