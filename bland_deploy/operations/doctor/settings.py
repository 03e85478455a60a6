"""Where each setting of an environment comes from. Keys are named, never shown."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.errors import DeployError
from bland_deploy.model.checkup import Setting
from bland_deploy.model.references import SecretReference
from bland_deploy.model.workspace import Environment
from bland_deploy.settings import Variables, default_settle, resolve_base_url, state_location
from bland_deploy.settings.capability import capability_name, read_capability, safe_settle
from bland_deploy.settings.state_key import STATE_KEY_FILE
from bland_deploy.settings.variables import API_KEY, BASE_URL, STATE_KEY

_DEFAULT = "default"
_APART = ("base_url", "state", "settle", "api_key", "encrypted_key")


def settings_of(environment: Environment, name: str, root: Path, variables: Variables) -> Iterator[Setting]:
    """Every setting of an environment, its value and its source."""
    written = environment.model_fields_set
    yield _address(environment, variables)
    yield from _keys(environment, root, variables)
    yield Setting("state", _state(environment, name, root), _source("state" in written))
    yield _settle(environment, name, root, variables)
    for key in type(environment).model_fields:
        value = getattr(environment, key)
        if isinstance(value, BaseModel) and key not in _APART:
            yield from _inside(key, value)
        elif key not in _APART:
            yield Setting(key, _shown(value), _source(key in written))


def _inside(name: str, model: BaseModel) -> Iterator[Setting]:
    """The keys of a mapping. Only what stands in the file is among the fields that were set with a value."""
    for key, value in model:
        default = type(model).model_fields[key].default
        yield Setting(f"{name}.{key}", _shown(value), _source(key in model.model_fields_set and value != default))


def _source(is_written: bool) -> str:  # noqa: FBT001 - a question with its answer
    return WORKSPACE_FILE if is_written else _DEFAULT


def _shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case SecretReference():
            return f"from {value.env}" if value.env else f"from the file {value.file}"
        case _:
            return str(value)


def _address(environment: Environment, variables: Variables) -> Setting:
    if environment.provider == "sandbox":
        return Setting("base_url", "none", "the sandbox is inside this program")
    try:
        address = resolve_base_url(environment, variables) or "none"
    except DeployError:
        address = "refused"
    given = BASE_URL if variables.get(BASE_URL) else _DEFAULT
    return Setting("base_url", address, WORKSPACE_FILE if environment.base_url else given)


def _state(environment: Environment, name: str, root: Path) -> str:
    try:
        location = state_location(environment, name, root)
    except DeployError:
        return "refused"
    path = Path(location)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else location


def _settle(environment: Environment, name: str, root: Path, variables: Variables) -> Setting:
    try:
        address = resolve_base_url(environment, variables)
    except DeployError:
        return Setting("settle", "unknown", _DEFAULT)
    usual = default_settle(environment, address)
    if environment.settle is not None:
        return Setting("settle", f"{usual:g}s", WORKSPACE_FILE)
    safe = safe_settle(usual, read_capability(root, name, address).capability)
    return Setting("settle", f"{safe:g}s", capability_name(name) if safe > usual else _DEFAULT)


def _keys(environment: Environment, root: Path, variables: Variables) -> Iterator[Setting]:
    """The keys by where they are looked for; whether they are right is another question."""
    references = {"encrypted_key": environment.encrypted_key} if environment.encrypted_key else {}
    if environment.provider != "sandbox":
        references["api_key"] = environment.api_key or SecretReference(env=API_KEY, file=None)
    for name, reference in sorted(references.items()):
        is_set = reference.env in variables if reference.env else (root / (reference.file or "")).is_file()
        yield Setting(name, "set" if is_set else "not set", reference.env or f"the file {reference.file}")
    if variables.get(STATE_KEY):
        yield Setting("state key", "set", STATE_KEY)
    else:
        is_set = (root / STATE_KEY_FILE).is_file()
        yield Setting("state key", "set" if is_set else "not set", f"the file {STATE_KEY_FILE}")
