"""Addresses of lists: what may stand in a file, and what must not."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from bland_deploy.diagnostics import Diagnostic, Place, error, nearest, shown
from bland_deploy.model.lists import ListFormat
from bland_deploy.settings.target import is_loopback

STORES = ("s3", "gs", "az")
_SCHEMES = (*STORES, "https")
# what signed addresses and careless ones carry
_SECRET = re.compile(
    r"sig$|signature|token|secret|passw|credential|api[-_]?key|access[-_]?key|account[-_]?key|^key$", re.IGNORECASE
)
_SECRET_OPTION = re.compile(r"secret$|secret_|token$|passw|key$|key_base64$", re.IGNORECASE)
_REFERENCES = "write {env: NAME} or {file: PATH} under `headers` or `credentials`; if a key stood here, revoke it"


def check_address(listed: ListFormat, place: Place) -> Iterator[Diagnostic]:
    """Mistakes in the address of a list, and in what goes with it."""
    try:
        url = urlsplit(listed.url or "")
        port = url.port
    except ValueError:
        yield error(
            "list-url", "the address of the list is none", place, "write s3://bucket/path/list.csv, or https://…"
        )
        return
    if url.scheme not in _SCHEMES and not (url.scheme == "http" and is_loopback(listed.url or "")):
        yield _scheme(url.scheme, place)
    elif not url.hostname or not url.path.strip("/") or (url.scheme in STORES and (url.query or port)):
        yield error("list-url", "the address names no object", place, f"write {url.scheme}://HOST/PATH")
    signed = [name for name, _ in parse_qsl(url.query) if _SECRET.search(name)]
    if url.username is not None or url.password is not None or signed:
        yield error("secret-in-file", "the address of the list holds a secret", place, _REFERENCES)
    for name in listed.options:
        if _SECRET_OPTION.search(name):
            yield error("secret-in-file", f"the option `{shown(name)}` is a secret", place, _REFERENCES)
    yield from _misplaced(listed, url.scheme, place)


def _scheme(scheme: str, place: Place) -> Diagnostic:
    if scheme == "http":
        return error("list-url", "a list of people is not fetched in the clear", place, "use https://")
    meant = nearest(scheme, _SCHEMES) if scheme else None
    way_out = f"did you mean {meant}://?" if meant else "lists are fetched from s3://, gs://, az:// and https://"
    return error("list-url", f'lists cannot be fetched from "{shown(scheme)}://"', place, way_out)


def _misplaced(listed: ListFormat, scheme: str, place: Place) -> Iterator[Diagnostic]:
    if listed.headers and scheme in STORES:
        yield error("list-url", f"`headers` are for https://; {scheme}:// takes `credentials`", place)
    if (listed.credentials or listed.options) and scheme in {"http", "https"}:
        yield error("list-url", "`credentials` and `options` are for object stores; https:// takes `headers`", place)
