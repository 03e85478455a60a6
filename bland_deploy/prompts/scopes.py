"""The names that templates see: six scopes, each a plain mapping."""

from collections.abc import Mapping
from types import MappingProxyType

from bland_deploy.model.json import JsonObject
from bland_deploy.model.run import Run

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "vars": "everywhere",
        "environment": "everywhere",
        "campaign": "everywhere",
        "run": "everywhere",
        "row": "in `each`, `recipients.variables` and `recipients.where`",
        "batch": "in `description`, `call` and `batch`",
    }
)
"""Every scope, and where templates may use it (the contract, "Two kinds of placeholders")."""

EVERYWHERE = frozenset({"vars", "environment", "campaign", "run"})
PER_ROW = EVERYWHERE | {"row"}
PER_BATCH = EVERYWHERE | {"batch"}

FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "environment": frozenset({"name"}),
        "campaign": frozenset({"id", "round"}),
        "run": frozenset({"id", "date", "started_at"}),
        "batch": frozenset({"index", "count", "calls"}),
    }
)
"""What the scopes hold whose contents are ours; `vars` and `row` hold what the user gave them."""

Scopes = Mapping[str, Mapping[str, object]]


def make_scopes(
    variables: JsonObject, environment: str, campaign: str, round_name: str, run: Run
) -> dict[str, Mapping[str, object]]:
    """The scopes that exist everywhere. Add `row` (the cells as written) or `batch` to the returned dict as needed.

    The row's own dict serves as it is, so a caller may keep one dict and put each row into it.
    """
    return {
        "vars": variables,
        "environment": {"name": environment},
        "campaign": {"id": campaign, "round": round_name},
        "run": {"id": run.id, "date": run.date, "started_at": run.started_at},
    }


def make_batch_scope(index: int, count: int, calls: int) -> dict[str, object]:
    """The scope `batch`: which one of how many (from 1), and how many calls it holds."""
    return {"index": index, "count": count, "calls": calls}
