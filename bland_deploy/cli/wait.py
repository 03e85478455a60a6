"""`bland-deploy wait`: wait until every batch is final, with an exit code for jobs."""

import re
from collections.abc import Sequence

from bland_deploy.cli.follow import following
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.operations.wait import Allowed, Glance, judge, wait
from bland_deploy.views import statuses

_ALLOWED = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(%?)")


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    timeout: float,
    interval: float | None,
    max_failed: str | None,
    calls: bool,
    format_: str,
) -> ExitCode:
    """Wait until every batch that was sent is final."""
    allowed = None if max_failed is None else _parse(max_failed)
    said = ""
    with following(invocation, campaigns, interval, calls=calls) as (glances, clock):
        for glance in wait(glances, clock, timeout):
            line = statuses.progress(glance.reports, glance.trouble)
            if line != said:
                invocation.say(line)
                said = line
    code, reason = judge(glance, allowed)
    _write(glance, format_)
    invocation.say(f"{reason[0].upper()}{reason[1:]}.")
    return code


def _write(glance: Glance, format_: str) -> None:
    render = statuses.render_document if format_ == "json" else statuses.render
    write_document(render(glance.reports))


def _parse(text: str) -> Allowed:
    match = _ALLOWED.fullmatch(text)
    if match is None:
        raise InvalidInput("--max-failed is neither a number nor a percentage", help="for example 10, or 2.5%")
    return Allowed(float(match[1]), percent=bool(match[2]))
