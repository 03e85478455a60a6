"""`bland-deploy apply`: plan, ask, send, record."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bland_deploy.cli.approval import Approval
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
from bland_deploy.cli.plan import plan_of
from bland_deploy.cli.session import ensure_state_key, open_provider, open_session, parse_time, who
from bland_deploy.cli.show import privacy_of, tell
from bland_deploy.cli.signals import watching_signals
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import ExitCode
from bland_deploy.model.applied import AppliedBatch
from bland_deploy.operations.apply import apply
from bland_deploy.operations.world import Asked, World
from bland_deploy.views import applied as views
from bland_deploy.views.plan import FORMATS


@click.command("apply")
@campaigns_argument
@format_option("text", "json")
@click.option("--auto-approve", "-y", is_flag=True, help="Do not ask. Not enough in a protected environment.")
@click.option("--approved", metavar="DIGEST", help="Apply only the plan with this digest, the one that was reviewed.")
@click.option(
    "--dry-run", is_flag=True, envvar="BLAND_DEPLOY_DRY_RUN", help="Show the plan with payloads; send nothing."
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
    auto_approve: bool,
    approved: str | None,
    dry_run: bool,
    at: str | None,
    show_pii: bool,
) -> ExitCode:
    """Plan, ask, send, record. Running it again sends nothing twice."""
    privacy = privacy_of(show_pii=show_pii)
    session = open_session(invocation, needs_key=not dry_run)
    if not dry_run:
        session.check_store()
        session = ensure_state_key(session)
    works, found = make_all(session, campaigns, parse_time(at))
    if dry_run:
        write_document(FORMATS[format_](plan_of(session, works, found), privacy, True))
        return ExitCode.DONE
    if format_ == "text":
        tell(invocation, session, found)
    approval = Approval(invocation, session.settings, auto_approve, approved, as_json=format_ == "json")
    with open_provider(session.settings) as client, watching_signals() as interrupted:
        world = World(
            client=client,
            store=session.store(),
            now=lambda: datetime.now(UTC),
            sleep=time.sleep,
            settle=session.settings.settle,
            by=who(os.environ),
            interrupted=interrupted,
        )
        asked = Asked(approval.approve, lambda batch: _told(invocation, batch))
        result = apply(works, aim_of(session), world, asked, found)
    write_document(views.render_document(result) if format_ == "json" else views.render(result))
    return ExitCode(result.exit_code)


def _told(invocation: Invocation, batch: AppliedBatch) -> None:
    invocation.say(views.batch_line(batch))
