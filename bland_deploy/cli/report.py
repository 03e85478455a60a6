"""`bland-deploy report`: results, collected and added up."""

import os
from collections.abc import Sequence
from pathlib import Path

from bland_deploy.archive import FILE, open_archive
from bland_deploy.cli.collecting import Told, heed_calls, people_of_lists, write_file
from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.plan import open_logs
from bland_deploy.cli.session import Session, open_provider, open_session, parse_time
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import DeployError, ExitCode
from bland_deploy.model.plan import CampaignPlan
from bland_deploy.operations.plans.proposal import propose
from bland_deploy.operations.provider.results import collect, read_results, sent_batches
from bland_deploy.operations.report import make_ledger, zones_of_numbers
from bland_deploy.reports.report import Report, make_report, without_values
from bland_deploy.settings import in_ci
from bland_deploy.state.log import Log
from bland_deploy.views.report import FORMATS


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    compare: Sequence[str],
    short: bool,
    out: Path | None,
    format_: str,
) -> ExitCode:
    """Add up what became of the calls of the named campaigns."""
    session = open_session(invocation, needs_key=True)
    report = collected(invocation, session, campaigns, compare)
    text = FORMATS[format_](report, short)
    if out is None:
        write_document(text)
    else:
        write_file([text.encode()], out)
        invocation.say(f"Wrote {out.name}.")
    return ExitCode.DONE


def collected(invocation: Invocation, session: Session, campaigns: Sequence[str], compare: Sequence[str]) -> Report:
    """The report of the named campaigns, of all when none is named, once what is not known yet was asked for.

    In CI it is without values of rows.
    """
    logs = logs_of(session, campaigns)
    batches = sent_batches(logs, session.round)
    ledger = make_ledger(logs, _plans(session, logs), session.settings.prices, session.round)
    with open_archive(session.root / FILE) as archive:
        with open_provider(session.settings) as client:
            collect(client, batches, archive, Told(invocation), details=bool(compare))
        heed_calls(invocation, session, batches, archive)
        people = people_of_lists(session, logs, compare) if compare else {}
        results = read_results(batches, archive, session.settings.state_key, people)
        report = make_report(results, ledger, zones_of_numbers(), compare)
    return without_values(report) if in_ci(os.environ) else report


def _plans(session: Session, logs: Sequence[Log]) -> tuple[CampaignPlan, ...] | None:
    """What is left to send of these campaigns; None where their files or lists are not as they should be."""
    wanted = [log.campaign for log in logs]
    try:
        works, found = make_all(session, wanted, parse_time(None), gates=False)
        proposal = propose(works, aim_of(session), found, session.in_state())
        return proposal.plan(open_logs(session, proposal)).campaigns
    except DeployError:
        return None
