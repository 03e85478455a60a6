"""`bland-deploy plan`: what apply would send, and why the rest is left out."""

from collections.abc import Sequence

import click

from bland_deploy.cli.options import (
    Invocation,
    at_option,
    campaigns_argument,
    format_option,
    global_options,
    round_option,
    show_pii_option,
    write_document,
)
from bland_deploy.cli.session import Session, open_session, parse_time
from bland_deploy.cli.show import privacy_of, tell
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.diagnostics import Diagnostic, has_errors
from bland_deploy.errors import ExitCode
from bland_deploy.model.plan import NO_LINEAGE, CampaignPlan, Plan
from bland_deploy.operations.plan import Work, check_limits, difference, make_plan
from bland_deploy.state.log import check_key, open_log
from bland_deploy.views.plan import FORMATS


@click.command("plan")
@campaigns_argument
@format_option(*FORMATS)
@click.option("--payloads", is_flag=True, envvar="BLAND_DEPLOY_PAYLOADS", help="Show every request, masked.")
@click.option(
    "--detailed-exitcode",
    is_flag=True,
    envvar="BLAND_DEPLOY_DETAILED_EXITCODE",
    help="Exit with 2 when there is something to send.",
)
@round_option
@at_option
@show_pii_option
@global_options()
@click.pass_obj
def command(
    invocation: Invocation,
    campaigns: Sequence[str],
    format_: str,
    payloads: bool,
    detailed_exitcode: bool,
    at: str | None,
    show_pii: bool,
) -> ExitCode:
    """Show what apply would send, and why the rest is left out. Needs no API key."""
    privacy = privacy_of(show_pii=show_pii)
    session = open_session(invocation)
    works, found = make_all(session, campaigns, parse_time(at))
    plan = plan_of(session, works, found)
    if format_ == "text":
        tell(invocation, session, plan.diagnostics)
    write_document(FORMATS[format_](plan, privacy, payloads))
    if has_errors(plan.diagnostics):
        return ExitCode.BLOCKED
    return ExitCode.SOMETHING_TO_SEND if detailed_exitcode and plan.calls else ExitCode.DONE


def plan_of(session: Session, works: Sequence[Work], found: Sequence[Diagnostic]) -> Plan:
    """The plan of these campaigns against the state, as far as its key is at hand."""
    aim, key = aim_of(session), session.settings.state_key
    campaigns = [_difference(session, work) for work in works]
    plan = make_plan(works, campaigns, aim, state_read=key is not None, found=found)
    return make_plan(
        works, campaigns, aim, state_read=key is not None, found=[*found, *check_limits(plan, session.settings.limits)]
    )


def _difference(session: Session, work: Work) -> CampaignPlan:
    key, aim = session.settings.state_key, aim_of(session)
    log = open_log(session.store(), work.prepared.campaign.campaign) if key is not None else None
    if log is None or key is None:
        return difference(work, aim, None, NO_LINEAGE)
    check_key(log, key)
    return difference(work, aim, log, log.manifest.lineage)
