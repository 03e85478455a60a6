"""How the batches of a campaign are doing, by the log and by the provider."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from bland_deploy.api.answers import parse_status
from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json
from bland_deploy.model.statuses import BatchReport
from bland_deploy.state.log import Log
from bland_deploy.state.replay import Attempt, Phase

_AT_ONCE = 8
_WORDS = {Phase.CLAIMED: "unfinished", Phase.SENDING: "unfinished", Phase.HELD: "held"}


def status(client: Client, logs: Iterable[Log]) -> tuple[BatchReport, ...]:
    """A report of every batch that was sent or may have been, in the order of the log. Raises as `get_json` does."""
    attempts = [(log.campaign, attempt) for log in logs for attempt in _told(log)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(lambda pair: _report(client, *pair), attempts))


def _told(log: Log) -> Iterator[Attempt]:
    return (attempt for attempt in log.standing.attempts.values() if attempt.phase is not Phase.VOID)


def _report(client: Client, campaign: str, attempt: Attempt) -> BatchReport:
    claim, calls = attempt.claim, attempt.batch.calls
    if attempt.batch_id is None:
        word = _WORDS.get(attempt.phase, "sent")
        return BatchReport(campaign, claim.round, claim.api, None, word, calls, reason=attempt.reason)
    answer = get_json(client, VERSIONS[claim.api].status_path(attempt.batch_id))
    found = parse_status(claim.api, answer.body)
    return BatchReport(
        campaign,
        claim.round,
        claim.api,
        attempt.batch_id,
        found.status,
        found.calls if found.calls is not None else calls,
        found.successful,
        found.failed,
        found.reason,
    )
