"""Requests on their own: what `render` shows."""

from collections.abc import Sequence

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.json import JsonObject
from bland_deploy.model.plan import Request
from bland_deploy.views.diagnostics.json import diagnostic_dict
from bland_deploy.views.json import render_json
from bland_deploy.views.mask import Privacy, request_document, shown_texts


def document(requests: Sequence[Request], privacy: Privacy, found: Sequence[Diagnostic]) -> JsonObject:
    """The requests in the contract's shape."""
    return {
        "format_version": 1,
        "requests": [request_document(request, privacy) for request in requests],
        "diagnostics": [diagnostic_dict(diagnostic) for diagnostic in found],
    }


def render_document(
    requests: Sequence[Request], privacy: Privacy, found: Sequence[Diagnostic], texts: JsonObject | None = None
) -> str:
    """The document as text; `texts` are those of one call, filled."""
    content = document(requests, privacy, found)
    if texts is not None:
        content["texts"] = shown_texts(texts, requests[0], privacy)
    return render_json(content)


def render(requests: Sequence[Request], privacy: Privacy) -> str:
    """The requests as text: method, path, headers, body."""
    return "\n".join(_request(request, privacy) for request in requests)


def _request(request: Request, privacy: Privacy) -> str:
    shown = request_document(request, privacy)
    head = [f"# {request.campaign}, environment {request.route.environment}, sha256 {request.payload_sha256}"]
    head += [f"{request.route.method} {request.route.path}", *(f"{name}: …" for name in request.route.headers)]
    return "\n".join(head) + "\n\n" + render_json(shown["body"])


def render_texts(request: Request, texts: JsonObject, number: int, privacy: Privacy) -> str:
    """One call as its person will hear it."""
    shown = shown_texts(texts, request, privacy)
    lines = [f"# {request.campaign}, recipient {number}: what Bland will have during the call"]
    for name, value in shown.items():
        text = value if isinstance(value, str) else render_json(value)
        lines += ["", f"{name}:", *(f"  {line}" for line in text.splitlines())]
    return "\n".join(lines) + "\n"
