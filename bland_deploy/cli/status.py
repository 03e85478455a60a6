"""`bland-deploy status`: how the batches that were sent are doing."""

from collections.abc import Sequence

from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.errors import ExitCode
from bland_deploy.operations.status import status
from bland_deploy.views import statuses


def run(invocation: Invocation, campaigns: Sequence[str], format_: str) -> ExitCode:
    """Show how the batches that were sent are doing."""
    session = open_session(invocation, needs_key=True)
    logs = logs_of(session, campaigns)
    with open_provider(session.settings) as client:
        reports = status(client, logs, session.settings.state_key)
    write_document(statuses.render_document(reports) if format_ == "json" else statuses.render(reports))
    return ExitCode.DONE
