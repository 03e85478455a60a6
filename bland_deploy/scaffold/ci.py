"""What `init` writes for a forge: jobs that lint, plan and apply, what they install, and hooks for pre-commit."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from bland_deploy.scaffold.init import read_template

Forge: TypeAlias = Literal["github", "gitlab"]
FORGES: tuple[Forge, ...] = get_args(Forge)

_FOR_BOTH = ("ci/requirements.txt", ".pre-commit-config.yaml")
FILES: Mapping[Forge, tuple[str, ...]] = MappingProxyType(
    {
        "github": (".github/workflows/lint-plan.yml", ".github/workflows/apply.yml", *_FOR_BOTH),
        "gitlab": (".gitlab-ci.yml", *_FOR_BOTH),
    }
)
_FOLDER = "state: state/production            # the log of who was called; keep it"
_BRANCH = "state: git+ref://origin/bland-state   # the log of who was called, on a branch of its own"


def forge_of(directory: Path, remote: str | None) -> Forge | None:
    """The forge that the address of a folder's remote names, or else a file of the folder; None where nothing does."""
    host = re.sub(r"^(?:[a-z+]+://)?(?:[^@/]*@)?", "", remote or "").split("/")[0].split(":")[0].lower()
    for forge in FORGES:
        if forge in host:
            return forge
    if (directory / ".gitlab-ci.yml").exists():
        return "gitlab"
    return "github" if (directory / ".github").exists() else None


def ci_texts(forge: Forge, version: str) -> dict[str, str]:
    """The files for a forge, by path from the workspace. The jobs install this version of the package."""
    texts = {name: read_template(name) for name in FILES[forge]}
    return texts | {"ci/requirements.txt": texts["ci/requirements.txt"].replace("VERSION", version)}


def with_state_on_a_branch(text: str) -> str:
    """The workspace file, with production's state where jobs can reach it."""
    assert _FOLDER in text
    return text.replace(_FOLDER, _BRANCH)
