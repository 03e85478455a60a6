"""A campaign made without the command line, as quickly as a search over many runs needs it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from bland_deploy.documents.load import load_campaign, load_workspace
from bland_deploy.model.workspace import Prices
from bland_deploy.operations.calls.prepare import prepare
from bland_deploy.operations.plans.work import Aim, make_work, run_at
from bland_deploy.recipients.reach import Reach

KEY = bytes.fromhex("5a" * 32)
MOMENT = datetime(2026, 3, 2, 15, tzinfo=UTC)
NAME = "checked"
AIM = Aim("sandbox", "sandbox", (), KEY, Prices(), gates_warn=True)


def person(number):
    """A fictional number."""
    return f"+1415555{number:04d}"


def make_campaign(root, people, *, size=500, round_="1", prompt="Hello."):
    """The work of one campaign that rings these people, in this order; its file is left in `root`."""
    root = Path(root)
    content = {
        "campaign": NAME,
        "round": round_,
        "prompt": prompt,
        "recipients": {"inline": [{"phone_number": number} for number in people]},
        "split": {"size": size},
    }
    (root / "campaigns").mkdir(exist_ok=True)
    (root / "campaigns" / "checked.yaml").write_text(json.dumps(content), encoding="utf-8")
    (root / "bland-deploy.yaml").write_text("version: 1\n", encoding="utf-8")
    loaded = load_campaign(load_workspace(root), "campaigns/checked.yaml", "sandbox")
    prepared, found = prepare(loaded, Reach(root), "sandbox", {})
    assert prepared is not None, found
    assert not [problem for problem in found if problem.severity == "error"], found
    return make_work(prepared, run_at(MOMENT, "UTC"), AIM, MOMENT)
