"""`bland-deploy render`: the exact requests, whatever the state."""

from bland_deploy.cli.options import (
    Invocation,
    write_document,
)
from bland_deploy.cli.session import open_session, parse_time
from bland_deploy.cli.show import privacy_of, tell
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import ExitCode
from bland_deploy.operations.render import preview, render
from bland_deploy.views import rendered


def run(
    invocation: Invocation, campaign: str, recipient: int | None, format_: str, at: str | None, show_pii: bool
) -> ExitCode:
    """Show the exact requests of a campaign, ignoring state."""
    privacy = privacy_of(show_pii=show_pii)
    session = open_session(invocation)
    works, found = make_all(session, [campaign], parse_time(at), gates=False)
    aim = aim_of(session)
    if recipient is not None:
        shown = preview(works[0], aim, recipient)
        if format_ == "json":
            write_document(rendered.render_document([shown.request], privacy, found, shown.texts))
        else:
            write_document(rendered.render_texts(shown.request, shown.texts, recipient, privacy))
        return ExitCode.DONE
    requests = [request for work in works for request in render(work, aim)]
    if format_ == "json":
        write_document(rendered.render_document(requests, privacy, found))
    else:
        tell(invocation, session, found)
        write_document(rendered.render(requests, privacy))
    return ExitCode.DONE
