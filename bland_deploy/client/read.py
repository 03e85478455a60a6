"""Questions to the provider, and actions that may be repeated: tried again with pauses, within a budget."""

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple, NoReturn

import httpx
import orjson

from bland_deploy.client.connection import Client
from bland_deploy.client.exchange import Answer, parse_date
from bland_deploy.client.trouble import plain_words
from bland_deploy.errors import AuthenticationFailed, Unavailable

_TRY_AGAIN = frozenset({408, 425, 429})
_NO_ACCESS = frozenset({401, 403})


class _Trouble(NamedTuple):
    """Why a try failed, whether another may help, and how long the provider asks us to wait (seconds)."""

    reason: str
    lasting: bool = False
    wait: float = 0.0


def get_json(client: Client, path: str) -> Answer:
    """The answer to a question: a 2xx, or a refusal of this very question (404, 400, …), and its body is JSON.

    Raises AuthenticationFailed, and Unavailable when the provider cannot be reached, limits us or answers nonsense.
    """
    return _exchange(client, "GET", path, "nothing was sent")


def post_action(client: Client, path: str) -> Answer:
    """The answer to an action that does no harm when repeated, such as stopping a batch. Raises as `get_json` does."""
    return _exchange(client, "POST", path, "whether it was done is unknown; it is safe to repeat")


def _exchange(client: Client, method: str, path: str, outcome: str) -> Answer:
    patience, clock = client.manners.patience, client.manners.clock
    until = clock.monotonic() + patience.budget
    tries = 0
    while True:
        result = _try(client, method, path)
        if isinstance(result, Answer):
            return result
        tries += 1
        pause = max(_pause(client, tries), result.wait)
        if result.lasting or tries >= patience.tries or clock.monotonic() + pause > until:
            _give_up(result, tries, outcome)
        clock.sleep(pause)


def _try(client: Client, method: str, path: str) -> Answer | _Trouble:
    try:
        response = client.reads.request(method, path)
    except httpx.HTTPError as error:
        return _Trouble(plain_words(client, error))
    return _judge(client, Answer(response.status_code, dict(response.headers), response.content))


def _judge(client: Client, answer: Answer) -> Answer | _Trouble:
    if answer.status in _NO_ACCESS:
        raise AuthenticationFailed(
            f"{client.host} refuses the API key (HTTP {answer.status})",
            help="check that the key is current, belongs to this account, and may do this",
        )
    if answer.status in _TRY_AGAIN or answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return _Trouble(f"{client.host} answers HTTP {answer.status}", wait=_retry_after(client, answer.headers))
    if httpx.codes.is_redirect(answer.status):
        return _Trouble(f"{client.host} answers with a redirect (HTTP {answer.status})", lasting=True)
    if not _is_json(answer.body):
        return _Trouble(
            f"{client.host} answers HTTP {answer.status} with something other than JSON",
            lasting=not httpx.codes.is_success(answer.status),
        )
    return answer


def _give_up(trouble: _Trouble, tries: int, outcome: str) -> NoReturn:
    asked = f"; it asks to wait {trouble.wait:.0f} s" if trouble.wait else ""
    often = f" (tried {tries} times)" if tries > 1 else ""
    help_ = "check base_url" if trouble.lasting else "try again later"
    raise Unavailable(f"{trouble.reason}{asked}{often}", help=help_, outcome=outcome)


def _pause(client: Client, tries: int) -> float:
    """Seconds until the next try: doubled each time, and spread by chance so that many clients do not march in step."""
    patience = client.manners.patience
    longest = min(patience.longest_pause, patience.first_pause * 2.0 ** (tries - 1))
    return longest * (0.5 + client.manners.clock.random() / 2)


def _retry_after(client: Client, headers: Mapping[str, str]) -> float:
    """Seconds that the provider asks us to wait (RFC 9110, 10.2.3): a number, or a date."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    date = parse_date(text)
    return 0.0 if date is None else max(0.0, (date - client.manners.clock.now()).total_seconds())


def _is_json(body: bytes) -> bool:
    with suppress(orjson.JSONDecodeError):
        orjson.loads(body)
        return True
    return False
