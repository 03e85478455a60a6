"""The account's do-not-call list (`/v1/org_dnc`; API reference, 9.4): a page of it, and what the answer says."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from bland_deploy.api.envelopes import content_of, denies_success, failure_in, items_of, read_answer, whole
from bland_deploy.api.outcomes import is_opt_out
from bland_deploy.errors import Unavailable

PAGE = 1_000


class ListedPage(NamedTuple):
    """Some entries of the list, number by id; `total` is how many there are in all, where the provider says so."""

    numbers: Mapping[str, str]
    total: int | None


def page_path(start: int) -> str:
    """Where the list is told from an entry on."""
    return f"/v1/org_dnc?{urlencode({'limit': PAGE, 'offset': start})}"


def parse_page(body: bytes) -> ListedPage:
    """A page of the list. Raises Unavailable where any of it is unreadable: who is on it must not be called."""
    answer = read_answer(body) or {"error": "UNREADABLE"}
    entries = items_of(answer, "entries")
    if entries is None or denies_success(answer):
        failure = failure_in(answer)
        raise _unreadable(f": {failure.message}" if failure else "")
    numbers: dict[str, str] = {}
    for entry in entries:
        id_, number = (entry.get("id"), entry.get("phone_number")) if isinstance(entry, Mapping) else (None, None)
        if not isinstance(id_, str | int) or not isinstance(number, str | int):
            raise _unreadable("")
        numbers[str(id_)] = str(number)
    return ListedPage(numbers, whole(content_of(answer, "total_count")))


def who_opted_out(body: bytes) -> str | None:
    """The number of who asked in a call, told with everything, not to be called again; None where nobody did."""
    call = read_answer(body) or {}
    number = call.get("from" if call.get("inbound") is True else "to")
    return str(number) if is_opt_out(call.get("disposition_tag")) and isinstance(number, str | int) else None


def _unreadable(reason: str) -> Unavailable:
    return Unavailable(
        f"the provider's answer about its do-not-call list cannot be read{reason}", help="try again later"
    )
