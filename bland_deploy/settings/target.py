"""Which environment is meant, where its API is, and where its state lies."""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bland_deploy.diagnostics import nearest, shown
from bland_deploy.errors import InvalidInput
from bland_deploy.model.schedule import ProfileName
from bland_deploy.model.workspace import DEFAULT_BASE_URL, Environment, Workspace
from bland_deploy.settings.variables import BASE_URL, Variables, in_ci

OWN_FOLDER = ".bland-deploy"
REMOTE_SETTLE = 20.0
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def choose_environment(workspace: Workspace, name: str | None) -> tuple[str, Environment]:
    """The named environment, else the default, else the only one. Raises InvalidInput rather than guess."""
    names = list(workspace.environments)
    chosen = name or workspace.default_environment or (names[0] if len(names) == 1 else None)
    if chosen is None:
        raise InvalidInput(
            "no environment is chosen, and the workspace has no `default_environment`",
            help=f"name one with -e: {', '.join(names) or 'bland-deploy.yaml has none yet'}",
        )
    if chosen not in workspace.environments:
        meant = nearest(chosen, names)
        known = f"the environments are {', '.join(names)}" if names else "the workspace has no environments"
        raise InvalidInput(
            f"the workspace has no environment {shown(chosen)}", help=f"did you mean {meant}?" if meant else known
        )
    return chosen, workspace.environments[chosen]


def resolve_base_url(environment: Environment, variables: Variables) -> str | None:
    """The address of the API, without a slash at its end; None for the embedded sandbox.

    BLAND_BASE_URL fills in a missing one. Raises InvalidInput where the two differ, and for what is not https.
    """
    if environment.provider == "sandbox":
        return None
    given = variables.get(BASE_URL, "")
    if environment.base_url is None:
        return _checked_url(given, BASE_URL) if given else DEFAULT_BASE_URL
    written = _checked_url(environment.base_url, "`base_url`")
    if given and _checked_url(given, BASE_URL) != written:
        raise InvalidInput(
            f"{BASE_URL} names another address than `base_url` of the environment ({written})",
            help=f"unset {BASE_URL}, or choose the environment that it belongs to",
        )
    return written


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def default_settle(environment: Environment, base_url: str | None) -> float:
    """Seconds that the provider's list may lag behind a create: as written, else 20, or 0 on this machine.

    A probe of the environment can raise what is not written (`capability.safe_settle`).
    """
    if environment.settle is not None:
        return environment.settle
    return 0.0 if base_url is None or is_loopback(base_url) else REMOTE_SETTLE


def default_profile(environment: Environment, base_url: str | None) -> ProfileName:
    """The calling hours of campaigns that do not say: as written, else none where nobody can be rung."""
    if environment.profile is not None:
        return environment.profile
    return "none" if base_url is None or is_loopback(base_url) else "us-standard"


def state_location(environment: Environment, name: str, root: Path) -> str:
    """Where the state lies: the URL of a store, or the absolute path of a folder inside the workspace.

    Raises InvalidInput for a folder outside.
    """
    written = environment.state
    if written is None:
        written = f"{OWN_FOLDER}/state/{name}" if environment.provider == "sandbox" else f"state/{name}"
    if _SCHEME.match(written):
        return written
    return str(inside(root, written, "`state`"))


def check_store(environment: Environment, state: str, base_url: str | None, variables: Variables) -> None:
    """Raises InvalidInput for a folder as state store under CI, where a later run would not see it."""
    if _SCHEME.match(state) or base_url is None or is_loopback(base_url) or environment.folder_in_ci:
        return
    if in_ci(variables):
        raise InvalidInput(
            "the state is a folder, and CI is set: the next run would not see who was called",
            help="use a store that runs share, such as `state: git+ref://origin/bland-state`, "
            "or say `folder_in_ci: true` where the folder is kept",
        )


def inside(root: Path, name: str, what: str) -> Path:
    """The path of a file or folder named relative to the workspace. Raises InvalidInput where it leads out of it."""
    whole = Path(os.path.realpath(root / name))
    if not name or not whole.is_relative_to(os.path.realpath(root)):
        raise InvalidInput(
            f"{what} lies outside the workspace",
            help="paths start at the folder of bland-deploy.yaml and stay inside it",
        )
    return whole


def _checked_url(text: str, what: str) -> str:
    """An address in one form of writing: lower-case, without the usual port and without a slash at its end."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise InvalidInput(f"{what} is not the address of an API", help=f"write {DEFAULT_BASE_URL}") from None
    if url.scheme not in _DEFAULT_PORTS or not url.hostname or not text.isprintable() or " " in text:
        raise InvalidInput(f"{what} is not the address of an API", help=f"write one such as {DEFAULT_BASE_URL}")
    if url.username is not None or url.password is not None or url.query or url.fragment:
        raise InvalidInput(
            f"{what} may hold neither a user, nor a query, nor a fragment", help="name host and path only"
        )
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    if port is not None and port != _DEFAULT_PORTS[url.scheme]:
        host = f"{host}:{port}"
    checked = f"{url.scheme}://{host}{url.path.rstrip('/')}"
    if url.scheme != "https" and not is_loopback(checked):
        raise InvalidInput(f"{what} must begin with https://", help="only addresses on this machine may do without")
    return checked
