"""Who may say yes to a plan: a reviewed digest, a person who types the number of calls, or --auto-approve."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.signals import read_answer
from bland_deploy.cli.work import bounds_of
from bland_deploy.diagnostics import Diagnostic, has_errors
from bland_deploy.errors import Blocked, StateProblem
from bland_deploy.model.plan import Plan
from bland_deploy.operations.plans.plan import judge_plan
from bland_deploy.settings import Settings
from bland_deploy.views.mask import Privacy
from bland_deploy.views.plan import text
from bland_deploy.views.words import count


@dataclass(frozen=True, slots=True)
class Approval:
    """How this run may be approved. A saved plan is an approval. `read_source` gives the text of a file."""

    invocation: Invocation
    settings: Settings
    auto_approve: bool
    digest: str | None
    as_json: bool
    saved: bool = False
    read_source: Callable[[str], str | None] = lambda _name: None

    def approve(self, plan: Plan) -> tuple[Diagnostic, ...]:
        """What is to be said of a plan that may be carried out; else raise StateProblem (another plan) or Blocked."""
        if self.digest is not None and self.digest != plan.digest:
            these = "this plan file" if self.saved else "these files"
            raise StateProblem(
                f"the plan that was approved ({self.digest}) is not the one of {these} ({plan.digest})",
                help="plan again, and have the new plan reviewed",
            )
        asks = self.settings.protected or not self.auto_approve
        reviewed = self.saved or self.digest is not None
        found = self._judged(plan, reviewed=reviewed or asks)
        if plan.calls and not self.as_json:
            self.invocation.say(text.render(plan, Privacy(), payloads=False))
        if plan.calls and asks and not reviewed:
            self._ask(plan)
        return found

    def judge(self, plan: Plan) -> None:
        """Raises Blocked where a plan that was approved must not be carried out any more."""
        self._judged(plan, reviewed=True)

    def _judged(self, plan: Plan, *, reviewed: bool) -> tuple[Diagnostic, ...]:
        now, warn = datetime.now(UTC), self.settings.rings_nobody
        found = judge_plan(plan, bounds_of(self.settings), now, warn=warn, reviewed=reviewed)
        if has_errors(found):
            problem = Blocked("the plan is not to be carried out now")
            problem.diagnostics, problem.read_source = found, self.read_source
            raise problem
        return found

    def _ask(self, plan: Plan) -> None:
        if not sys.stdin.isatty():
            way = "--approved DIGEST" if self.settings.protected else "--auto-approve, or --approved DIGEST"
            raise Blocked(
                f"{count(plan.calls, 'call')} would be made, and nobody is here to approve them",
                help=f"run it in a terminal, or give {way} (this plan is {plan.digest})",
            )
        typed = read_answer(f"Type the number of calls ({plan.calls}) to make them: ", sys.stdin)
        if typed.strip().replace(",", "") != str(plan.calls):
            raise Blocked("not approved: the number of calls was not typed", help="run apply again")
