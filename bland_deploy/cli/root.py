"""Where the workspace is."""

from pathlib import Path

from bland_deploy.cli.options import Invocation
from bland_deploy.documents.discover import WORKSPACE_FILE, find_workspace
from bland_deploy.errors import InvalidInput


def find_root(invocation: Invocation) -> Path:
    """The workspace's folder: as given, or the nearest one above with a workspace file."""
    if invocation.workspace is not None:
        if not (invocation.workspace / WORKSPACE_FILE).is_file():
            raise InvalidInput(
                f"{invocation.workspace} holds no {WORKSPACE_FILE}", help="bland-deploy init DIR makes one"
            )
        return invocation.workspace.resolve()
    root = find_workspace(Path.cwd())
    if root is None:
        raise InvalidInput(
            f"there is no {WORKSPACE_FILE} here or in a folder above",
            help="go to a workspace, name one with -C, or make one with `bland-deploy init`",
        )
    return root
