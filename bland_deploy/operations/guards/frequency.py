"""How often people are called by all campaigns and rounds of a state together, and what caps say about a plan."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.plan import CampaignPlan, Plan
from bland_deploy.model.workspace import Caps
from bland_deploy.operations.guards.gates import TOO_OFTEN, judged
from bland_deploy.rules.pack import load_pack
from bland_deploy.state.keyset import KeySet, key_set
from bland_deploy.state.log import find_logs, open_log, read_keys
from bland_deploy.state.replay import Attempt, keys_of
from bland_deploy.state.store import Store

_ROWS_NAMED = 5
RowsOf = Callable[[str, Collection[str]], Sequence[Place]]


class _Limit(NamedTuple):
    """At most so many calls to a person in so many hours, by whom; only of numbers that begin so."""

    calls: int
    hours: int
    words: str
    begin: str = ""


class _Called(NamedTuple):
    """Whom a campaign and round has called lately, and how a person's key is made there."""

    key_of: Callable[[str], bytes]
    keys: KeySet


@dataclass(frozen=True, slots=True)
class Frequency:
    """The calls of a state until now (aware), and the caps of the workspace. `warn` where nobody can be rung."""

    store: Store
    state_key: bytes
    caps: Caps
    now: datetime
    warn: bool

    def judge(self, plan: Plan, purposes: Mapping[str, str | None], rows_of: RowsOf) -> Plan:
        """The plan with what speaks against calls to people who are called too often; `rows_of` finds their rows.

        The state is read only where a cap concerns a campaign, and then all of it. Raises as `open_log` does.
        """
        limits = {part.campaign: [*self._limits(purposes.get(part.campaign))] for part in plan.campaigns}
        hours = {limit.hours for part in plan.campaigns if part.requests for limit in limits[part.campaign]}
        if not hours:
            return plan
        lately = {span: [*self._called(span)] for span in hours}
        busy = sum(bool(part.requests) for part in plan.campaigns)
        limits = {  # nobody can have been called more often than once in each campaign and round
            name: [limit for limit in some if busy + len(lately.get(limit.hours, ())) > limit.calls]
            for name, some in limits.items()
        }
        if not any(limits.values()):
            return plan
        planned = Counter(number for part in plan.campaigns for number in _numbers(part))
        campaigns = []
        for part in plan.campaigns:
            found = [
                problem
                for limit in limits[part.campaign]
                for problem in _check(part, limit, planned, lately.get(limit.hours, []), rows_of)
            ]
            others = [objection for objection in part.objections if objection.rule != TOO_OFTEN]
            campaigns.append(replace(part, objections=(*others, *judged(found, warn=self.warn))))
        return replace(plan, campaigns=tuple(campaigns))

    def _limits(self, purpose: str | None) -> Iterator[_Limit]:
        for key, hours in (("per_day", 24), ("per_week", 7 * 24), ("per_month", 30 * 24)):
            calls = getattr(self.caps, key)
            if calls is not None:
                yield _Limit(calls, hours, f"`caps.{key}` of {WORKSPACE_FILE}")
        for cap in load_pack().caps if purpose else ():
            if purpose in cap.purposes or not cap.purposes:
                begin = "+1" if cap.rule.jurisdiction.startswith("US") else ""
                yield _Limit(cap.calls, cap.hours, f"rule {cap.rule.id} ({cap.rule.source})", begin)

    def _called(self, hours: int) -> Iterator[_Called]:
        """Whom each campaign and round has called, or may have, within these hours, or is going to."""
        since = self.now - timedelta(hours=hours)
        for name in find_logs(self.store):
            log = open_log(self.store, name)
            if log is None:
                continue
            recent: dict[str, list[bytes]] = {}
            for attempt in log.standing.attempts.values():
                if attempt.counts and _last_dial(attempt) > since:
                    packed = keys_of(attempt, lambda file, log=log: read_keys(log, file))  # type: ignore[misc]  # the default binds the loop's value
                    recent.setdefault(attempt.claim.round, []).append(packed)
            for round_, files in recent.items():
                yield _Called(recipient_keys(self.state_key, name, round_), key_set(files))


def _numbers(part: CampaignPlan) -> Iterator[str]:
    """The numbers that a campaign is going to ring."""
    return (number for request in part.requests for number in request.read().numbers[: request.calls])


def _last_dial(attempt: Attempt) -> datetime:
    window = attempt.batch.window
    return datetime.fromisoformat((window.last_dial if window else None) or attempt.claim.at)


def _check(
    part: CampaignPlan, limit: _Limit, planned: Mapping[str, int], lately: Sequence[_Called], rows_of: RowsOf
) -> Iterator[Diagnostic]:
    too_often = [
        number
        for number in _numbers(part)
        if number.startswith(limit.begin)
        and planned[number] + sum(called.key_of(number) in called.keys for called in lately) > limit.calls
    ]
    if not too_often:
        return
    rows = rows_of(part.campaign, frozenset(too_often))
    named = ", ".join(str(row) for row in islice(rows, _ROWS_NAMED))
    more = f" and {len(rows) - _ROWS_NAMED:,} more" if len(rows) > _ROWS_NAMED else ""
    times = "once" if limit.calls == 1 else f"{limit.calls} times"
    people = "1 person" if len(too_often) == 1 else f"{len(too_often):,} people"
    yield error(
        TOO_OFTEN,
        f"{people} of {part.campaign} would be called more than {times} in {limit.hours} hours, counted "
        f"over all campaigns and rounds; {limit.words} allows no more" + (f" (rows {named}{more})" if named else ""),
        rows[0] if rows else Place(part.file),
        "call them later, or leave their rows out with `where`",
    )
