"""What is known under a name: a rule, a key of our own files, a field of the API; or several of them."""

from typing import NamedTuple

from bland_deploy.api.explain import find_field
from bland_deploy.api.fields import FIELDS, Field
from bland_deploy.diagnostics import nearest, shown
from bland_deploy.errors import InvalidInput
from bland_deploy.operations.keys import Key, all_keys, find_keys
from bland_deploy.rules.registry import RULES, find_rule
from bland_deploy.rules.rule import Rule


class Explained(NamedTuple):
    """Everything that has the name."""

    rule: Rule | None
    keys: tuple[Key, ...]
    field: Field | None


def explain(name: str) -> Explained:
    """What a name means. InvalidInput, with the nearest name, where it means nothing."""
    found = Explained(find_rule(name), find_keys(name), find_field(name))
    if found == (None, (), None):
        known = [*(rule.id for rule in RULES), *(key.name for key in all_keys()), *(field.name for field in FIELDS)]
        near = nearest(name, known)
        raise InvalidInput(
            f"`{shown(name)}` is no rule, no key of a file and no field of the API",
            help=f"did you mean `{near}`?" if near else "`bland-deploy rules` lists the rules",
        )
    return found
