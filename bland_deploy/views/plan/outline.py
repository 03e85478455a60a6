"""What every view of a plan says of a campaign, in words: text, Markdown and the page say the same."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Severity
from bland_deploy.model.entries import GateFigure
from bland_deploy.model.plan import CampaignPlan, Cost, Plan
from bland_deploy.model.retry import Retried
from bland_deploy.model.waves import NextWave
from bland_deploy.reports.wording import briefly, missed
from bland_deploy.views.words import count, dollars, duration

NOT_READ = "The state was not read (no state key): this plans as if nobody had been called."
NOT_KNOWN_WHO = "Who is in a wave follows from the state key, so other people than these may be called first."

LEFT_OUT = {
    "sent": "already called in this round",
    "held": "held: the outcome of an earlier send is unknown (see `bland-deploy reconcile`)",
    "suppressed": "on a suppression list",
    "invalid": "without a valid number",
    "duplicate": "met twice in the list",
    "excluded": "left out by `where`",
    "deferred": "later: their time has not come",
    "not_retried": "not called again: see the retry",
}
_IN_WAVES = "in later waves"


LEFT_OUT_BRIEFLY = {
    "sent": "already called",
    "held": "held",
    "suppressed": "suppressed",
    "invalid": "no valid number",
    "duplicate": "met twice",
    "excluded": "left out by `where`",
    "deferred": "later",
    "not_retried": "not called again",
}
"""The same for a chart, where room is short."""


class Verb(NamedTuple):
    """What becomes of a campaign: a symbol and a word."""

    symbol: str
    word: str

    def __str__(self) -> str:
        return f"{self.symbol} {self.word}"


CALL, CHANGED, DONE = Verb("+", "call"), Verb("~", "changed"), Verb("=", "done")
LATER = Verb(">", "later")
HELD, BLOCKED = Verb("?", "held"), Verb("!", "blocked")


def verb(plan: Plan, campaign: CampaignPlan) -> Verb:
    """What becomes of a campaign. Calls that were made cannot be changed any more."""
    if campaign.counts.create:
        return BLOCKED if any(_stops(found, campaign) for found in plan.diagnostics) else CALL
    if campaign.counts.held:
        return HELD
    if campaign.counts.deferred:
        return LATER
    return CHANGED if campaign.earlier_text else DONE


def _stops(found: Diagnostic, campaign: CampaignPlan) -> bool:
    """Whether a diagnostic is an error of this campaign, or of the whole plan."""
    concerns = found.place.file in {None, campaign.file} or found in campaign.objections
    return found.severity is Severity.ERROR and concerns


def name(campaign: CampaignPlan) -> str:
    """`hello (v2, round 1)`."""
    return f"{campaign.campaign} ({campaign.api}, round {campaign.round})"


def size(campaign: CampaignPlan) -> str:
    """`1,000 calls in 2 batches`."""
    return f"{count(campaign.counts.create, 'call')} in {count(len(campaign.requests), 'batch')}"


def left_out(campaign: CampaignPlan) -> tuple[tuple[int, str], ...]:
    """How many people are left out, and why, for each reason that there is."""
    counts = {key: getattr(campaign.counts, key) for key in LEFT_OUT}
    counts["deferred"] -= campaign.later
    found = [(amount, LEFT_OUT[key]) for key, amount in counts.items() if amount]
    return (*found, *([(campaign.later, _IN_WAVES)] if campaign.later else []))


def not_read(plan: Plan) -> str | None:
    """What a plan does not know that was made without the state key."""
    if plan.state_read:
        return None
    return f"{NOT_READ} {NOT_KNOWN_WHO}" if any(campaign.later for campaign in plan.campaigns) else NOT_READ


def remarks(campaign: CampaignPlan) -> Iterator[str]:
    """What is to be said of waves, and of people who were called before."""
    if campaign.wave:
        yield from _wave(campaign.wave, campaign.counts.create)
    if campaign.retried:
        yield retry(campaign.retried)
    if campaign.earlier_text:
        yield f"{campaign.earlier_text:,} of those called got an earlier text; they are not called again"
    if campaign.counts.deferred > campaign.later:
        yield _finish(campaign)
    if campaign.repeated:
        yield f"{campaign.repeated:,} of them were called in an earlier round and will be called again"


def _wave(wave: NextWave, create: int) -> Iterator[str]:
    """Where a rollout stands, and what the next wave waits for."""
    everybody = f"{wave.targets[-1]:,}"
    if wave.called >= wave.targets[-1]:
        yield f"all {count(wave.of, 'wave')} of the rollout were sent"
        return
    yield f"wave {wave.number} of {wave.of} ({wave.target}): with it {wave.people:,} of {everybody} people are called"
    yield from (f"what was sent before it: {figure(found)}" for found in wave.figures)
    if create and not (wave.is_open or wave.figures):
        yield f"apply sends it if the figures of what was sent before are good: {'; '.join(gate(wave))}"
        if wave.refused:
            at = moment(datetime.fromisoformat(wave.refused.at))
            yield f"they were not at {at}: {'; '.join(missed(found) for found in wave.refused.gate if not found.holds)}"


def figure(found: GateFigure) -> str:
    """A figure that was held against the gate."""
    return briefly(found) if found.holds else f"{briefly(found)}: missed"


def gate(wave: NextWave) -> Iterator[str]:
    """What the gate before a wave asks for."""
    asked = wave.rollout.gate
    if asked.after:
        yield f"{duration(asked.after)} have passed"
    yield f"ended >= {asked.min_completed}"
    limits = (("answered", asked.answered), ("failed", asked.failed), ("asked not to be called", asked.opt_out))
    yield from (f"{word} {limit}" for word, limit in limits if limit)


_NOT_RETRIED = {
    "not-called": "not called in that round",
    "not-known": "whose call is not known to its end",
    "called-since": "called in another round since",
    "too-soon": "called too short a time ago",
    "at-most": "beyond `at_most`",
}


def retry(retried: Retried) -> str:
    """`retry of round 1: 37 no-answer, 4 busy; left out: 120 answered, 3 whose call is not known to its end`."""

    def listed(counts: Mapping[str, int]) -> str:
        return ", ".join(f"{amount:,} {_NOT_RETRIED.get(reason, reason)}" for reason, amount in counts.items())

    left_out = f"; left out: {listed(retried.left_out)}" if retried.left_out else ""
    return f"retry of round {retried.of}: {listed(retried.calls) or 'nobody is due'}{left_out}"


def facts(campaign: CampaignPlan) -> tuple[str, ...]:
    """When it dials, what it costs, and what is to be said of people who were called before; a sentence each."""
    if not campaign.counts.create:
        return tuple(remarks(campaign))
    price = f"estimated cost {cost([campaign])}: {'; '.join(assumptions(campaign.cost))}"
    return (times(campaign), price, *remarks(campaign))


def _finish(campaign: CampaignPlan) -> str:
    """When those begin who are deferred."""
    if campaign.finish is None:
        return "those who are called later cannot all be called within 60 days, at this pace and within these hours"
    return f"applied daily, the last of those begins {moment(campaign.finish)}"


def waivers(campaign: CampaignPlan) -> Iterator[str]:
    """The rules that do not hold for a campaign, with who says so."""
    for waiver in campaign.waivers:
        yield f"waived until {waiver.expires}: {waiver.rule}, by {waiver.approver} ({waiver.reason})"


def times(campaign: CampaignPlan) -> str:
    """When people are dialled: from when to when, and how the batches are spread."""
    begin = moment(campaign.first_dial) if campaign.first_dial else "at once"
    if campaign.last_dial and campaign.last_dial != campaign.first_dial:
        return f"first call {begin}, last {moment(campaign.last_dial)}"
    pauses = (len(campaign.requests) - 1) * campaign.pause
    return f"first call {begin}, last batch {duration(pauses)} later" if pauses else f"calls begin {begin}"


def moment(at: datetime) -> str:
    """`2026-03-02 15:00 UTC`."""
    zone = at.tzname() if at.utcoffset() != timedelta(0) else "UTC"
    return f"{at:%Y-%m-%d %H:%M} {zone}"


def cost(campaigns: Sequence[CampaignPlan]) -> str:
    """`$0.56, at most $8.40`."""
    estimate = sum(campaign.cost.estimate for campaign in campaigns)
    return f"{dollars(estimate)}, at most {dollars(sum(campaign.cost.upper_bound for campaign in campaigns))}"


def assumptions(cost: Cost) -> tuple[str, str]:
    """What an estimate rests on: lengths of calls, and prices."""
    source = f"Bland's prices of {cost.prices_of}" if cost.prices_of else "the environment's own prices"
    return (
        f"{cost.expected_minutes:g} min a call expected, {cost.longest_minutes:g} min at most",
        f"${cost.minute:g} a minute, at least ${cost.minimum:g} a call ({source}); transfers and texts come on top",
    )


def summary(plan: Plan) -> str:
    """The closing line."""
    verbs = [verb(plan, campaign) for campaign in plan.campaigns]
    launching, blocked = verbs.count(CALL), verbs.count(BLOCKED)
    held = sum(campaign.counts.held for campaign in plan.campaigns)
    calls = sum(item.counts.create for item, what in zip(plan.campaigns, verbs, strict=True) if what is CALL)
    parts = [f"{launching} to launch ({count(calls, 'call')})", f"{len(verbs) - launching - blocked} unchanged"]
    parts += [f"{blocked} blocked ({count(plan.calls - calls, 'call')})"] if blocked else []
    parts += [f"{held:,} held"] if held else []
    return f"Plan: {', '.join(parts)}.{f' Estimated cost {cost(plan.campaigns)}.' if plan.calls else ''}"
