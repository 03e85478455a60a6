"""`bland-deploy plan`: what apply would send, and why the rest is left out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bland_deploy.cli.options import (
    Invocation,
    write_document,
)
from bland_deploy.cli.session import Session, open_session, parse_time
from bland_deploy.cli.show import privacy_of, tell
from bland_deploy.cli.work import aim_of, bounds_of, make_all
from bland_deploy.diagnostics import has_errors, in_order
from bland_deploy.errors import ExitCode
from bland_deploy.model.plan import Plan
from bland_deploy.operations.plans.plan import judge_plan
from bland_deploy.operations.plans.proposal import Logs, Proposal, propose
from bland_deploy.state.log import Log, check_key, open_log
from bland_deploy.views.plan import FORMATS

if TYPE_CHECKING:
    from bland_deploy.cli.saved import Saving


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    format_: str,
    payloads: bool,
    detailed_exitcode: bool,
    out: Path | None,
    expires_in: str,
    at: str | None,
    show_pii: bool,
) -> ExitCode:
    """Show what apply would send, and why the rest is left out. Needs no API key."""
    privacy = privacy_of(show_pii=show_pii)
    session = open_session(invocation)
    moment = parse_time(at)
    saving = _saving(session, out, moment, expires_in)
    works, found = make_all(session, campaigns, moment)
    proposal = propose(works, aim_of(session), found, session.in_state(), session.past(moment, applies=False))
    logs = open_logs(session, proposal)
    plan = plan_of(session, proposal, logs, moment)
    if format_ == "text":
        tell(invocation, session, plan.diagnostics)
    if saving is not None and not has_errors(plan.diagnostics):
        invocation.say(saving.save(works, plan, logs))
    write_document(FORMATS[format_](plan, privacy, payloads))
    if has_errors(plan.diagnostics):
        return ExitCode.BLOCKED
    return ExitCode.SOMETHING_TO_SEND if detailed_exitcode and plan.calls else ExitCode.DONE


def _saving(session: Session, out: Path | None, moment: datetime, expires_in: str) -> "Saving | None":
    if out is None:
        return None
    from bland_deploy.cli.saved import prepare_saving  # noqa: PLC0415 - only where a plan is saved

    return prepare_saving(session, out, moment, expires_in)


def open_logs(session: Session, proposal: Proposal) -> dict[str, Log | None]:
    """The logs of these campaigns, as far as the state's key is at hand."""
    return {offer.campaign: _open_log(session, offer.campaign) for offer in proposal.offers}


def plan_of(session: Session, proposal: Proposal, logs: Logs, now: datetime) -> Plan:
    """The plan against these logs, with what speaks against carrying it out at a time (aware)."""
    plan = proposal.plan(logs)
    found = judge_plan(plan, bounds_of(session.settings), now, warn=session.settings.rings_nobody)
    return replace(plan, diagnostics=in_order([*plan.diagnostics, *found]))


def _open_log(session: Session, campaign: str) -> Log | None:
    key = session.settings.state_key
    log = open_log(session.store(), campaign) if key is not None else None
    if log is not None and key is not None:
        check_key(log, key)
    return log
