"""What a run works with: the chosen environment, its address, keys, state store and limits.

Nothing is printed, and the process's environment variables are passed in. `lint`, `render` and `plan` need no API key,
so each step can be taken alone.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.schedule import Pace, ProfileName, pace_of
from bland_deploy.model.workspace import Limits, Prices, Workspace
from bland_deploy.settings.capability import read_capability, safe_settle
from bland_deploy.settings.secrets import Secret, read_api_key, read_secret
from bland_deploy.settings.state_key import read_state_key, state_key_warnings, write_state_key
from bland_deploy.settings.target import (
    check_store,
    choose_environment,
    default_profile,
    default_settle,
    is_loopback,
    resolve_base_url,
    state_location,
)
from bland_deploy.settings.variables import Variables, in_ci

if TYPE_CHECKING:
    from bland_deploy.model.capability import Capability

__all__ = [
    "Secret",
    "Settings",
    "Variables",
    "check_store",
    "choose_environment",
    "default_profile",
    "default_settle",
    "in_ci",
    "is_loopback",
    "make_settings",
    "read_api_key",
    "read_secret",
    "read_state_key",
    "resolve_base_url",
    "state_key_warnings",
    "state_location",
    "write_state_key",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """One environment, resolved. `settle` is in seconds; `state` is an absolute folder or the URL of a store.

    `base_url` has no slash at its end and is None for the embedded sandbox. `state_key` is 32 bytes, None where there
    is none; `capability` is what a probe found of the provider, None where nothing is known.
    """

    root: Path
    environment: str
    provider: Literal["bland", "sandbox"]
    base_url: str | None
    is_loopback: bool
    api_key: Secret | None
    encrypted_key: Secret | None
    state: str
    state_key: bytes | None = field(repr=False)
    settle: float
    capability: "Capability | None"
    limits: Limits
    prices: Prices
    pace: Pace
    profile: ProfileName
    protected: bool
    in_ci: bool
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def rings_nobody(self) -> bool:
        """Whether all of its calls stay on this machine: gates warn there, so that things can be tried out."""
        return self.provider == "sandbox" or self.is_loopback


def make_settings(
    workspace: Workspace, name: str | None, root: Path, variables: Variables, *, needs_key: bool = True
) -> Settings:
    """The settings of the named environment, or of the default one.

    Secrets are read only where `needs_key`. Raises InvalidInput and AuthenticationFailed.
    """
    chosen, environment = choose_environment(workspace, name)
    base_url = resolve_base_url(environment, variables)
    read = needs_key and environment.provider == "bland"
    encrypted = environment.encrypted_key if read else None
    known = read_capability(root, chosen, base_url)
    settle = default_settle(environment, base_url)
    return Settings(
        root=root,
        environment=chosen,
        provider=environment.provider,
        base_url=base_url,
        is_loopback=base_url is not None and is_loopback(base_url),
        api_key=read_api_key(environment, root, variables) if needs_key else None,
        encrypted_key=read_secret(encrypted, root, variables) if encrypted else None,
        state=state_location(environment, chosen, root),
        state_key=read_state_key(root, variables),
        settle=settle if environment.settle is not None else safe_settle(settle, known.capability),
        capability=known.capability,
        limits=environment.limits,
        prices=environment.prices,
        pace=pace_of(environment.pace),
        profile=default_profile(environment, base_url),
        protected=environment.protected,
        in_ci=in_ci(variables),
        warnings=(*state_key_warnings(root, variables), *known.found),
    )
