"""What the provider says it has: the account, and every batch with its stamp."""

from collections.abc import Iterable
from hashlib import sha256

from bland_deploy.api.answers import ME_PATH, parse_batch_list, parse_me, parse_stop
from bland_deploy.api.outcomes import Listed, Stopped
from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json, post_action

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


def stop_batch(client: Client, api: str, batch_id: str) -> Stopped:
    """Ask the provider to stop a batch; safe to repeat."""
    answer = post_action(client, VERSIONS[api].stop_path(batch_id))
    return parse_stop(answer.status, answer.body)
