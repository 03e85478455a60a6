"""Gates: errors that depend on time, law or state, as against mistakes in files.

They hold where somebody's phone can ring. In a sandbox and on loopback they warn, so that trying things out works.
"""

from collections.abc import Iterable
from dataclasses import replace

from bland_deploy.diagnostics import Diagnostic, Severity, has_errors, in_order
from bland_deploy.errors import Blocked, DeployError, InvalidInput
from bland_deploy.operations.guards.growth import LIST_GROWN
from bland_deploy.operations.guards.starts import TOO_SOON
from bland_deploy.operations.guards.waivers import EXPIRED, OVERDUE
from bland_deploy.recipients.freshness import TOO_OLD, UNDATED
from bland_deploy.rules.catalogue.callees import CALLEES

PROVIDER_LIST_TOO_OLD = "provider-list-too-old"
NO_OFFSET = "start-time-without-offset"
TOO_OFTEN = "called-too-often"
_OF_CALLEES = {rule.id for rule in CALLEES if Severity.ERROR in rule.severities}
GATES = frozenset(
    {EXPIRED, LIST_GROWN, NO_OFFSET, OVERDUE, PROVIDER_LIST_TOO_OLD, TOO_OFTEN, TOO_OLD, TOO_SOON, UNDATED}
    | _OF_CALLEES
)


def judged(found: Iterable[Diagnostic], *, warn: bool) -> tuple[Diagnostic, ...]:
    """The diagnostics, gates as warnings where nobody can be rung."""
    return tuple(
        replace(item, severity=Severity.WARNING)
        if warn and item.rule in GATES and item.severity is Severity.ERROR
        else item
        for item in found
    )


def without_gates(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics that do not depend on time, law or state."""
    return tuple(item for item in found if item.rule not in GATES)


def refuse_errors(found: Iterable[Diagnostic]) -> None:
    """Raises with everything that was found where any of it is an error: Blocked if it is gates alone."""
    found = in_order(found)
    if not has_errors(found):
        return
    problem: DeployError = InvalidInput("the campaigns have errors")
    if not has_errors(without_gates(found)):
        problem = Blocked("the campaigns are not to be sent now")
    problem.diagnostics = found
    raise problem
