"""`bland-deploy state`: the log of what was sent."""

from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import open_session
from bland_deploy.diagnostics import has_errors
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.operations.ledger import entries, guarded, summarise
from bland_deploy.settings import write_state_key
from bland_deploy.state.log import find_logs
from bland_deploy.state.reading import examine
from bland_deploy.state.suppressed import has_suppressed, open_suppressed
from bland_deploy.views import compliance as evidence
from bland_deploy.views import ledger as views
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked


def list_command(invocation: Invocation, campaigns: tuple[str, ...], format_: str) -> ExitCode:
    """List the campaigns that the state knows, with counts."""
    logs = [summarise(log) for log in logs_of(open_session(invocation), campaigns)]
    write_document(views.render_list_document(logs) if format_ == "json" else views.render_list(logs))
    return ExitCode.DONE


def show(invocation: Invocation, campaign: str, compliance: bool, format_: str) -> ExitCode:
    """Show the entries of a campaign's log, the oldest first."""
    logs = logs_of(open_session(invocation), [campaign])
    if not logs:
        raise InvalidInput(f"nothing was sent of {campaign} yet: it has no log", help="`bland-deploy state list`")
    if compliance:
        claims = list(guarded(logs[0]))
        in_json = format_ == "json"
        write_document(evidence.render_document(campaign, claims) if in_json else evidence.render(campaign, claims))
        return ExitCode.DONE
    shown = list(entries(logs[0]))
    write_document(views.render_log_document(campaign, shown) if format_ == "json" else views.render_log(shown))
    return ExitCode.DONE


def verify(invocation: Invocation, campaigns: tuple[str, ...], format_: str) -> ExitCode:
    """Check the logs whole: chain, density, digests, files of keys."""
    session = open_session(invocation)
    store = session.store()
    names = campaigns or find_logs(store)
    found = [problem for name in names for problem in examine(store, name)]
    if not campaigns and session.settings.state_key is not None:
        open_suppressed(store, session.settings.state_key)
    write_document(FORMATS[format_](found, Checked(), False))
    return ExitCode.STATE if has_errors(found) else ExitCode.DONE


def key(invocation: Invocation) -> ExitCode:
    """Make the state key where there is none yet, in .bland-deploy/state.key. It is never shown."""
    session = open_session(invocation)
    if session.settings.state_key is not None:
        write_document("There is a state key already.\n")
        return ExitCode.DONE
    if find_logs(session.store()) or has_suppressed(session.store()):
        raise InvalidInput(
            "people were called under another state key; a new one would make all of them look new",
            help="bring back that key: set BLAND_DEPLOY_STATE_KEY, or .bland-deploy/state.key",
        )
    write_state_key(session.root)
    write_document(
        "Wrote .bland-deploy/state.key. Keep a copy as you keep the API key; CI reads BLAND_DEPLOY_STATE_KEY.\n"
    )
    return ExitCode.DONE
