"""What was heard of people who do not want to be called: whether it is fresh, and whether all was listened to."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, error, warning
from bland_deploy.model.plan import Plan
from bland_deploy.model.suppressions import ProviderList
from bland_deploy.operations.guards.gates import PROVIDER_LIST_TOO_OLD
from bland_deploy.rules.pack import load_pack
from bland_deploy.state.log import Log, find_logs, open_log
from bland_deploy.state.replay import Phase
from bland_deploy.state.store import Store
from bland_deploy.state.suppressed import open_suppressed

NOT_LOOKED_AT = "calls-not-looked-at"
_SYNC = "`bland-deploy suppress sync`"


class Feedback(NamedTuple):
    """A state, its key, and the time (aware). `holds` where the plan is about to be carried out."""

    store: Store
    state_key: bytes
    now: datetime
    holds: bool

    def judge(self, plan: Plan) -> Plan:
        """The plan with what is to be said of it. Raises as `open_log` and `open_suppressed` do."""
        if not plan.calls:
            return plan
        log = open_suppressed(self.store, self.state_key)
        logs = (open_log(self.store, name) for name in find_logs(self.store))
        found = [
            *(self._check_age(log.provider_list) if log and log.provider_list else ()),
            *_check_calls((log for log in logs if log is not None), log.looked_at if log else frozenset()),
        ]
        first = next(index for index, part in enumerate(plan.campaigns) if part.counts.create)
        parts = list(plan.campaigns)
        others = [item for item in parts[first].objections if item.rule not in {PROVIDER_LIST_TOO_OLD, NOT_LOOKED_AT}]
        parts[first] = replace(parts[first], objections=(*others, *found))
        return replace(plan, campaigns=tuple(parts))

    def _check_age(self, read: ProviderList) -> Iterator[Diagnostic]:
        (limit,) = (age for age in load_pack().list_ages if age.kind == "own")
        age = self.now - datetime.fromisoformat(read.at)
        if age > timedelta(hours=limit.hours):
            make = error if self.holds else warning
            yield make(
                PROVIDER_LIST_TOO_OLD,
                f"the provider's do-not-call list was read {age.total_seconds() / 3600:,.0f} hours ago, and may be "
                f"{limit.hours} hours old (rule {limit.rule.id}: {limit.rule.source})",
                help=f"{_SYNC} reads it again",
            )


def _check_calls(logs: Iterable[Log], looked_at: frozenset[str]) -> Iterator[Diagnostic]:
    attempts = [attempt for log in logs for attempt in log.standing.in_phase(Phase.SENT)]
    left = [attempt for attempt in attempts if attempt.batch.attempt not in looked_at]
    if left:
        calls = sum(attempt.batch.calls for attempt in left)
        batches = "1 batch" if len(left) == 1 else f"{len(left):,} batches"
        yield warning(
            NOT_LOOKED_AT,
            f"nobody has looked whether people asked not to be called again in the {calls:,} calls of {batches} that "
            "were sent before",
            help=f"{_SYNC} looks at those that have ended, and suppresses who did",
        )
