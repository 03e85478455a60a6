"""`bland-deploy reconcile`: settle held and unfinished sends against the provider."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import open_provider, open_session, who
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.model.holds import Hold
from bland_deploy.operations.provider import list_batches
from bland_deploy.operations.reconcile import Decision, holds, resolve
from bland_deploy.operations.witness import settle
from bland_deploy.views import holds as views


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    sent: tuple[str, str] | None,
    not_sent: str | None,
    not_rung: str | None,
    reason: str | None,
    format_: str,
) -> ExitCode:
    """Settle held and unfinished sends: by the provider's list where it can, else by your decision."""
    decision = _decision({"sent": sent, "not_sent": not_sent, "not_rung": not_rung}, reason)
    session = open_session(invocation, needs_key=True)
    store, now = session.store(), datetime.now(UTC)
    with open_provider(session.settings) as client:
        found = []
        for log in logs_of(session, campaigns):
            with store.lock(log.campaign, 0.0):
                batches = list_batches(client, {attempt.claim.api for attempt in log.standing.attempts.values()})
                settled = settle(log, batches, now)
                if decision and _is_about(decision, settled.standing.attempts):
                    settled = resolve([settled], decision, now)
                    decision = None
                found += list(holds([settled], batches))
    if decision is not None:
        raise InvalidInput(
            f"{decision.subject} is no send of these campaigns", help="`bland-deploy reconcile` lists them"
        )
    return _show(found, format_)


def _decision(given: Mapping[str, tuple[str, str] | str | None], reason: str | None) -> Decision | None:
    """The decision in the options, or None. InvalidInput for two at once or one without a reason."""
    made = [(outcome, value) for outcome, value in given.items() if value]
    if not made:
        return None
    if len(made) > 1:
        raise InvalidInput(
            "--sent, --not-sent and --not-rung exclude each other", help="decide about one send at a time"
        )
    if not reason or not reason.strip():
        raise InvalidInput("a decision needs --reason", help="it is recorded with your name: say what you looked at")
    outcome, value = made[0]
    subject, batch_id = (value, None) if isinstance(value, str) else value
    return Decision(outcome, subject, batch_id, who(os.environ), reason)


def _is_about(decision: Decision, attempts: Mapping[str, object]) -> bool:
    return decision.subject in attempts or any(
        getattr(attempt, "batch_id", None) == decision.subject for attempt in attempts.values()
    )


def _show(found: Sequence[Hold], format_: str) -> ExitCode:
    write_document(views.render_document(found) if format_ == "json" else views.render(found))
    return ExitCode.UNKNOWN if found else ExitCode.DONE
