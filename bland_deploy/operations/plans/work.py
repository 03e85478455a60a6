"""A campaign's calls: everybody's on its list, whoever was called before, checked."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from bland_deploy.diagnostics import Diagnostic, in_order
from bland_deploy.documents.nodes import data, find
from bland_deploy.errors import InvalidInput
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.json import JsonObject
from bland_deploy.model.keys import STATE_KEY_SIZE, recipient_keys
from bland_deploy.model.run import Run
from bland_deploy.model.text import SharedText
from bland_deploy.model.workspace import Prices
from bland_deploy.operations.calls.checks.callees import CalleeChecks
from bland_deploy.operations.calls.checks.fields import FieldChecks
from bland_deploy.operations.calls.checks.placeholders import PlaceholderChecks
from bland_deploy.operations.calls.checks.shared import check_recipients
from bland_deploy.operations.calls.chunks import Marked, PlacesOf, Whom
from bland_deploy.operations.calls.everybody import Calls, digests, make_calls
from bland_deploy.operations.calls.prepare import Parts, Prepared, parts_renderer, render_parts
from bland_deploy.operations.calls.requests import check_requests, envelopes, route_of
from bland_deploy.operations.calls.spool import Spool
from bland_deploy.operations.guards.ages import ages_of
from bland_deploy.operations.guards.care import CARELESS, Care, is_timed, needs_places
from bland_deploy.operations.guards.gates import judged
from bland_deploy.operations.guards.waivers import check_waivers, waived
from bland_deploy.planning.assemble import Marks
from bland_deploy.planning.digest import PINNED_RUN, digest_campaign
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.prompts.scopes import make_batch_scope
from bland_deploy.recipients.suppression import SuppressionRead, read_suppressed

if TYPE_CHECKING:
    from bland_deploy.operations.guards.calling import Calling

_SPOKEN = ("task", "first_sentence", "voicemail")
_NO_KEY = bytes(STATE_KEY_SIZE)


class Aim(NamedTuple):
    """What a plan is made for: the environment by name and address, its headers beside the version's, its prices.

    `state_key` is the key under which people are remembered; None plans as if nobody had been called.
    `gates_warn` where nobody can be rung: gates are warnings there. `care` says when people can be rung.
    """

    environment: str
    address: str
    headers: tuple[str, ...]
    state_key: bytes | None
    prices: Prices
    gates_warn: bool = False
    care: Care = CARELESS


class Work(NamedTuple):
    """A campaign whose calls are made: for everybody on its list, whoever was called before.

    Who is `keyed` is suppressed by a list of keys: that takes the state key, so that their calls are made all the same,
    and left out of the plan like those of people who are suppressed in the state.
    """

    prepared: Prepared
    run: Run
    calls: Calls
    parts: Parts
    marks: Marks
    text: SharedText
    digest: str
    inputs: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]
    calling: "Calling | None"
    keyed: Container[str] = frozenset()


def run_at(moment: datetime, timezone: str) -> Run:
    """The run that starts at a moment (aware, UTC), as a campaign in a zone sees it. Its id follows from the moment."""
    id_ = blake2b(moment.isoformat().encode(), digest_size=8).hexdigest()
    return Run(id_, moment, moment.astimezone(ZoneInfo(timezone)).date())


class _Called(NamedTuple):
    """Everybody's calls and what they share, with who is kept out and how keys are made."""

    calls: Calls
    parts: Parts
    marked: Marked
    suppression: SuppressionRead
    diagnostics: tuple[Diagnostic, ...]
    objections: Sequence[Diagnostic]


def check_work(prepared: Prepared, run: Run, aim: Aim) -> tuple[Diagnostic, ...]:
    """What is wrong with a campaign's calls, for lint, which has no time. Raises as `make_work` does."""
    called = _call_everybody(prepared, run, aim, None, None)
    against = waived(called.objections, prepared.campaign.waivers, None)
    return in_order([*called.diagnostics, *judged(against, warn=aim.gates_warn)])


