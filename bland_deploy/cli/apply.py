"""`bland-deploy apply`: plan, ask, send, record."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from bland_deploy.archive import FILE, open_archive
from bland_deploy.cli.approval import Approval
from bland_deploy.cli.options import (
    Invocation,
    write_document,
)
from bland_deploy.cli.plan import open_logs, plan_of
from bland_deploy.cli.session import Session, ensure_state_key, open_provider, open_session, parse_time, who
from bland_deploy.cli.show import privacy_of, tell, tell_briefly
from bland_deploy.cli.signals import sleep_until, watching_signals
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.diagnostics import Diagnostic, in_order, mask_text
from bland_deploy.documents.choose import NoSuchCampaign
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.model.applied import Applied, AppliedBatch
from bland_deploy.model.plan import Plan, Request
from bland_deploy.operations.apply import carry_out
from bland_deploy.operations.guards.starts import hours_over, objection
from bland_deploy.operations.plans.planfiles import find_plan_file, refuse_damaged_plan
from bland_deploy.operations.plans.proposal import Proposal, propose
from bland_deploy.operations.sending.world import Asked, Promoter, World
from bland_deploy.settings import in_ci
from bland_deploy.views import applied as views
from bland_deploy.views.plan import FORMATS

Opened: TypeAlias = tuple[Session, Proposal, Sequence[Diagnostic]]


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    format_: str,
    auto_approve: bool,
    approved: str | None,
    dry_run: bool,
    at: str | None,
    show_pii: bool,
    parallelism: int,
    promote: str | None,
) -> ExitCode:
    """Plan, ask, send, record. Running it again sends nothing twice.

    Given the file of a saved plan (`plan --out FILE`) it sends that plan and asks nobody: the file is the approval.
    """
    privacy = privacy_of(show_pii=show_pii)
    plan_file = find_plan_file(campaigns)
    promoter = _promoter(promote, reviewed=plan_file is not None or approved is not None)
    needs = Needs(moment=parse_time(at), key=not dry_run)
    if plan_file is not None:
        session, proposal, found = _open_saved(invocation, plan_file, needs)
    else:
        session, proposal, found = _open_campaigns(invocation, campaigns, needs)
    if dry_run:
        logs = open_logs(session, proposal)
        write_document(FORMATS[format_](plan_of(session, proposal, logs, needs.moment), privacy, True))
        return ExitCode.DONE
    if format_ == "text":
        tell_briefly(invocation, session, found)
    approval = Approval(
        invocation,
        session.settings,
        auto_approve,
        approved,
        as_json=format_ == "json",
        saved=plan_file is not None,
        read_source=session.loaded.reader.text_or_none,
    )
    said: list[Diagnostic] = []
    asked = _asked(invocation, approval, lambda plan: said.extend(approval.approve(plan)), promoter)
    result = _carry_out(invocation, session, proposal, asked, parallelism)
    result = replace(result, diagnostics=in_order([*result.diagnostics, *said]))
    if format_ == "text":
        tell(invocation, session, [item for item in result.diagnostics if item not in found])
    write_document(views.render_document(result) if format_ == "json" else views.render(result))
    return ExitCode(result.exit_code)


def _asked(
    invocation: Invocation, approval: Approval, approve: Callable[[Plan], None], promoter: Promoter | None
) -> Asked:
    return Asked(approve, partial(_told, invocation), partial(_waits, invocation), approval.judge, promoter)


def _promoter(reason: str | None, *, reviewed: bool) -> Promoter | None:
    """Who promotes a wave and why, if anybody. InvalidInput without a reason, or in CI without a reviewed plan."""
    if reason is None:
        return None
    if not reason.strip():
        raise InvalidInput("--promote needs a reason", help='for example --promote "the failures were one carrier"')
    if in_ci(os.environ) and not reviewed:
        raise InvalidInput(
            "--promote in a CI job takes a plan that somebody reviewed",
            help="give --approved DIGEST or a saved plan as well",
        )
    return Promoter(who(os.environ), mask_text(reason.strip()))


class Needs(NamedTuple):
    """The time of the run, and whether it needs the API key and the right to send: a dry run does not."""

    moment: datetime
    key: bool


def _open_campaigns(invocation: Invocation, campaigns: Sequence[str], needs: Needs) -> Opened:
    session = open_session(invocation, needs_key=needs.key)
    if needs.key:
        session.check_store()
        session = ensure_state_key(session)
    try:
        works, found = make_all(session, campaigns, needs.moment)
    except NoSuchCampaign as problem:
        refuse_damaged_plan(campaigns, problem)
        raise
    return (
        session,
        propose(works, aim_of(session), found, session.in_state(), session.past(needs.moment, applies=True)),
        found,
    )


def _open_saved(invocation: Invocation, plan_file: Path, needs: Needs) -> Opened:
    from bland_deploy.cli.saved import open_saved  # noqa: PLC0415 - only where a saved plan is applied

    session, proposal, found = open_saved(invocation, plan_file, needs.moment, needs_key=needs.key)
    if needs.key:
        session.check_store()
    return session, proposal, found


def _carry_out(invocation: Invocation, session: Session, proposal: Proposal, asked: Asked, parallelism: int) -> Applied:
    assert session.settings.state_key is not None
    with open_provider(session.settings) as client, watching_signals(quiet=invocation.quiet) as interrupted:
        world = World(
            client=client,
            store=session.store(),
            now=lambda: datetime.now(UTC),
            sleep=partial(sleep_until, interrupted),
            settle=session.settings.settle,
            by=who(os.environ),
            parallelism=parallelism,
            interrupted=interrupted,
            objection=_hours_over if session.settings.rings_nobody else _objection,
            archive=partial(open_archive, session.root / FILE),
        )
        return carry_out(proposal, session.settings.state_key, world, asked)


def _objection(request: Request) -> str | None:
    return objection(request, datetime.now(UTC))


def _hours_over(request: Request) -> str | None:
    """Where nobody can be rung only calling hours that were asked for speak against trying things out."""
    return hours_over(request, datetime.now(UTC))


def _told(invocation: Invocation, batch: AppliedBatch) -> None:
    invocation.say(views.batch_line(batch))


def _waits(invocation: Invocation, reason: str, seconds: float) -> None:
    invocation.say(views.wait_line(reason, seconds))
