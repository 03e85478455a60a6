"""What became of every call: asked page by page, several batches at a time, and kept, so that it can be resumed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from bland_deploy.api.answers import parse_call, parse_calls
from bland_deploy.api.calls import call_path, calls_path
from bland_deploy.api.outcomes import CallPage, ListedCall
from bland_deploy.archive import Archive, Reach
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json
from bland_deploy.model.json import JsonObject
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.recipient import Recipient
from bland_deploy.model.results import CallResult
from bland_deploy.operations.calls.prepare import Prepared
from bland_deploy.operations.provider.dialled import identities
from bland_deploy.operations.provider.listed import AT_ONCE, batch_status
from bland_deploy.recipients.people import find_people
from bland_deploy.state.log import Log
from bland_deploy.state.replay import Attempt

_DETAILS_AT_ONCE = 100
T = TypeVar("T")


class Sent(NamedTuple):
    """A batch that was sent, in the log that says so."""

    log: Log
    attempt: Attempt

    @property
    def batch_id(self) -> str:
        """The provider's id of it."""
        assert self.attempt.batch_id is not None
        return self.attempt.batch_id


class Person(NamedTuple):
    """Where somebody stands in the campaign's list: the line, and the cells that are wanted."""

    row: int
    columns: JsonObject


People = Mapping[bytes, Person]
Progress = Callable[[int], None]


def sent_batches(logs: Sequence[Log], round_: str | None) -> tuple[Sent, ...]:
    """Every batch that was sent, of one round or of all, in the order of the logs."""
    return tuple(
        Sent(log, attempt)
        for log in logs
        for attempt in log.standing.attempts.values()
        if attempt.batch_id is not None and round_ in {None, attempt.claim.round}
    )


def collect(client: Client, batches: Sequence[Sent], archive: Archive, progress: Progress, *, details: bool) -> None:
    """Ask for what is not known yet, and keep it. `progress` hears how many calls came in. Raises as `get_json` does.

    A batch that is known to its end is not asked for again.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for some in _chunks((batch for batch in batches if not archive.reach(batch.batch_id).whole), AT_ONCE):
            pending = {batch.batch_id: batch for batch in some}
            while pending:
                starts = [archive.reach(batch_id).calls for batch_id in pending]
                pages = pool.map(partial(_page, client), pending, starts)
                for batch_id, start, page in zip(tuple(pending), starts, pages, strict=True):
                    archive.put(batch_id, page.calls, Reach(start + len(page.calls)))
                    progress(len(page.calls))
                    if _is_last(page, start):
                        _close(client, pending.pop(batch_id), archive)
    for batch in batches if details else ():
        _ask_details(client, batch, archive.without_details(batch.batch_id), archive)
        progress(0)


def _ask_details(client: Client, batch: Sent, call_ids: Sequence[str], archive: Archive) -> None:
    """Ask for all that is known of these calls of a batch, and keep it. Raises as `get_json` does."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for ids in _chunks(iter(call_ids), _DETAILS_AT_ONCE):
            archive.put_details(batch.batch_id, pool.map(partial(_details, client), ids))


def ask_lacking(client: Client, batch: Sent, archive: Archive, is_wanted: Callable[[ListedCall], bool]) -> None:
    """Ask for all that is known of the wanted calls of which their list told too little. Raises as `get_json` does."""
    lacking = frozenset(archive.without_details(batch.batch_id))
    calls = archive.calls(batch.batch_id)
    _ask_details(
        client, batch, [call.call_id for call in calls if is_wanted(call) and call.call_id in lacking], archive
    )


def _page(client: Client, batch_id: str, start: int) -> CallPage:
    return parse_calls(get_json(client, calls_path(batch_id, start)).body)


def _details(client: Client, call_id: str) -> ListedCall:
    return parse_call(get_json(client, call_path(call_id)).body)


def _is_last(page: CallPage, start: int) -> bool:
    """New calls come at the end of the list, so a page that reaches its end is the last for now."""
    return not page.calls or (page.total is not None and start + len(page.calls) >= page.total)


def _close(client: Client, batch: Sent, archive: Archive) -> None:
    """At the end of a list: it is whole if nothing can change any more; else the next run reads it anew."""
    known, running = archive.open_calls(batch.batch_id)
    whole = not running and known >= batch.attempt.batch.calls
    if not running and not whole:
        whole = batch_status(client, batch.attempt.claim.api, batch.batch_id).final
    archive.put(batch.batch_id, (), Reach(0, whole))


def read_results(
    batches: Sequence[Sent], archive: Archive, state_key: bytes | None, people: People
) -> Iterator[CallResult]:
    """Every call that is known of these batches, each once. `people` is by recipient key of campaign and round."""
    for batch in batches:
        claim = batch.attempt.claim
        key_of = recipient_keys(state_key, batch.log.campaign, claim.round) if state_key else None
        for call in archive.calls(batch.batch_id):
            keys = (key_of(identity) for identity in identities(call.to)) if key_of else ()
            person = next((people[key] for key in keys if key in people), None)
            yield _result(batch, call, person)


def _result(batch: Sent, call: ListedCall, person: Person | None) -> CallResult:
    return CallResult(
        campaign=batch.log.campaign,
        round=batch.attempt.claim.round,
        batch_id=batch.batch_id,
        call_id=call.call_id,
        row=person.row if person else None,
        number=call.to,
        outcome=call.outcome,
        completed=call.completed,
        dialled=call.outcome != "queued" and not call.undialled,
        created_at=call.created_at,
        started_at=call.started_at,
        ended_at=call.ended_at,
        minutes=call.minutes,
        price=call.price,
        disposition=call.disposition,
        answered_by=call.answered_by,
        error=call.error_message,
        variables=call.variables,
        summary=call.summary,
        transcript=call.transcript,
        columns=person.columns if person else {},
        wave=batch.attempt.claim.wave_number,
    )


def _chunks(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(items, size)):
        yield chunk


def find_rows(
    prepared: Prepared, rounds: Sequence[str], state_key: bytes, columns: Sequence[str]
) -> dict[bytes, Person]:
    """Where the people of a campaign's list stand now, by recipient key in each of these rounds."""
    key_ofs = [recipient_keys(state_key, prepared.campaign.campaign, name) for name in rounds]
    found: dict[bytes, Person] = {}
    for item in find_people(prepared.source, prepared.campaign.recipients):
        if isinstance(item, Recipient):
            row = item.row
            person = Person(row.line, {name: row.values[name] for name in columns if name in row.values})
            found.update((key_of(item.number.identity), person) for key_of in key_ofs)
    return found
