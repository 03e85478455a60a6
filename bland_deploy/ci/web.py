"""One exchange with the API of a forge: retried where that does no harm, and refusals in words.

Redirects are not followed and pages only on the same host, so that the token goes nowhere else.
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import httpx

from bland_deploy import __version__
from bland_deploy.client.connection import Manners, Patience, is_loopback
from bland_deploy.client.exchange import parse_date
from bland_deploy.errors import AuthenticationFailed, DeployError, InvalidInput, Unavailable
from bland_deploy.settings import Secret

_REFUSED = frozenset({401, 403, 404})
_TRY_AGAIN = frozenset({408, 425, 429})
_MOST_PAGES = 1000
OUTCOME = "what is shown there may be older; nothing was sent by this"


class ForgeRefused(DeployError):
    """A forge does not take what we wrote."""

    rule = "forge-refused"


@dataclass(frozen=True, slots=True)
class Web:
    """The API of a forge, to be used in a `with` statement by whoever opened it. `token_name` is for messages."""

    http: httpx.Client = field(repr=False)
    token_name: str
    manners: Manners

    @property
    def host(self) -> str:
        """Whom we talk to."""
        return self.http.base_url.netloc.decode("ascii")


class _Trouble(NamedTuple):
    """Why a try failed, how long we are asked to wait (seconds), and whether it is certain that nothing was done."""

    reason: str
    wait: float = 0.0
    undone: bool = False


class Reply(NamedTuple):
    """The JSON of an answer, and the address of the next page, if there is one."""

    content: Any
    next: str | None = None


def open_web(api: str, authorization: Mapping[str, str], token_name: str, manners: Manners | None = None) -> Web:
    """The API at an address. InvalidInput where a token would travel unprotected."""
    url = httpx.URL(api)
    if url.scheme != "https" and not is_loopback(url.host):
        raise InvalidInput(f"the address of the API of {url.host} does not begin with https://")
    client = httpx.Client(
        base_url=url,
        headers={"user-agent": f"bland-deploy/{__version__}", "accept": "application/json", **authorization},
        timeout=30.0,
        trust_env=not is_loopback(url.host),
        # certificates are loaded only where they are needed
        verify=httpx.create_ssl_context() if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )
    return Web(client, token_name, manners or Manners(patience=Patience(tries=4, budget=90.0)))


def needed(token: Secret | None, token_name: str) -> str:
    """The token. AuthenticationFailed where there is none."""
    if token is None:
        raise AuthenticationFailed(
            f"{token_name} is not set, so that no comment can be read or written",
            help=f"give the step the variable {token_name}",
        )
    return token.reveal()


def exchange(web: Web, method: str, path: str, content: Any = None, *, again: bool = True) -> Reply:
    """The answer to a request. `again` says that repeating it does no harm.

    Raises AuthenticationFailed, Unavailable, and ForgeRefused with what the forge says.
    """
    until = web.manners.clock.monotonic() + web.manners.patience.budget
    tries = 0
    while True:
        result = _try(web, method, path, content)
        if isinstance(result, Reply):
            return result
        tries += 1
        pause = max(web.manners.patience.first_pause * 2.0 ** (tries - 1), result.wait)
        hopeless = tries >= web.manners.patience.tries or web.manners.clock.monotonic() + pause > until
        if hopeless or not (again or result.undone):
            _give_up(result)
        web.manners.clock.sleep(pause)


def pages(web: Web, path: str) -> Iterator[Any]:
    """The items of a list, page after page."""
    following: str | None = path
    for _ in range(_MOST_PAGES):
        if following is None:
            return
        reply = exchange(web, "GET", following)
        yield from reply.content
        following = reply.next


def _try(web: Web, method: str, path: str, content: Any) -> Reply | _Trouble:
    try:
        response = web.http.request(method, path, json=content)
    except httpx.ConnectError:
        return _Trouble(f"{web.host} cannot be reached", undone=True)
    except httpx.HTTPError as problem:
        return _Trouble(f"the exchange with {web.host} failed ({type(problem).__name__})")
    wait = _asked_to_wait(web, response)
    limited = wait is not None and response.status_code in {403, 429}
    if limited or response.status_code in _TRY_AGAIN or response.is_server_error:
        said = "limits how often it may be asked" if limited else f"answers HTTP {response.status_code}"
        return _Trouble(f"{web.host} {said}", wait or 0.0, undone=limited or response.status_code in _TRY_AGAIN)
    if response.status_code in _REFUSED:
        _refuse_token(web, method, response)
    if not response.is_success:
        raise ForgeRefused(
            f"{web.host} refuses {method} {response.url.path} (HTTP {response.status_code}): {_said(response)}",
            outcome=OUTCOME,
        )
    return _read(web, response)


def _read(web: Web, response: httpx.Response) -> Reply | _Trouble:
    try:
        content = response.json()
    except ValueError:
        return _Trouble(f"{web.host} answers with something other than JSON")
    following = response.links.get("next", {}).get("url")
    if following is not None and httpx.URL(following).netloc != web.http.base_url.netloc:
        raise ForgeRefused(f"{web.host} points to another host for the next page", outcome=OUTCOME)
    return Reply(content, following)


def _asked_to_wait(web: Web, response: httpx.Response) -> float | None:
    """Seconds, where the answer is that we ask too often: `retry-after`, or the end of GitHub's or GitLab's hour."""
    headers = response.headers
    after = headers.get("retry-after", "")
    if after.isascii() and after.isdigit():
        return float(after)
    now = web.manners.clock.now()
    if (date := parse_date(after)) is not None:
        return max(0.0, (date - now).total_seconds())
    for kind in ("x-ratelimit", "ratelimit"):
        reset = headers.get(f"{kind}-reset", "")
        if headers.get(f"{kind}-remaining") == "0" and reset.isdigit():
            return max(0.0, float(reset) - now.timestamp())
    return None


def _give_up(trouble: _Trouble) -> NoReturn:
    asked = f"; it asks to wait {trouble.wait:.0f} s" if trouble.wait else ""
    raise Unavailable(f"{trouble.reason}{asked}", help="run it again later", outcome=OUTCOME)


def _refuse_token(web: Web, method: str, response: httpx.Response) -> NoReturn:
    raise AuthenticationFailed(
        f"{web.host} refuses {method} {response.url.path} (HTTP {response.status_code}): {_said(response)}",
        help=f"{web.token_name} must be allowed to write comments: at GitHub `permissions: {{contents: read, "
        "pull-requests: write}` (with --check-run also `checks: write`), at GitLab the scope `api`",
        outcome=OUTCOME,
    )


def _said(response: httpx.Response) -> str:
    """What the forge says, cut to a sentence; nothing of what we sent is in it."""
    said: Any = None
    with suppress(ValueError):
        content = response.json()
        said = content.get("message") or content.get("error") if isinstance(content, dict) else None
    text = said if isinstance(said, str) else json.dumps(said) if said else "without a reason"
    return text[:200]
