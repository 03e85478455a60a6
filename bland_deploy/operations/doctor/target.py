"""What a run works with: the environment, its keys, the state's store, and the account behind the key."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from httpx import codes

from bland_deploy.api.answers import ME_PATH
from bland_deploy.client.connection import Client
from bland_deploy.client.read import get_json
from bland_deploy.diagnostics import Severity
from bland_deploy.errors import DeployError, ExitCode
from bland_deploy.model.checkup import Check, Health, failed
from bland_deploy.model.workspace import Environment
from bland_deploy.operations.guards.capable import is_old
from bland_deploy.settings import (
    Variables,
    check_store,
    read_api_key,
    read_secret,
    read_state_key,
    resolve_base_url,
    state_key_warnings,
)
from bland_deploy.settings.capability import capability_name, read_capability
from bland_deploy.state.log import find_logs, open_log
from bland_deploy.state.store import Store

_MOST_SKEW = timedelta(seconds=60)


def check_keys(environment: Environment, root: Path, variables: Variables) -> Iterator[Check]:
    """Whether each key is where the workspace says. None is ever shown."""
    if environment.provider == "sandbox":
        yield Check("API key", Health.WELL, "the sandbox needs none")
    else:
        try:
            read_api_key(environment, root, variables)
            yield Check("API key", Health.WELL, "set; whether it is the right one, --online asks")
        except DeployError as problem:
            yield failed("API key", problem)
    if environment.encrypted_key is not None:
        try:
            read_secret(environment.encrypted_key, root, variables)
            yield Check("encrypted_key", Health.WELL, "set")
        except DeployError as problem:
            yield failed("encrypted_key", problem)


def check_state_key(environment: Environment, root: Path, variables: Variables) -> Check:
    """Whether the state key is there, and nobody else reads it."""
    try:
        key = read_state_key(root, variables)
    except DeployError as problem:
        return failed("state key", problem)
    for found in state_key_warnings(root, variables):
        return Check("state key", Health.WARNING, found.message, found.help)
    if key is not None:
        return Check("state key", Health.WELL, "set, and readable by nobody else")
    if environment.provider == "sandbox":
        return Check("state key", Health.NOTE, "none yet: the first apply to the sandbox makes one")
    message = "there is none, so people could not be remembered"
    way_out = "`bland-deploy state key` makes one; where people were called before, put their key back"
    return Check("state key", Health.ERROR, message, way_out, ExitCode.AUTHENTICATION)


def check_address(environment: Environment, variables: Variables) -> Check:
    """Where the API is."""
    try:
        address = resolve_base_url(environment, variables)
    except DeployError as problem:
        return failed("address", problem)
    return Check("address", Health.WELL, address or "the sandbox inside this program")


def check_capability(
    environment: Environment, name: str, root: Path, variables: Variables, now: datetime
) -> Iterator[Check]:
    """What a probe found of the provider. `now` is aware; nothing is said where the address is not known."""
    try:
        known = read_capability(root, name, resolve_base_url(environment, variables))
    except DeployError:
        return
    for found in known.found:
        health = Health.ERROR if found.severity is Severity.ERROR else Health.WARNING
        code = ExitCode.INVALID if health is Health.ERROR else ExitCode.DONE
        yield Check("capability", health, f"{found.place}: {found.message}", found.help, code)
    capability = known.capability
    if capability is None:
        if not known.found and environment.provider != "sandbox":
            message = "the provider was never probed, so what is usual holds"
            yield Check(
                "capability", Health.NOTE, message, "`bland-deploy probe` finds out how its list lags, and more"
            )
        return
    if environment.settle is not None and environment.settle < capability.longest_delay:
        message = f"`settle` is {environment.settle:g}s, and a probe saw the list lag {capability.longest_delay:g}s"
        yield Check("capability", Health.WARNING, message, "leave `settle` out: it follows from what was measured")
    if is_old(capability, now):
        message = f"the provider was probed on {capability.probed_at[:10]}, more than half a year ago"
        yield Check("capability", Health.WARNING, message, "probe again: `bland-deploy probe`")
    else:
        message = f"{capability_name(name)}, probed on {capability.probed_at[:10]}"
        yield Check("capability", Health.WELL, f"{message}; its list lagged {capability.longest_delay:g}s at most")


def check_state(environment: Environment, store: Store, location: str, variables: Variables) -> Iterator[Check]:
    """Whether the store can be used here, can be reached, and holds sound logs."""
    try:
        check_store(environment, location, resolve_base_url(environment, variables), variables)
        campaigns = find_logs(store)
        yield _check_promise(store, campaigns)
    except DeployError as problem:
        yield failed("state", problem)
        return
    for campaign in campaigns:
        try:
            open_log(store, campaign)
        except DeployError as problem:
            yield failed(f"log of {campaign}", problem)


def _check_promise(store: Store, campaigns: tuple[str, ...]) -> Check:
    """A store must refuse to create what exists. Asked with bytes that are there, so that nothing can be lost."""
    if not campaigns:
        words = "reached, and empty; that it creates nothing twice is tested when the first log begins"
        return Check("state", Health.WELL, f"{store.location}: {words}")
    name = f"{campaigns[0]}/manifest.json"
    content = store.read(name)
    if content is not None and store.create(name, content):
        message = f"{store.location} creates what exists: two applies at once would call people twice"
        return Check("state", Health.ERROR, message, "use another store", ExitCode.STATE)
    logs = "1 log" if len(campaigns) == 1 else f"{len(campaigns)} logs"
    return Check("state", Health.WELL, f"{store.location}: {logs}, and nothing is created twice")


def check_account(client: Client, now: datetime) -> Iterator[Check]:
    """Whether the API answers and takes the key, and how far its clock is from ours."""
    try:
        answer = get_json(client, ME_PATH)
    except DeployError as problem:
        yield failed("account", problem)
        return
    if answer.status >= codes.BAD_REQUEST:
        message = f"{client.host} answers HTTP {answer.status} to the question whose key this is"
        yield Check("account", Health.WARNING, message, "check `base_url`")
    else:
        yield Check("account", Health.WELL, f"{client.host} takes the key")
    skew = answer.clock_skew(now)
    if skew is not None and abs(skew) > _MOST_SKEW:
        way = "ahead of" if skew < timedelta(0) else "behind"
        message = f"this machine's clock is {abs(skew).total_seconds():.0f} s {way} the provider's"
        way_out = "set the clock: calling hours and the ages of lists are judged by it"
        yield Check("clock", Health.WARNING, message, way_out)
    elif skew is not None:
        yield Check("clock", Health.WELL, "within a minute of the provider's")