def make_work(prepared: Prepared, run: Run, aim: Aim, now: datetime | None) -> Work:
    """The calls of everybody, checked. `now` is the time by which suppression lists must be fresh, if any.

    Raises InvalidInput where a shared template cannot be rendered.
    """
    campaign = prepared.campaign
    called = _call_everybody(prepared, run, aim, now, Spool())
    calls, marks = called.calls, called.marked.marks
    pinned = make_calls(prepared, PINNED_RUN, called.marked) if prepared.uses_run else calls
    route = route_of(prepared, aim.environment, aim.headers)
    with _failures_told():
        shared = envelopes(prepared, pinned.count, PINNED_RUN)
        digest = digest_campaign(route, campaign.round, shared, pinned.sha256)
        text = _shared_text(prepared)
    return Work(
        prepared=prepared,
        run=run,
        calls=calls,
        parts=called.parts,
        marks=marks,
        text=text,
        digest=digest,
        inputs={**dict(digests(prepared)), **called.suppression.digests},
        diagnostics=called.diagnostics,
        calling=_calling(campaign, aim, called),
        keyed=called.suppression.keyed,
    )


def _calling(campaign: Campaign, aim: Aim, called: _Called) -> "Calling | None":
    """When people can be rung; None where it is always, and at once."""
    if not is_timed(campaign, aim.care):
        return None
    from bland_deploy.operations.guards.calling import make_calling  # noqa: PLC0415 - only where somebody asks for times

    return make_calling(campaign, aim.care, called.calls.places, called.parts.call, aim.prices.expected_minutes)


def _whereabouts(prepared: Prepared) -> PlacesOf:
    from bland_deploy.operations.calls.whereabouts import whereabouts_reader  # noqa: PLC0415 - only where it matters

    return whereabouts_reader(prepared.source.columns)


def _call_everybody(prepared: Prepared, run: Run, aim: Aim, now: datetime | None, spool: Spool | None) -> _Called:
    campaign = prepared.campaign
    suppression = read_suppressed(
        campaign.suppression, prepared.reach, now, prepared.place_of, ages_of(campaign.suppression)
    )
    key_of = recipient_keys(aim.state_key or _NO_KEY, campaign.campaign, campaign.round)
    places_of = _whereabouts(prepared) if needs_places(campaign, aim.care) else None
    marked = Marked(Whom(suppression.suppressed, key_of, places_of), Marks.make())
    fields, placeholders, render = FieldChecks(prepared), PlaceholderChecks(prepared), parts_renderer(prepared, run)
    with _failures_told():
        callees = CalleeChecks(
            prepared,
            render(make_batch_scope(1, 1, 1)),
            now.date() if now else None,
            protected=aim.care.protected,
        )
    calls = make_calls(prepared, run, marked, (fields, placeholders, callees), spool)
    with _failures_told():
        parts = render(make_batch_scope(1, 1, calls.count))
        shared = [*check_requests(prepared, calls.count, render)]
    found = [
        *suppression.diagnostics,
        *check_recipients(prepared),
        *calls.diagnostics,
        *fields.diagnostics(),
        *placeholders.diagnostics(parts),
        *callees.diagnostics(),
        *check_waivers(prepared),
        *shared,
    ]
    diagnostics = in_order(judged(found, warn=aim.gates_warn))
    return _Called(calls, parts, marked, suppression, diagnostics, callees.objections())


@contextmanager
def _failures_told() -> Iterator[None]:
    """A template that all calls share and that cannot be rendered is a mistake in a file."""
    try:
        yield
    except RenderFailed as failure:
        raise InvalidInput("a template cannot be rendered", diagnostics=[failure.diagnostic]) from None


def _shared_text(prepared: Prepared) -> SharedText:
    """What is said in every call, whatever the run. Of what each call has for itself it is the template."""
    parts = render_parts(prepared, PINNED_RUN, make_batch_scope(1, 1, 1))
    shared: JsonObject = {name: parts.call.get(name) for name in _SPOKEN}
    own: JsonObject = {f"each.{name}": data(node) for name in _SPOKEN if (node := find(prepared.node, ("each", name)))}
    return SharedText.of({"prompt": parts.prompt, **shared, **own})
