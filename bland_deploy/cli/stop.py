"""`bland-deploy stop`: stop what was sent, in an emergency."""

import sys
from collections.abc import Sequence

import click

from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.errors import Blocked, ExitCode, InvalidInput
from bland_deploy.operations.stop import sent_batches, stop
from bland_deploy.views import stopped
from bland_deploy.views.words import count


def run(invocation: Invocation, campaigns: Sequence[str], batches: Sequence[str], yes: bool, format_: str) -> ExitCode:
    """Stop batches that were sent: of the named campaigns, or all. Calls that are being talked go on."""
    session = open_session(invocation, needs_key=True)
    targets = [target for target in sent_batches(logs_of(session, campaigns)) if not batches or target[2] in batches]
    unknown = set(batches) - {batch_id for _, _, batch_id in targets}
    if unknown:
        raise InvalidInput(
            f"batch {min(unknown)} is not in the state of these campaigns",
            help="`bland-deploy status` lists them",
        )
    if targets and not yes:
        _ask(len(targets))
    with open_provider(session.settings) as client:
        stops = stop(client, targets)
    write_document(stopped.render_document(stops) if format_ == "json" else stopped.render(stops))
    return ExitCode.PARTIAL if any(item.failed for item in stops) else ExitCode.DONE


def _ask(number: int) -> None:
    if not sys.stdin.isatty():
        raise Blocked(f"{count(number, 'batch')} would be stopped, and nobody is here to agree", help="give --yes")
    if not click.confirm(f"Stop {count(number, 'batch')}?", err=True):
        raise Blocked("nothing was stopped", help="run it again and agree")
