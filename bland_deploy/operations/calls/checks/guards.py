"""Guard rails of the API: what Bland itself makes sure that the agent says."""

from collections.abc import Iterator

from bland_deploy.diagnostics import Diagnostic, warning
from bland_deploy.operations.calls.checks.speech import MARKETING
from bland_deploy.operations.calls.prepare import Parts, Prepared

_WANTED = ("tcpa:self_introduction", "tcpa:ai_disclosure", "tcpa:opt_out")
_RECORDING = "tcpa:recording_disclosure"


def check_guard_rails(prepared: Prepared, parts: Parts) -> Iterator[Diagnostic]:
    """A warning for marketing that lacks guard rails, unless its calls have some of their own."""
    if prepared.campaign.purpose != MARKETING or "guard_rails" in prepared.campaign.each:
        return
    fields = {**parts.batch, **parts.call}
    given = fields.get("guard_rails")
    types = {item.get("type") for item in given if isinstance(item, dict)} if isinstance(given, list) else set()
    wanted = [*_WANTED, *([_RECORDING] if fields.get("record") is True else [])]
    lacking = [f"`{name}`" for name in wanted if name not in types]
    if lacking:
        path = ("call", "guard_rails") if "guard_rails" in parts.call else ("purpose",)
        yield warning(
            "guard-rails-missing",
            f"marketing calls have no guard rails of type {', '.join(lacking)}",
            prepared.place_of(path),
            "add them under `call.guard_rails`: Bland then watches over what the agent says",
        )
