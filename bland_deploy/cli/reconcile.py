"""`bland-deploy reconcile`: settle held and unfinished sends against the provider."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from bland_deploy.cli.asking import can_ask, type_number
from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import open_provider, open_session, who
from bland_deploy.client.connection import Client
from bland_deploy.errors import AuthenticationFailed, Blocked, ExitCode, InvalidInput, Unavailable
from bland_deploy.model.holds import Hold
from bland_deploy.model.statuses import BatchReport
from bland_deploy.operations.provider.evidence import Unrung, find_unrung, seen_of_open
from bland_deploy.operations.provider.listed import list_batches
from bland_deploy.operations.provider.witness import settle
from bland_deploy.operations.reconcile import Decision, free, holds, refuse_unsent, resolve, subjects
from bland_deploy.operations.status import Asked, status
from bland_deploy.state.log import Log
from bland_deploy.views import holds as views
from bland_deploy.views.words import count


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    sent: tuple[str, str] | None,
    not_sent: str | None,
    not_rung: str | None,
    reason: str | None,
    yes: bool,
    format_: str,
) -> ExitCode:
    """Settle held and unfinished sends: by the provider's list where it can, else by your decision."""
    decision = _decision({"sent": sent, "not_sent": not_sent, "not_rung": not_rung}, reason)
    session = open_session(invocation, needs_key=True)
    logs = logs_of(session, campaigns)
    if decision is not None and not any(subjects(log, decision) for log in logs):
        raise InvalidInput(
            f"{decision.subject} is no send of these campaigns", help="`bland-deploy reconcile` lists them"
        )
    found: list[Hold] = []
    with open_provider(session.settings) as client:
        desk = Desk(invocation, client, session.settings.state_key, yes=yes)
        after = []
        for log in logs:
            with log.store.lock(log.campaign, 0.0):
                log, open_holds = desk.settle(log, decision)  # noqa: PLW2901 - the same log, one step on
            after.append(log)
            found += open_holds
        unrung = desk.unrung(after)
    write_document(views.render_document(found, unrung) if format_ == "json" else views.render(found, unrung))
    return ExitCode.UNKNOWN if found else ExitCode.DONE


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


@dataclass(frozen=True, slots=True)
class Desk:
    """Where logs are looked at, one after the other, with the provider's lists beside them."""

    invocation: Invocation
    client: Client
    state_key: bytes | None
    yes: bool

    def settle(self, log: Log, decision: Decision | None) -> tuple[Log, list[Hold]]:
        """The log with what evidence and the decision settle, and what stays open."""
        batches = list_batches(self.client, {attempt.claim.api for attempt in log.standing.attempts.values()})
        log = settle(log, batches, datetime.now(UTC))
        seen = seen_of_open(self.client, log, batches, self.state_key) if self.state_key else {}
        about = subjects(log, decision) if decision else ()
        if decision is not None and about:
            if decision.outcome == "not_rung":
                log = self._free(log, decision)
            else:
                attempt = about[0]
                log = resolve(log, attempt, decision, seen.get(attempt.batch.attempt), datetime.now(UTC))
        return log, list(holds(log, batches, seen))

    def _free(self, log: Log, decision: Decision) -> Log:
        attempts = subjects(log, decision)
        refuse_unsent(attempts, decision)
        if self.state_key is None:
            raise AuthenticationFailed(
                "the state key is missing, without which nobody can tell whose calls the provider lists",
                help="set BLAND_DEPLOY_STATE_KEY, or put the key into .bland-deploy/state.key",
            )
        unrung = find_unrung(self.client, log, attempts, self.state_key)
        number = sum(map(len, unrung.people.values()))
        if not number:
            raise InvalidInput(
                f"the provider lists a dial to everybody in {decision.subject}, or they were freed before",
                help="whom it dialled cannot be freed; another `round` calls everybody again on purpose",
            )
        if unrung.doubt is not None and not self.yes:
            _ask(unrung, number)
        log = free(log, unrung, decision, datetime.now(UTC))
        self.invocation.say(f"{count(number, 'person')} may be called again: `bland-deploy apply` will.")
        return log

    def unrung(self, logs: Sequence[Log]) -> list[BatchReport]:
        """The batches that ended without a dial to somebody; none where the provider does not tell now."""
        with suppress(Unavailable):
            return [report for report in status(self.client, logs, Asked(self.state_key)) if report.not_dialled]
        return []


def _ask(unrung: Unrung, number: int) -> None:
    people = count(number, "person")
    if not can_ask():
        raise Blocked(
            f"whether {people} were rung cannot be told: {unrung.doubt}",
            help="wait until the batch has ended, stop it (`bland-deploy stop --batch ID`), or give --yes if you know",
        )
    question = (
        f"Whether {people} were rung cannot be told: {unrung.doubt}.\n"
        f"Type their number ({number}) if you know that they were not"
    )
    if not type_number(question, number):
        raise Blocked("nobody was freed: the number was not typed", help="run it again")
