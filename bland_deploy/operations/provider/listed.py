"""What the provider says it has: the account, every batch with its stamp, and calls."""

from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256

from bland_deploy.api.answers import ME_PATH, parse_batch_list, parse_calls, parse_me, parse_status, parse_stop
from bland_deploy.api.calls import calls_path, calls_since_path
from bland_deploy.api.outcomes import BatchStatus, Listed, ListedCall, Stopped
from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json, post_action
from bland_deploy.errors import Unavailable

AT_ONCE = 8
"""So many questions are asked at the same time; the provider's limit is not documented (API reference, 6.3)."""
PAGE = 200
_MOST_PAGES = 5_000


def account_fingerprint(client: Client) -> str | None:
    """A digest of the account behind the key, or None where the provider does not tell.

    Raises AuthenticationFailed for a wrong key and Unavailable where nobody answers: a cheap first question.
    """
    account = parse_me(get_json(client, ME_PATH).body)
    return sha256(f"account\0{account.id}".encode()).hexdigest()[:16] if account.id else None


def list_batches(client: Client, apis: Iterable[str]) -> tuple[Listed, ...]:
    """Every batch that the provider lists, each id once, for these generations of the API.

    Pages overlap where batches are created meanwhile, so the list ends at a page without news.
    """
    found: dict[str, Listed] = {}
    for api in sorted(set(apis)):
        seen: set[str] = set()
        for page in range(_MOST_PAGES):
            body = get_json(client, VERSIONS[api].list_path(page * PAGE, PAGE)).body
            batches = parse_batch_list(api, body)
            fresh = {batch.batch_id for batch in batches} - seen
            if not fresh:
                break
            seen |= fresh
            found |= {batch.batch_id: batch for batch in batches}
    return tuple(found.values())


def batch_status(client: Client, api: str, batch_id: str) -> BatchStatus:
    """Where a batch stands. Raises as `get_json` does."""
    return parse_status(api, get_json(client, VERSIONS[api].status_path(batch_id)).body)


def list_calls(client: Client, batch_id: str) -> tuple[ListedCall, ...]:
    """Every call that the provider lists for a batch, each id once. Raises as `get_json` does."""
    calls = _all_calls(client, partial(calls_path, batch_id), _MOST_PAGES)
    if calls is None:
        raise Unavailable(f"the list of calls of batch {batch_id} does not end", help="try again later")
    return calls


def list_calls_since(client: Client, since: str | None, pages: int) -> tuple[ListedCall, ...] | None:
    """Every call of the account since a date, or ever; None where that fills more pages than these."""
    return _all_calls(client, partial(calls_since_path, since), pages)


def _all_calls(client: Client, path: Callable[[int], str], pages: int) -> tuple[ListedCall, ...] | None:
    """New calls come at the end of the list, so what was seen stays where it was; it ends at a page without news."""
    found: dict[str, ListedCall] = {}
    first = 0
    for _ in range(pages):
        page = parse_calls(get_json(client, path(first)).body)
        fresh = [call for call in page.calls if call.call_id not in found]
        found |= {call.call_id: call for call in fresh}
        first += len(page.calls)
        if not fresh or (page.total is not None and first >= page.total):
            return tuple(found.values())
    return None


def stop_batch(client: Client, api: str, batch_id: str) -> Stopped:
    """Ask the provider to stop a batch; safe to repeat."""
    answer = post_action(client, VERSIONS[api].stop_path(batch_id))
    return parse_stop(answer.status, answer.body)
