"""The provider's do-not-call list, read whole into the state.

Whoever the provider takes off it stays suppressed: nothing takes that back.
"""

from collections.abc import Iterator

from bland_deploy.api.do_not_call import page_path, parse_page
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json
from bland_deploy.diagnostics import Diagnostic, warning
from bland_deploy.errors import AuthenticationFailed, Unavailable
from bland_deploy.model.heard import Added, Listed
from bland_deploy.model.suppressions import ProviderList
from bland_deploy.operations.provider.dialled import identities
from bland_deploy.operations.suppression.suppress import Ear, record, suppress

_MOST_PAGES = 5_000
_NOT_FOUND = 404


def take_provider_list(client: Client, ear: Ear) -> Listed:
    """Suppress everybody on the list. A key that may not read it is no failure.

    Raises Unavailable, and as `suppress` does.
    """
    try:
        numbers = _read(client)
    except AuthenticationFailed as problem:
        return _refused(problem.message)
    if numbers is None:
        return _refused(f"{client.host} has no such list")
    people = frozenset(identity for number in numbers if (identity := _identity(number)) is not None)
    said = ear.said("on the provider's do-not-call list", "provider_list")
    added = suppress(ear.store, ear.state_key, people, said) if people else Added()
    record(ear.store, ear.state_key, ProviderList(at=said.written_at, by=ear.by, people=len(people)))
    return Listed(len(people), added, tuple(_unread(sum(_identity(number) is None for number in numbers))))


def _refused(reason: str) -> Listed:
    message = f"the provider's do-not-call list was not read: {reason}"
    way_out = "use a key that may read it; the provider keeps to its list by itself when it dials"
    return Listed(found=(warning("provider-list-refused", message, help=way_out),))


def _unread(numbers: int) -> Iterator[Diagnostic]:
    if numbers:
        some = "1 entry" if numbers == 1 else f"{numbers:,} entries"
        yield warning(
            "provider-list-unread",
            f"{some} of the provider's do-not-call list cannot be read as phone numbers: nobody is protected by that",
            help="correct them in the provider's dashboard",
        )


def _read(client: Client) -> tuple[str, ...] | None:
    """Every number on the list; None where there is no such list."""
    found: dict[str, str] = {}
    start = 0
    for _ in range(_MOST_PAGES):
        answer = get_json(client, page_path(start))
        if answer.status == _NOT_FOUND:
            return None
        page = parse_page(answer.body)
        fresh = page.numbers.keys() - found.keys()
        found |= page.numbers
        start += len(page.numbers)
        if not fresh or (page.total is not None and start >= page.total):
            break
    if page.total is not None and len(found) < page.total:
        raise Unavailable("the provider's do-not-call list changed while it was read", help="run it again")
    return tuple(found.values())


def _identity(number: str) -> str | None:
    """Whom a number on the list means; None where it means nobody."""
    likeliest = next(iter(identities(number)), "")
    return likeliest if likeliest.startswith("+") else None
