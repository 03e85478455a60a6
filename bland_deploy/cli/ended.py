"""`bland-deploy state ended`: how calls ended, into the log."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from bland_deploy.archive import FILE, open_archive
from bland_deploy.cli.collecting import Told
from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import open_provider, open_session, who
from bland_deploy.errors import AuthenticationFailed, ExitCode
from bland_deploy.operations.ended import record_ended
from bland_deploy.operations.provider.results import collect, sent_batches
from bland_deploy.views import recorded as views


def run(invocation: Invocation, campaigns: Sequence[str], format_: str) -> ExitCode:
    """Ask how the calls of the named campaigns ended, and record it of the batches that are over."""
    session = open_session(invocation, needs_key=True)
    if session.settings.state_key is None:
        raise AuthenticationFailed(
            "the state key is missing, under which people are remembered",
            help="set BLAND_DEPLOY_STATE_KEY, or put the key into .bland-deploy/state.key",
        )
    session.check_store()
    logs = logs_of(session, campaigns)
    with open_archive(session.root / FILE) as archive:
        with open_provider(session.settings) as client:
            collect(client, sent_batches(logs, None), archive, Told(invocation), details=False)
        told = record_ended(logs, archive, session.settings.state_key, datetime.now(UTC), who(os.environ))
    write_document(views.render_document(told) if format_ == "json" else views.render(told))
    return ExitCode.DONE
