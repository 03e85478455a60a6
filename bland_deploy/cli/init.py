"""`bland-deploy init`: a workspace that lints and applies to the sandbox at once."""

from pathlib import Path

from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.errors import ExitCode
from bland_deploy.operations.schemas import make_schema
from bland_deploy.scaffold.init import init
from bland_deploy.settings import write_state_key
from bland_deploy.views.json import render_json


def run(invocation: Invocation, directory: Path | None) -> ExitCode:
    """Write a workspace into DIRECTORY (here, when none is named) that lints and applies to the sandbox at once."""
    target = directory or invocation.workspace or Path()
    schemas = {f"schemas/{kind}.schema.json": render_json(make_schema(kind)) for kind in ("campaign", "workspace")}
    written = init(target, schemas)
    write_state_key(target.resolve())
    lines = [f"  {path.relative_to(target)}" for path in written]
    go = [] if target == Path() else [f"  cd {target}"]
    text = [
        "Wrote",
        *lines,
        "  .bland-deploy/state.key (git ignores it: keep a copy as you keep the API key)",
        "",
        "Next:",
    ]
    text += [*go, "  bland-deploy lint", "  bland-deploy plan", "  bland-deploy apply"]
    write_document("\n".join(text) + "\n")
    return ExitCode.DONE
