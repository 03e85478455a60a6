"""The workspace's files: whether they can be read, what git and editors make of them."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bland_deploy.diagnostics import has_errors
from bland_deploy.documents.discover import WORKSPACE_FILE, find_campaigns
from bland_deploy.documents.load import LoadedWorkspace
from bland_deploy.errors import ExitCode
from bland_deploy.model.checkup import Check, Health
from bland_deploy.operations.schemas import make_schema
from bland_deploy.settings.target import OWN_FOLDER

_MODELINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)", re.MULTILINE)
_HOOKS_FILE = ".pre-commit-config.yaml"


def check_workspace(loaded: LoadedWorkspace) -> Check:
    """Whether the workspace file can be worked with."""
    if loaded.workspace is None or has_errors(loaded.diagnostics):
        count = len(loaded.diagnostics)
        problems = "a problem" if count == 1 else f"{count} problems"
        message = f"{WORKSPACE_FILE} has {problems}"
        return Check("workspace", Health.ERROR, message, "`bland-deploy lint` shows them", ExitCode.INVALID)
    number = len(find_campaigns(loaded.root, loaded.workspace.campaigns))
    if not number:
        way_out = f"correct the globs of `campaigns` in {WORKSPACE_FILE}"
        return Check("workspace", Health.WARNING, f"{loaded.root}, without a campaign", way_out)
    return Check("workspace", Health.WELL, f"{loaded.root}, {number} campaign{'s' if number > 1 else ''}")


def check_git(root: Path) -> Iterator[Check]:
    """Whether git would keep what is secret out of the repository, and runs hooks."""
    if _git(root, "rev-parse", "--git-dir") is None:
        yield Check("git", Health.NOTE, "the workspace is in no git repository, or there is no git")
        return
    own = f"{OWN_FOLDER}/state.key"
    if _git(root, "ls-files", "--", OWN_FOLDER):
        message = f"git tracks files of {OWN_FOLDER}/, where the state key lies"
        way_out = f"git rm -r --cached {OWN_FOLDER}; a key that was pushed is no secret any more"
        yield Check("git", Health.ERROR, message, way_out, ExitCode.INVALID)
    elif _git(root, "check-ignore", own) is None:
        message = f"git does not ignore {OWN_FOLDER}/, where the state key lies"
        yield Check("git", Health.ERROR, message, f"add a line {OWN_FOLDER}/ to .gitignore", ExitCode.INVALID)
    else:
        yield Check("git", Health.WELL, f"{OWN_FOLDER}/ is ignored")
    yield _check_hooks(root)


def _check_hooks(root: Path) -> Check:
    top = Path((_git(root, "rev-parse", "--show-toplevel") or str(root)).strip())
    hook = root / (_git(root, "rev-parse", "--git-path", "hooks/pre-commit") or ".git/hooks/pre-commit").strip()
    config = top / _HOOKS_FILE
    is_named = config.is_file() and "bland-deploy" in config.read_text("utf-8", "replace")
    if is_named and hook.exists():
        return Check("git hooks", Health.WELL, f"{_HOOKS_FILE} names them, and git runs them")
    if is_named:
        message = f"{_HOOKS_FILE} names them, and git does not run them"
        return Check("git hooks", Health.WARNING, message, "pre-commit install")
    return Check("git hooks", Health.NOTE, "none of ours: lint, fmt and no-pii could run before every commit")


def check_editors(loaded: LoadedWorkspace) -> Check:
    """Whether editors find a schema for every file, and one of this version."""
    globs = loaded.workspace.campaigns if loaded.workspace else []
    kinds = {WORKSPACE_FILE: "workspace", **dict.fromkeys(find_campaigns(loaded.root, globs), "campaign")}
    without, stale = [], {}
    for name, kind in kinds.items():
        match = _MODELINE.search(loaded.reader.text_or_none(name) or "")
        if match is None:
            without.append(name)
        elif "://" not in match[1] and _is_stale((loaded.root / name).parent / match[1], kind):
            stale[kind] = match[1].rpartition("/")[2]
    if stale:
        message = f"{', '.join(stale.values())}: missing, or made by another version"
        way_out = "; ".join(f"bland-deploy schema {kind} > schemas/{kind}.schema.json" for kind in stale)
        return Check("editors", Health.WARNING, message, way_out)
    if without:
        more = f" and {len(without) - 1} more" if without[1:] else ""
        way_out = "begin it with `# yaml-language-server: $schema=PATH`, as `init` does"
        return Check("editors", Health.NOTE, f"{without[0]}{more} names no schema", way_out)
    return Check("editors", Health.WELL, "every file names its schema")


def _is_stale(path: Path, kind: str) -> bool:
    try:
        return bool(json.loads(path.read_bytes()) != make_schema(kind))
    except (OSError, ValueError):
        return True


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, or None where it fails or there is none."""
    try:
        asked = subprocess.run(  # noqa: S603 - fixed commands
            ["git", "-C", str(root), *arguments],  # noqa: S607 - the git that users have
            check=False,
            capture_output=True,
        )
    except OSError:
        return None
    return asked.stdout.decode("utf-8", "replace") if asked.returncode == 0 else None
