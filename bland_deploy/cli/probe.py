"""`bland-deploy probe`: settle what the provider's documents leave open."""

from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bland_deploy.cli.asking import can_ask, type_words
from bland_deploy.cli.options import Invocation, write_aside, write_document
from bland_deploy.cli.session import Session, open_provider, open_session
from bland_deploy.cli.signals import sleep_until, watching_signals
from bland_deploy.client.connection import Client
from bland_deploy.diagnostics import has_errors, mask_number
from bland_deploy.documents.load import LoadedCampaign
from bland_deploy.errors import (
    AuthenticationFailed,
    Blocked,
    DeployError,
    ExitCode,
    Interrupted,
    InvalidInput,
    SecondSignal,
)
from bland_deploy.model.keys import new_lineage
from bland_deploy.operations.guards.gates import refuse_errors
from bland_deploy.operations.guards.watch import Together
from bland_deploy.operations.probe.callees import AHEAD, make_callees, read_numbers, refuse_fictional, refuse_suppressed
from bland_deploy.operations.probe.journal import Journal, open_journal
from bland_deploy.operations.probe.observe import AT_HOME, USUAL, Prober
from bland_deploy.operations.probe.run import STOP_WITHOUT_STATE, Probed, Provider, probe, tidy_up
from bland_deploy.operations.probe.trials import TRIALS, Callee, Trial, asked_calls
from bland_deploy.operations.provider.listed import account_fingerprint
from bland_deploy.planning.cost import estimate
from bland_deploy.recipients.suppression import read_suppressed
from bland_deploy.settings.capability import write_capability
from bland_deploy.state.suppressed import has_suppressed
from bland_deploy.views import probe as views
from bland_deploy.views.words import count

_MINUTES = 1


def run(invocation: Invocation, numbers: Sequence[str], file: Path | None, format_: str) -> ExitCode:
    """Show what would be sent; send it once somebody has typed how many calls that are; write down what was found."""
    session = open_session(invocation, needs_key=True)
    chosen = read_numbers(numbers, file)
    if not session.settings.rings_nobody:
        refuse_fictional(chosen)
    refuse_suppressed(chosen, _suppressed(session))
    callees = partial(_callees, session, chosen)
    callees()
    write_aside(views.render_plan(_planned(session, chosen)))
    _ask()
    probed = _carry_out(invocation, session, callees)
    outcome = views.Outcome(_write(session, probed), probed.capability, probed.stops, probed.open, len(probed.lost))
    write_document(views.render_document(outcome) if format_ == "json" else views.render(outcome))
    if probed.lost:
        return ExitCode.UNKNOWN
    return ExitCode.PARTIAL if probed.open else ExitCode.DONE


def _callees(session: Session, numbers: Sequence[str]) -> tuple[Callee, ...]:
    return make_callees(numbers, session.settings.profile, datetime.now(UTC))


def _suppressed(session: Session) -> Together:
    """Everybody whom no campaign of the workspace may call, or one of them must not."""
    in_state = session.in_state()
    if in_state is not None:
        in_state.look()
    elif has_suppressed(session.store()):
        raise AuthenticationFailed(
            "who is suppressed cannot be read without the state key",
            help="set BLAND_DEPLOY_STATE_KEY, or put the key into .bland-deploy/state.key",
        )
    parts = [part for loaded in session.campaigns(()) for part in _of_campaign(session, loaded)]
    return Together([*parts, *([in_state] if in_state is not None else [])])


def _of_campaign(session: Session, loaded: LoadedCampaign) -> tuple[Container[str], ...]:
    if loaded.campaign is None:
        refuse_errors(loaded.diagnostics)
    if loaded.campaign is None or not loaded.campaign.suppression:
        return ()
    read = read_suppressed(loaded.campaign.suppression, session.reach)
    if has_errors(read.diagnostics):
        raise InvalidInput("the suppression lists have errors", diagnostics=read.diagnostics)
    return read.suppressed, read.keyed


def _planned(session: Session, numbers: Sequence[str]) -> views.Planned:
    settings = session.settings
    return views.Planned(
        settings.environment,
        settings.base_url or "the sandbox inside this program",
        [views.Step(trial.api, trial.calls, trial.settles) for trial in TRIALS],
        [mask_number(number) for number in numbers],
        estimate(asked_calls(), _MINUTES, settings.prices),
        round(AHEAD.total_seconds() / 3600),
    )


def _ask() -> None:
    calls = count(asked_calls(), "call")
    if not can_ask():
        raise Blocked(f"{calls} would be asked for, and nobody is here to agree", help="run it in a terminal")
    if not type_words(f"Type `{calls}` to ask for them", calls):
        raise Blocked("not agreed: the number of calls was not typed", help="run it again")


def _carry_out(invocation: Invocation, session: Session, callees: Callable[[], tuple[Callee, ...]]) -> Probed:
    settings = session.settings
    with (
        open_journal(session.root, settings.environment) as journal,
        open_provider(settings) as client,
        watching_signals(quiet=invocation.quiet) as interrupted,
    ):
        provider = Provider(settings.environment, settings.base_url, account_fingerprint(client))
        _tidy_up(invocation, client, journal)
        prober = Prober(
            client,
            journal,
            sleep=partial(sleep_until, interrupted),
            check=partial(_check, interrupted),
            lineage=new_lineage(),
            patience=AT_HOME if settings.rings_nobody else USUAL,
        )
        try:
            return probe(prober, provider, callees, partial(_told, invocation))
        except SecondSignal:
            write_aside(f"Batches may be left that wait for their time: {STOP_WITHOUT_STATE}.\n")
            raise


def _tidy_up(invocation: Invocation, client: Client, journal: Journal) -> None:
    left = tidy_up(client, journal)
    if left.stops:
        rung = sum(end.dialled or 0 for end in left.stops)
        phones = f", and {count(rung, 'phone')} may have rung before" if rung else ""
        invocation.say(f"An earlier probe had left {count(len(left.stops), 'batch')}: stopped{phones}.")
    if left.missing:
        creates = count(left.missing, "create")
        invocation.say(
            f"The answers of {creates} of an earlier probe were lost, and no list shows them: they may be void."
        )


def _check(interrupted: Callable[[], ExitCode | None]) -> None:
    code = interrupted()
    if code is not None:
        raise Interrupted("stopped by a signal", code)


def _told(invocation: Invocation, trial: Trial) -> None:
    invocation.say(f"{TRIALS.index(trial) + 1}/{len(TRIALS)} {trial.api}: {trial.settles} …")


def _write(session: Session, probed: Probed) -> str:
    try:
        return write_capability(session.root, probed.capability)
    except OSError as problem:
        reason = (problem.strerror or "the disk refuses").lower()
        raise DeployError(
            f"what was found cannot be written to capabilities/: {reason}",
            help="make the workspace writable, and probe again",
            outcome=f"{count(len(probed.stops), 'batch')} stopped",
        ) from problem
