"""What the state says of earlier calls, and what follows from it for a plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from bland_deploy.model.plan import Plan
from bland_deploy.operations.guards.feedback import Feedback
from bland_deploy.operations.guards.frequency import Frequency, RowsOf


@dataclass(frozen=True, slots=True)
class Past:
    """How often people were called, and what they said; `feedback` is None where nobody can be rung."""

    frequency: Frequency
    feedback: Feedback | None = None

    def judge(self, plan: Plan, purposes: Mapping[str, str | None], rows_of: RowsOf) -> Plan:
        """The plan with what speaks against it. Raises as the parts do."""
        judged = self.frequency.judge(plan, purposes, rows_of)
        return self.feedback.judge(judged) if self.feedback is not None else judged
