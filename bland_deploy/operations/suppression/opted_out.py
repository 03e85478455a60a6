"""Who asked in a call not to be called again: found in what became of calls, and suppressed.

How a call was judged stands in the call itself, which is asked for only where somebody was on the line. A batch that
has ended is looked at once: the log of suppressed people says which were, so that a fresh clone does not begin anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bland_deploy.api.calls import call_path
from bland_deploy.api.do_not_call import who_opted_out
from bland_deploy.api.outcomes import ListedCall
from bland_deploy.archive import Archive
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json
from bland_deploy.events import Events
from bland_deploy.model.entries import instant
from bland_deploy.model.heard import Added, Heard
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.suppressions import LookedAt
from bland_deploy.operations.provider.dialled import identities
from bland_deploy.operations.provider.results import Progress, Sent, ask_lacking, collect
from bland_deploy.operations.suppression.suppress import Ear, Said, record, suppress
from bland_deploy.state.log import people_of
from bland_deploy.state.suppressed import open_suppressed

_BATCHES_AT_ONCE = 20


def hear(client: Client, batches: Sequence[Sent], archive: Archive, ear: Ear, progress: Progress) -> Heard:
    """Look at the batches that were not looked at to their end, some at a time. Raises as `collect` and `suppress`.

    Whatever interrupts it, the next run goes on from there.
    """
    log = open_suppressed(ear.store, ear.state_key)
    done = log.looked_at if log else frozenset()
    left = iter([batch for batch in batches if batch.attempt.batch.attempt not in done])
    heard = Heard()
    while some := list(islice(left, _BATCHES_AT_ONCE)):
        collect(client, some, archive, progress, details=False)
        for batch in some:
            ask_lacking(client, batch, archive, lambda call: call.may_have_opted_out)
        added = heed(some, archive, ear)
        ended = tuple(batch.attempt.batch.attempt for batch in some if archive.reach(batch.batch_id).whole)
        if ended:
            record(ear.store, ear.state_key, LookedAt(at=instant(ear.at), by=ear.by, attempts=ended))
        heard = Heard(heard.batches + len(ended), heard.unfinished + len(some) - len(ended), heard.added.plus(added))
    return heard


def hear_webhooks(client: Client, events: Events, ear: Ear) -> Added:
    """Suppress who asked for it in calls of which signed webhooks told: the calls themselves are asked for that.

    Raises as `get_json` and `suppress` do.
    """
    calls = events.opted_out()
    numbers = [who_opted_out(get_json(client, call_path(call)).body) for call in calls]
    people = frozenset(identity for number in numbers if number is not None for identity in _meant(number))
    added = suppress(ear.store, ear.state_key, people, _said(ear)) if people else Added()
    events.heeded(calls)
    return added


def heed(batches: Iterable[Sent], archive: Archive, ear: Ear) -> Added:
    """Suppress who asked not to be called again in the calls that are known. Raises as `suppress` does."""
    people = frozenset(
        identity
        for batch in batches
        for call in archive.calls(batch.batch_id)
        if call.opted_out
        for identity in _called(batch, call, ear.state_key)
    )
    return suppress(ear.store, ear.state_key, people, _said(ear)) if people else Added()


def _said(ear: Ear) -> Said:
    return ear.said("asked in a call not to be called again (DO_NOT_CONTACT)", "calls")


def _called(batch: Sent, call: ListedCall, state_key: bytes) -> Iterator[str]:
    """Whom a call was made to: who of the batch it can mean, and whoever it can mean where that is nobody."""
    key_of = recipient_keys(state_key, batch.log.campaign, batch.attempt.claim.round)
    meant, people = identities(call.to), people_of(batch.log, batch.attempt)
    of_batch = [identity for identity in meant if key_of(identity) in people]
    yield from of_batch or _meant(call.to)


def _meant(number: str) -> Sequence[str]:
    """Whom a number may mean: all of them, where it may mean several."""
    found = identities(number)
    return [identity for identity in found if identity.startswith("+")] or found
