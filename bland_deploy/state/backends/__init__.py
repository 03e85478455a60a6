"""The stores there are, by the scheme of their address."""

from collections.abc import Callable, Mapping
from pathlib import Path

from bland_deploy.errors import InvalidInput
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.store import Store


def _git_store(address: str, root: Path) -> Store:
    from bland_deploy.state.backends.git.store import open_git_store  # noqa: PLC0415 - only where the state lies in git

    return open_git_store(address, root)


# A store in memory is not among them: it would forget who was called.
BACKENDS: Mapping[str, Callable[[str, Path], Store]] = {
    "": lambda address, root: FileStore(root / address),
    "git+ref": _git_store,
}
NAMES: Mapping[str, str] = {
    "": "a folder, such as state/production",
    "git+ref": "a branch of a git remote, such as git+ref://origin/bland-state",
}


def open_store(address: str, root: Path) -> Store:
    """The store at an address: a folder, relative to `root` unless absolute. Nothing is read or written yet.

    Raises InvalidInput for a scheme that is not in the table.
    """
    scheme = address.partition("://")[0] if "://" in address else ""
    backend = BACKENDS.get(scheme)
    if backend is None:
        known = "; ".join(NAMES[scheme] for scheme in BACKENDS)
        raise InvalidInput(f'"{scheme}://" is no state store that this version knows', help=f"it knows {known}")
    return backend(address, root)
