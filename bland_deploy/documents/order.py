"""The order of keys in files of our formats: that of their models. Elsewhere keys keep the order they were given."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from pydantic import BaseModel

from bland_deploy.documents.keys import CAMPAIGN_MODELS, WORKSPACE_MODELS, Models
from bland_deploy.model.workspace import Workspace

Ranks: TypeAlias = Mapping[str, int]

_NO_RANKS: Ranks = {}
_OVERLAY = ("environments", "*")


def _with_overlays(models: Models) -> Models:
    return models | {(*_OVERLAY, *path): model for path, model in models.items()}


_CAMPAIGN = _with_overlays(CAMPAIGN_MODELS)
_WORKSPACE = WORKSPACE_MODELS | {("defaults", *path): model for path, model in _CAMPAIGN.items()}


def is_workspace(keys: Sequence[str]) -> bool:
    """Whether a file with these keys at its top is a workspace file rather than a campaign."""
    return set(keys) <= set(Workspace.model_fields)


def models_of(keys: Sequence[str]) -> Models:
    """Which model stands where in a file with these keys at its top."""
    return _WORKSPACE if is_workspace(keys) else _CAMPAIGN


def ranks_at(path: Sequence[str], models: Models) -> Ranks:
    """The place of each key in the mapping at a path; none where the order is the user's."""
    for pattern, model in models.items():
        if len(pattern) == len(path) and all(word in ("*", step) for word, step in zip(pattern, path, strict=True)):
            return _ranks(model)
    return _NO_RANKS


def _ranks(model: type[BaseModel]) -> Ranks:
    return {name: rank for rank, name in enumerate(model.model_fields)}
