"""What may be sent, before the state has its say: of campaigns that were just read, or of a plan that was saved."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.entries import Compliance
from bland_deploy.model.plan import CampaignPlan, Plan, Request
from bland_deploy.model.recipient import Recipient
from bland_deploy.model.schedule import Begun
from bland_deploy.operations.guards.past import Past
from bland_deploy.operations.guards.watch import InState, Lists, Watch, stated
from bland_deploy.operations.plans.plan import Since, difference, make_plan
from bland_deploy.operations.plans.work import Aim, Work
from bland_deploy.recipients.people import find_people
from bland_deploy.state.log import Log

Logs = Mapping[str, Log | None]


class Offer(NamedTuple):
    """One campaign: `left` gives what is left to send, less those whom a log knows, stamped with a lineage.

    `compliance` gives what its claims record of how its people are guarded.
    """

    campaign: str
    round: str
    api: str
    left: Callable[[Log | None, Sequence[Begun]], CampaignPlan]
    compliance: Callable[[], Compliance]

    def after(self, log: Log | None, begun: Iterable[Begun]) -> CampaignPlan:
        """What is left to send after what the log says, beside calls of other campaigns."""
        return self.left(log, sorted(begun))


def _fits(_logs: Logs) -> None:
    """Campaigns that were just read fit any log."""


def _goes(_logs: Logs, _plan: Plan) -> None:
    """What is left of campaigns that were just read may be sent."""


class Proposal(NamedTuple):
    """Several campaigns, and the plan that what is left of them adds up to.

    `refuse` raises where it does not belong to these logs, `check` where what is left of it must not be sent. `dropped`
    tells who of a request must not be called by now. `frequent` adds what caps say against the plan. `plan_id` names a
    saved plan.
    """

    offers: tuple[Offer, ...]
    total: Callable[[Sequence[CampaignPlan]], Plan]
    dropped: Callable[[Request], frozenset[str]]
    refuse: Callable[[Logs], None] = _fits
    check: Callable[[Logs, Plan], None] = _goes
    frequent: Callable[[Plan], Plan] = lambda plan: plan
    plan_id: str | None = None

    def plan(self, logs: Logs) -> Plan:
        """What would be sent now. Raises as `refuse` and `check` do."""
        self.refuse(logs)
        campaigns, begun = list[CampaignPlan](), list[Begun]()
        for offer in self.offers:
            campaigns.append(offer.after(logs[offer.campaign], begun))
            begun += campaigns[-1].begun
        plan = self.frequent(self.total(campaigns))
        self.check(logs, plan)
        return plan


def propose(
    works: Sequence[Work],
    aim: Aim,
    found: Sequence[Diagnostic],
    in_state: InState | None = None,
    past: Past | None = None,
) -> Proposal:
    """What campaigns that were just read have to send, less those who are suppressed in the state, or by now."""
    watch = Watch({work.prepared.campaign.campaign: _lists(work, aim) for work in works}, in_state)
    return Proposal(
        offers=tuple(_offer(work, aim, watch) for work in works),
        total=lambda campaigns: make_plan(works, campaigns, aim, state_read=aim.state_key is not None, found=found),
        dropped=watch.dropped,
        frequent=lambda plan: (
            past.judge(plan, watch.purposes(), partial(_rows_of, works)) if past is not None else plan
        ),
    )


def _offer(work: Work, aim: Aim, watch: Watch) -> Offer:
    campaign = work.prepared.campaign

    def left(log: Log | None, begun: Sequence[Begun]) -> CampaignPlan:
        return difference(work, aim, Since(watch.look(campaign.campaign), log, begun))

    return Offer(campaign.campaign, campaign.round, campaign.api, left, partial(watch.compliance, campaign.campaign))


def _rows_of(works: Sequence[Work], campaign: str, people: Collection[str]) -> Sequence[Place]:
    """Where some people (identities) stand in a campaign's list, which is read again for it."""
    prepared = next(work.prepared for work in works if work.prepared.campaign.campaign == campaign)
    source = prepared.source
    return [
        Place(source.name, item.row.line)
        for item in find_people(source, prepared.campaign.recipients)
        if isinstance(item, Recipient) and item.number.identity in people
    ]


def _lists(work: Work, aim: Aim) -> Lists:
    """The suppression lists of a campaign whose calls were made without these people."""
    prepared = work.prepared
    lists = prepared.campaign.suppression
    digests = {listed.name: work.inputs[listed.name] for listed in lists if listed.name in work.inputs}
    return Lists(stated(prepared.campaign, prepared.node, aim.care), lists, prepared.reach, digests, work.keyed)
