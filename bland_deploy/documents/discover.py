"""Finds the workspace and its campaign files. No file is opened here."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

WORKSPACE_FILE = "bland-deploy.yaml"


def find_workspace(start: Path) -> Path | None:
    """The nearest folder from `start` upwards that holds bland-deploy.yaml, or None."""
    start = start.absolute()
    return next((folder for folder in (start, *start.parents) if (folder / WORKSPACE_FILE).is_file()), None)


def find_campaigns(root: Path, globs: Iterable[str]) -> list[str]:
    """Names of the campaign files, relative to the workspace, sorted; hidden files only where a glob names them."""
    return sorted({name for pattern in globs for name in _matches(root, pattern)} - {WORKSPACE_FILE})


def _matches(root: Path, pattern: str) -> list[str]:
    if pattern.startswith("/") or ".." in pattern.split("/"):
        return []  # told by the check of the workspace file
    found = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 - Path.glob matches hidden files
    names = (os.path.normpath(name).replace(os.sep, "/") for name in found)
    return [name for name in names if not os.path.isdir(f"{root}/{name}")]  # noqa: PTH112 - without a Path for each
