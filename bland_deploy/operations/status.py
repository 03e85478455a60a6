"""How the batches of a campaign are doing, by the log and by the provider."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from bland_deploy.api.outcomes import FINAL, BatchStatus, ListedCall
from bland_deploy.client.connection import Client
from bland_deploy.model.events import Event
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.statuses import BatchReport
from bland_deploy.operations.provider.dialled import dialled_keys
from bland_deploy.operations.provider.listed import AT_ONCE, batch_status, list_calls
from bland_deploy.operations.provider.tally import tally
from bland_deploy.state.log import Log, people_of
from bland_deploy.state.replay import Attempt, Phase

_WORDS = {Phase.CLAIMED: "unfinished", Phase.SENDING: "unfinished", Phase.HELD: "held"}


class Asked(NamedTuple):
    """How batches are asked for. `told` is what webhooks of the provider said last, by batch id.

    Who was not dialled is found out where the state key is given, and how calls stand where `calls` are wanted.
    """

    state_key: bytes | None = None
    calls: bool = False
    told: Mapping[str, Event] = {}


def status(
    client: Client, logs: Iterable[Log], asked: Asked, known: Iterable[BatchReport] = ()
) -> tuple[BatchReport, ...]:
    """A report of every batch that was sent or may have been, in the order of the log. Raises as `get_json` does.

    What is `known` to be final is not asked again.
    """
    attempts = [(log, attempt) for log in logs for attempt in _told(log)]
    final = {report.batch_id: report for report in known if report.batch_id and report.final}
    report = partial(_report, client, asked)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(lambda pair: final.get(pair[1].batch_id) or report(*pair), attempts))


def _told(log: Log) -> Iterator[Attempt]:
    return (attempt for attempt in log.standing.attempts.values() if attempt.phase is not Phase.VOID)


def _report(client: Client, asked: Asked, log: Log, attempt: Attempt) -> BatchReport:
    claim, size = attempt.claim, attempt.batch.calls
    if attempt.batch_id is None:
        word = _WORDS.get(attempt.phase, "sent")
        return BatchReport(
            log.campaign, claim.round, claim.api, None, word, size, reason=attempt.reason, wave=claim.wave_number
        )
    found = _heard(asked.told.get(attempt.batch_id)) or batch_status(client, claim.api, attempt.batch_id)
    doubt = asked.state_key is not None and _may_lack_dials(attempt, found)
    calls = list_calls(client, attempt.batch_id) if asked.calls or doubt else ()
    return BatchReport(
        log.campaign,
        claim.round,
        claim.api,
        attempt.batch_id,
        found.status,
        found.calls if found.calls is not None else size,
        found.successful,
        found.failed,
        found.reason,
        not_dialled=_not_dialled(calls, log, attempt, asked.state_key) if asked.state_key and doubt else None,
        final=found.final,
        tally=tally(calls) if asked.calls else None,
        wave=claim.wave_number,
    )


def _heard(event: Event | None) -> BatchStatus | None:
    """What a webhook said of a batch, if that was its end, whole: v1's says no more than that it is over."""
    if event is None or event.status not in FINAL or (event.successful is None and event.status != "failed"):
        return None
    return BatchStatus(event.status, event.calls, event.successful, event.failed, event.reason)


def _may_lack_dials(attempt: Attempt, found: BatchStatus) -> bool:
    """Whether the provider's counts leave it open that somebody was not dialled: v1 has no word for a stopped batch."""
    if not found.final or found.status != "completed":
        return found.final
    told = found.successful if attempt.claim.api == "v1" else found.calls
    return told is None or told < attempt.batch.calls


def _not_dialled(calls: Iterable[ListedCall], log: Log, attempt: Attempt, state_key: bytes) -> int:
    people = people_of(log, attempt)
    return len(people - dialled_keys(calls, people, recipient_keys(state_key, log.campaign, attempt.claim.round)))
