"""What may be sent, before the state has its say: of campaigns that were just read, or of a plan that was saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.plan import NO_LINEAGE, CampaignPlan, Plan
from bland_deploy.operations.plan import Aim, Work, difference, make_plan
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


def _always(_logs: Logs, _plan: Plan) -> None:
    """The check of campaigns that were just read: there is nothing that could have changed."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Several campaigns, and the plan that what is left of them adds up to.

    `check` raises where that plan must not be carried out given these logs. `plan_id` names a saved plan.
    """

    offers: tuple[Offer, ...]
    total: Callable[[Sequence[CampaignPlan]], Plan]
    check: Callable[[Logs, Plan], None] = _always
    plan_id: str | None = None

    def plan(self, logs: Logs) -> Plan:
        """What would be sent now. Raises as `check` does."""
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
