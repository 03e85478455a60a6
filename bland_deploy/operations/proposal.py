"""What may be sent, before the state has its say: of campaigns that were just read, or of a plan that was saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.plan import NO_LINEAGE, CampaignPlan, Plan
from bland_deploy.operations.plan import difference, make_plan
from bland_deploy.operations.work import Aim, Work
from bland_deploy.state.log import Log

Logs = Mapping[str, Log | None]


class Offer(NamedTuple):
    """One campaign: `left` gives what is left to send, less those whom a log knows, stamped with a lineage."""

    campaign: str
    round: str
    api: str
    left: Callable[[Log | None, str], CampaignPlan]

    def after(self, log: Log | None) -> CampaignPlan:
        """What is left to send after what the log says."""
        return self.left(log, log.manifest.lineage if log else NO_LINEAGE)


def _fits(_logs: Logs) -> None:
    """Campaigns that were just read fit any log."""


def _goes(_logs: Logs, _plan: Plan) -> None:
    """What is left of campaigns that were just read may be sent."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Several campaigns, and the plan that what is left of them adds up to.

    `refuse` raises where it does not belong to these logs, `check` where what is left of it must not be sent. `plan_id`
    names a saved plan.
    """

    offers: tuple[Offer, ...]
    total: Callable[[Sequence[CampaignPlan]], Plan]
    refuse: Callable[[Logs], None] = _fits
    check: Callable[[Logs, Plan], None] = _goes
    plan_id: str | None = None

    def plan(self, logs: Logs) -> Plan:
        """What would be sent now. Raises as `refuse` and `check` do."""
        self.refuse(logs)
        plan = self.total([offer.after(logs[offer.campaign]) for offer in self.offers])
        self.check(logs, plan)
        return plan


def propose(works: Sequence[Work], aim: Aim, found: Sequence[Diagnostic]) -> Proposal:
    """What campaigns that were just read have to send."""
    return Proposal(
        offers=tuple(_offer(work, aim) for work in works),
        total=lambda campaigns: make_plan(works, campaigns, aim, state_read=aim.state_key is not None, found=found),
    )


def _offer(work: Work, aim: Aim) -> Offer:
    campaign = work.prepared.campaign
    return Offer(campaign.campaign, campaign.round, campaign.api, partial(difference, work, aim))
