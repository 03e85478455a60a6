"""The written-out table of all rules. A rule with a check of its own is a file and a line here."""

from bland_deploy.diagnostics import nearest
from bland_deploy.rules.catalogue.callees import CALLEES
from bland_deploy.rules.catalogue.capabilities import CAPABILITIES
from bland_deploy.rules.catalogue.commands import COMMANDS
from bland_deploy.rules.catalogue.documents import DOCUMENTS
from bland_deploy.rules.catalogue.fields import FIELDS
from bland_deploy.rules.catalogue.hours import HOURS
from bland_deploy.rules.catalogue.keys import KEYS
from bland_deploy.rules.catalogue.lists import LISTS
from bland_deploy.rules.catalogue.places import PLACES
from bland_deploy.rules.catalogue.plans import PLANS
from bland_deploy.rules.catalogue.rows import ROWS
from bland_deploy.rules.catalogue.states import STATES
from bland_deploy.rules.catalogue.tables import TABLES
from bland_deploy.rules.catalogue.templates import TEMPLATES
from bland_deploy.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *DOCUMENTS,
    *KEYS,
    *FIELDS,
    *TEMPLATES,
    *LISTS,
    *TABLES,
    *PLACES,
    *ROWS,
    *CALLEES,
    *PLANS,
    *HOURS,
    *CAPABILITIES,
    *STATES,
    *COMMANDS,
)
_BY_ID = {rule.id: rule for rule in RULES}


def find_rule(name: str) -> Rule | None:
    """The rule with an id, or None."""
    return _BY_ID.get(name)


def suggest_rule(name: str) -> str | None:
    """The id that was probably meant, or None."""
    return nearest(name, _BY_ID)
