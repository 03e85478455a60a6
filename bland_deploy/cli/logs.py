"""The logs that a command is about, by the campaigns it names."""

from collections.abc import Sequence

from bland_deploy.cli.session import Session
from bland_deploy.diagnostics import nearest
from bland_deploy.errors import InvalidInput
from bland_deploy.state.log import Log, check_key, find_logs, open_log


def logs_of(session: Session, wanted: Sequence[str]) -> tuple[Log, ...]:
    """The logs of the named campaigns, of all when none is named. They need not have a file any more.

    A campaign of the workspace that was never applied has no log. InvalidInput for a name that is neither.
    """
    store = session.store()
    known = find_logs(store)
    names = tuple(dict.fromkeys(_id_of(session, name, known) for name in wanted)) or known
    logs = tuple(log for name in names if (log := open_log(store, name)) is not None)
    if session.settings.state_key is not None:
        for log in logs:
            check_key(log, session.settings.state_key)
    return logs


def _id_of(session: Session, name: str, known: Sequence[str]) -> str:
    if name in known:
        return name
    try:
        campaign = session.campaigns([name])[0]
    except InvalidInput as problem:
        guess = nearest(name, known)
        help_ = f"did you mean {guess}?" if guess else problem.help
        raise InvalidInput(f"there is no campaign {name}, and nothing was sent under that name", help=help_) from None
    return campaign.id or name
