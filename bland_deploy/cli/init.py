"""`bland-deploy init`: a workspace that lints and applies to the sandbox at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from bland_deploy import __version__
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.documents.repository import address_of_remote, folder_in_repository
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.operations.schemas import make_schema
from bland_deploy.scaffold.ci import ci_texts, forge_of, with_state_on_a_branch
from bland_deploy.scaffold.init import TEMPLATES, init, read_template
from bland_deploy.settings import write_state_key
from bland_deploy.views.json import render_json

Chosen: TypeAlias = Literal["github", "gitlab", "none"] | None


def run(invocation: Invocation, directory: Path | None, ci: Chosen) -> ExitCode:
    """Write a workspace into DIRECTORY (here, when none is named) that lints and applies to the sandbox at once."""
    target = directory or invocation.workspace or Path()
    schemas = {f"schemas/{kind}.schema.json": render_json(make_schema(kind)) for kind in ("campaign", "workspace")}
    jobs = _jobs(target, ci)
    kept = [name for name in jobs if name not in TEMPLATES and (target / name).exists()]
    written = init(target, schemas | {name: text for name, text in jobs.items() if name not in kept})
    write_state_key(target.resolve())
    write_document(_told(target, written, kept, jobs=bool(jobs)))
    return ExitCode.DONE


def _jobs(target: Path, ci: Chosen) -> dict[str, str]:
    """The files for the forge that was named, that the folder names or, where nothing does, for GitHub."""
    folder = folder_in_repository(target.resolve())
    if ci == "none" or (ci is None and folder):
        return {}
    if folder:
        raise InvalidInput(
            f"{target} lies below the top of its git repository, where no forge looks for jobs",
            help="leave --ci out, and write them at the top (docs/pull-requests.md)",
        )
    remote = address_of_remote(target)
    texts = ci_texts(ci or forge_of(target, remote) or "github", __version__)
    if ci is None and remote is None:
        return texts
    return texts | {"bland-deploy.yaml": with_state_on_a_branch(read_template("bland-deploy.yaml"))}


def _told(target: Path, written: Sequence[Path], kept: Sequence[str], *, jobs: bool) -> str:
    lines = ["Wrote", *(f"  {path.relative_to(target)}" for path in written)]
    lines += ["  .bland-deploy/state.key (git ignores it: keep a copy as you keep the API key)", ""]
    if kept:
        lines += ["Kept as they were (docs/pull-requests.md says what belongs there)", *(f"  {n}" for n in kept), ""]
    go = [] if target == Path() else [f"  cd {target}"]
    lines += ["Next:", *go, "  bland-deploy lint", "  bland-deploy plan", "  bland-deploy apply", ""]
    if jobs:
        lines += ["What the jobs need that lint, plan and apply for pull requests: docs/pull-requests.md", ""]
    return "\n".join(lines)
