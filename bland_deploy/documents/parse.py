"""A tree to the model: what the file says as frozen values, and everything that is wrong with it."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bland_deploy.diagnostics import Diagnostic, in_order
from bland_deploy.documents.checks import check_campaign, check_workspace
from bland_deploy.documents.keys import CAMPAIGN_MODELS, WORKSPACE_MODELS, Models, explain_unknown
from bland_deploy.documents.nodes import Mapping, data
from bland_deploy.documents.wording import explain, find_mistakes
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.workspace import Workspace

# rules that say all there is to say of a value
_WHOLE_VALUE = ("secret-in-file", "misplaced-unset")
_Model = TypeVar("_Model", bound=BaseModel)


def parse_campaign(node: Mapping) -> tuple[Campaign | None, tuple[Diagnostic, ...]]:
    """The campaign of a file (overlays are not looked into), None where it has errors, and what is wrong with it."""
    return _parse(node, Campaign, CAMPAIGN_MODELS, list(check_campaign(node)))


def parse_workspace(node: Mapping) -> tuple[Workspace | None, tuple[Diagnostic, ...]]:
    """The workspace of `bland-deploy.yaml`, None where it has errors, and what is wrong with it."""
    return _parse(node, Workspace, WORKSPACE_MODELS, list(check_workspace(node)))


def _parse(
    node: Mapping, model: type[_Model], models: Models, problems: list[Diagnostic]
) -> tuple[_Model | None, tuple[Diagnostic, ...]]:
    """`problems` is what the checks found; all of them are errors."""
    value = data(node)
    try:
        parsed = model.model_validate(value)
    except ValidationError as invalid:
        mistakes = find_mistakes(invalid.errors(include_url=False), value)
        problems += explain_unknown(mistakes, node, models)
        told = {problem.place for problem in problems if problem.rule in _WHOLE_VALUE}
        found = explain(mistakes, node, already_told=bool(problems))
        problems += [problem for problem in found if problem.place not in told]
        return None, in_order(problems)
    return (None if problems else parsed), in_order(problems)
