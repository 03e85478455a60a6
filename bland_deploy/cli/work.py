"""From named campaigns to work: what lint, render, plan and apply have in common."""

from collections.abc import Sequence
from datetime import datetime

from bland_deploy.cli.session import Session
from bland_deploy.diagnostics import Diagnostic, counted, in_order
from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.documents.load import LoadedCampaign, check_together
from bland_deploy.errors import DeployError
from bland_deploy.operations.calls.prepare import Prepared, prepare
from bland_deploy.operations.guards.capable import Bounds
from bland_deploy.operations.guards.care import Care
from bland_deploy.operations.guards.gates import judged, refuse_errors
from bland_deploy.operations.ignores import heed, speaking_texts
from bland_deploy.operations.plans.work import Aim, Work, make_work, run_at
from bland_deploy.settings import Settings

EMBEDDED = "sandbox"


def aim_of(session: Session) -> Aim:
    """What plans of this session are made for."""
    settings = session.settings
    headers = ("encrypted_key",) if session.workspace.environments[settings.environment].encrypted_key else ()
    return Aim(
        settings.environment,
        settings.base_url or EMBEDDED,
        headers,
        settings.state_key,
        settings.prices,
        gates_warn=settings.rings_nobody,
        care=Care(settings.profile, settings.pace, not settings.rings_nobody, settings.protected),
    )


def bounds_of(settings: Settings) -> Bounds:
    """What plans for this environment are held against."""
    return Bounds(settings.limits, settings.capability, settings.settle)


def prepare_all(
    session: Session, loaded: Sequence[LoadedCampaign]
) -> tuple[tuple[Prepared, ...], tuple[Diagnostic, ...]]:
    """The campaigns with their templates compiled, those without errors; and all diagnostics so far."""
    found: list[Diagnostic] = [*session.loaded.diagnostics, *session.settings.warnings]
    found += check_together(session.loaded, [campaign.named for campaign in loaded])
    ready = []
    for campaign in loaded:
        prepared, problems = prepare(campaign, session.reach, session.settings.environment, session.variables)
        found += problems
        if prepared is not None:
            ready.append(prepared)
    return tuple(ready), in_order(found)


def make_all(
    session: Session, wanted: Sequence[str], moment: datetime, *, gates: bool = True
) -> tuple[tuple[Work, ...], tuple[Diagnostic, ...]]:
    """The work of the named campaigns, and its diagnostics. InvalidInput where any of them is an error.

    Without `gates` nothing is judged by the time of the run, and gates only warn.
    """
    try:
        prepared, found = prepare_all(session, session.campaigns(wanted))
        refuse_errors(found)
        aim = aim_of(session)
        works = tuple(
            make_work(item, run_at(moment, item.campaign.timezone), aim, moment if gates else None) for item in prepared
        )
        everything = in_order([*found, *(problem for work in works for problem in work.diagnostics)])
        everything = _heeded(session, prepared, everything if gates else judged(everything, warn=True))
        refuse_errors(everything)
    except DeployError as problem:
        problem.read_source = session.loaded.reader.text_or_none
        raise
    return works, everything


def _heeded(session: Session, prepared: Sequence[Prepared], found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics without those that comments in the files ignore; lint shows which these are."""
    texts = speaking_texts(session.loaded.reader)
    for item in prepared:
        texts |= speaking_texts(item.loaded.reader)
    return counted(heed(found, texts, {WORKSPACE_FILE, *(item.loaded.name for item in prepared)}))
