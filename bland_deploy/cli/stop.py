"""`bland-deploy stop`: stop what was sent, in an emergency."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import Session, open_provider, open_session
from bland_deploy.errors import Blocked, ExitCode, InvalidInput, StateProblem
from bland_deploy.operations.probe.journal import left_by_probes
from bland_deploy.operations.probe.trials import PROBE
from bland_deploy.operations.stop import Target, listed_batches, sent_batches, stop
from bland_deploy.views import stopped
from bland_deploy.views.words import count

if TYPE_CHECKING:
    from bland_deploy.client.connection import Client

_ANYWAY = "`bland-deploy stop --without-state` finds the batches in the provider's list"


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    batches: Sequence[str],
    without_state: bool,
    yes: bool,
    format_: str,
) -> ExitCode:
    """Stop batches that were sent: of the named campaigns, or all. Calls that are being talked go on."""
    session = open_session(invocation, needs_key=True)
    with open_provider(session.settings) as client:
        found, whole = _listed(invocation, client, campaigns) if without_state else (_sent(session, campaigns), True)
        targets = _chosen(found, batches)
        if targets and not yes:
            _ask(len(targets))
        stops = stop(
            client,
            targets,
            lambda left: invocation.say(f"{count(left, 'batch')} could not be stopped yet; trying again …"),
        )
    write_document(stopped.render_document(stops) if format_ == "json" else stopped.render(stops))
    return ExitCode.DONE if whole and not any(item.failed for item in stops) else ExitCode.PARTIAL


def _sent(session: Session, campaigns: Sequence[str]) -> tuple[Target, ...]:
    """Everything by the logs; where no campaign is named, what a probe has left too."""
    try:
        sent = tuple(sent_batches(logs_of(session, campaigns)))
    except StateProblem as problem:
        problem.help = f"{problem.help}; {_ANYWAY}" if problem.help else _ANYWAY
        raise
    left = () if campaigns else left_by_probes(session.root, session.settings.environment)
    return (*(Target(PROBE, one.api, one.batch_id) for one in left if one.batch_id is not None), *sent)


def _listed(invocation: Invocation, client: "Client", campaigns: Sequence[str]) -> tuple[tuple[Target, ...], bool]:
    targets, problems = listed_batches(client, campaigns)
    for problem in problems:
        invocation.say(f"Some batches may be missing here: {problem.message}.")
    return targets, not problems


def _chosen(targets: Sequence[Target], batches: Sequence[str]) -> Sequence[Target]:
    if not batches:
        return targets
    unknown = set(batches) - {target.batch_id for target in targets}
    if unknown:
        raise InvalidInput(
            f"batch {min(unknown)} is not among those of these campaigns",
            help=f"`bland-deploy status` lists them; {_ANYWAY}",
        )
    return [target for target in targets if target.batch_id in batches]


def _ask(number: int) -> None:
    if not sys.stdin.isatty():
        raise Blocked(f"{count(number, 'batch')} would be stopped, and nobody is here to agree", help="give --yes")
    if not click.confirm(f"Stop {count(number, 'batch')}?", err=True):
        raise Blocked("nothing was stopped", help="run it again and agree")
