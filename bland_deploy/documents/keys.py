"""Keys that a file may not have: each is an error that names the right one."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from pydantic import BaseModel

from bland_deploy.diagnostics import Diagnostic, error, nearest, shown
from bland_deploy.documents.nodes import Node, place_of
from bland_deploy.documents.wording import Mistake, Path, named
from bland_deploy.model.campaign import Campaign, Recipients, Split, Suppression
from bland_deploy.model.consent import Consent, FromColumn
from bland_deploy.model.lists import ListFormat, Query
from bland_deploy.model.references import FileText, SecretReference
from bland_deploy.model.retry import Retry
from bland_deploy.model.rollout import Gate, Rollout
from bland_deploy.model.schedule import Pace, Schedule
from bland_deploy.model.waiver import Waiver
from bland_deploy.model.workspace import Caps, Environment, Limits, Prices, Webhooks, WebhookTokens, Workspace

Models: TypeAlias = dict[tuple[str, ...], type[BaseModel]]


def _of_list(at: tuple[str, ...]) -> Models:
    """The models below a list."""
    return {
        (*at, "sql"): Query,
        (*at, "sql", "database"): SecretReference,
        (*at, "sql", "query"): FileText,
        (*at, "headers", "*"): SecretReference,
        (*at, "credentials", "*"): SecretReference,
    }


# Which model stands where; `*` is any name or index.
CAMPAIGN_MODELS: Models = {
    (): Campaign,
    ("prompt",): FileText,
    ("recipients",): Recipients,
    **_of_list(("recipients",)),
    ("schedule",): Schedule,
    ("schedule", "pace"): Pace,
    ("rollout",): Rollout,
    ("rollout", "gate"): Gate,
    ("retry",): Retry,
    ("split",): Split,
    ("suppression", "*"): Suppression,
    **_of_list(("suppression", "*")),
    ("consent",): Consent,
    **{("consent", key): FromColumn for key in ("type", "source", "captured_at", "expires")},
    ("waivers", "*"): Waiver,
}
WORKSPACE_MODELS: Models = {
    (): Workspace,
    ("caps",): Caps,
    ("environments", "*"): Environment,
    ("environments", "*", "api_key"): SecretReference,
    ("environments", "*", "encrypted_key"): SecretReference,
    ("environments", "*", "limits"): Limits,
    ("environments", "*", "pace"): Pace,
    ("environments", "*", "prices"): Prices,
    ("environments", "*", "webhooks"): Webhooks,
    ("environments", "*", "webhooks", "secret"): SecretReference,
    ("environments", "*", "webhooks", "tokens"): WebhookTokens,
}
# Bland's own names of what a campaign says otherwise.
BLAND_KEYS = {
    "calls": "recipients",
    "call_data": "recipients",
    "call_objects": "recipients",
    "global": "call",
    "call_params": "call",
    "base_prompt": "prompt",
    "task": "prompt",
    "label": "description",
}


def explain_unknown(mistakes: Iterable[Mistake], root: Node, models: Models) -> Iterator[Diagnostic]:
    """An error for each unknown key, with the nearest known one."""
    for mistake in mistakes:
        if mistake.type == "extra_forbidden":
            yield _unknown(mistake.path, root, models)


def _unknown(path: Path, root: Node, models: Models) -> Diagnostic:
    key = str(path[-1])
    model = _model_at(path[:-1], models)
    place = place_of(root, path, key=True)
    if model is Campaign and key in BLAND_KEYS:
        ours = BLAND_KEYS[key]
        return error("unknown-key", f"`{key}` is Bland's name; in a campaign it is `{ours}`", place, f"write `{ours}:`")
    owner = {Campaign: "a campaign", Workspace: "the workspace file"}.get(model, named(path[:-1]))
    return error("unknown-key", f"`{shown(key)}` is not a key of {owner}", place, _way_out(key, model))


def _model_at(path: Path, models: Models) -> type[BaseModel]:
    for pattern, model in models.items():
        if len(pattern) == len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=True)):
            return model
    raise AssertionError(f"no model is listed for {path}")


def _way_out(key: str, model: type[BaseModel]) -> str:
    known = sorted(model.model_fields)
    meant = nearest(key, known)
    if meant is not None:
        return f"did you mean `{meant}`?"
    if model is Campaign:
        return _home_of(key)
    return f"the keys are {', '.join(f'`{name}`' for name in known)}"


def _home_of(key: str) -> str:
    """Where a key that is none of the campaign's belongs."""
    for part, model in (("recipients", ListFormat), ("recipients", Recipients), ("split", Split)):
        if key in model.model_fields:
            return f"`{key}` belongs under `{part}`"
    return "parameters of calls go under `call` (or `each`), further fields of the request under `batch`"
