"""`bland-deploy status`: how the batches that were sent are doing."""

import sys
from collections.abc import Sequence

from bland_deploy.cli.follow import following
from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.events import FILE, told_of_batches
from bland_deploy.operations.status import Asked, status
from bland_deploy.views import statuses


def run(
    invocation: Invocation, campaigns: Sequence[str], calls: bool, watch: bool, interval: float | None, format_: str
) -> ExitCode:
    """Show how the batches that were sent are doing."""
    if watch:
        return _watch(invocation, campaigns, calls, interval, format_)
    session = open_session(invocation, needs_key=True)
    logs = logs_of(session, campaigns)
    with open_provider(session.settings) as client:
        asked = Asked(session.settings.state_key, calls, told_of_batches(session.root / FILE))
        reports = status(client, logs, asked)
    write_document(statuses.render_document(reports) if format_ == "json" else statuses.render(reports))
    return ExitCode.DONE


def _watch(
    invocation: Invocation, campaigns: Sequence[str], calls: bool, interval: float | None, format_: str
) -> ExitCode:
    """The table, drawn anew until all batches are final; where nobody watches, whenever it has changed."""
    if format_ == "json":
        raise InvalidInput("--watch draws a table", help="`bland-deploy wait --format json` waits and gives a document")
    with following(invocation, campaigns, interval, calls=calls) as (glances, _):
        tables = (statuses.render(glance.reports, glance.trouble) for glance in glances)
        if not sys.stdout.isatty():
            shown = ""
            for table in tables:
                if table != shown:
                    write_document(table)
                    shown = table
            return ExitCode.DONE
        from rich.live import Live  # noqa: PLC0415 - slow to import, and only for terminals
        from rich.text import Text  # noqa: PLC0415 - the same

        with Live(auto_refresh=False) as live:
            for table in tables:
                live.update(Text(table.rstrip("\n")), refresh=True)
    return ExitCode.DONE
