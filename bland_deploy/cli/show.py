"""What may be shown, and diagnostics for people on stderr."""

import os
import sys
from collections.abc import Sequence

from bland_deploy.cli.options import Invocation, write_aside
from bland_deploy.cli.session import Session
from bland_deploy.diagnostics import Diagnostic, Severity
from bland_deploy.errors import InvalidInput
from bland_deploy.settings import in_ci
from bland_deploy.views.diagnostics import text
from bland_deploy.views.mask import Privacy


def privacy_of(*, show_pii: bool) -> Privacy:
    """How much may be shown here. InvalidInput for phone numbers on the output of a CI job."""
    ci = in_ci(os.environ)
    if show_pii and ci:
        raise InvalidInput("--show-pii is refused where CI is set: its output is kept and widely read")
    return Privacy(numbers=show_pii, row_values=not ci)


def tell_briefly(invocation: Invocation, session: Session, found: Sequence[Diagnostic]) -> None:
    """How many diagnostics there are, for commands that come after those which show them; all of them with -v."""
    wanted = [item for item in found if item.severity is not Severity.NOTE]
    if invocation.verbose:
        tell(invocation, session, found)
    elif wanted:
        invocation.say(f"{text.summary(wanted)}: see `bland-deploy plan`\n")


def tell(invocation: Invocation, session: Session, found: Sequence[Diagnostic]) -> None:
    """Diagnostics to stderr; notes only when more is asked for."""
    wanted = [item for item in found if item.severity is not Severity.NOTE or invocation.verbose]
    if wanted and not invocation.quiet:
        write_aside(text.render(wanted, session.loaded.reader.text_or_none, invocation.color(sys.stderr)))
