"""The capability file of an environment: where it lies, what it says, and why it may not be used."""

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import orjson
from pydantic import ValidationError

from bland_deploy.diagnostics import Diagnostic, Place, error, warning
from bland_deploy.settings.target import inside

if TYPE_CHECKING:
    from bland_deploy.model.capability import Capability

FOLDER = "capabilities"
MARGIN = 3
"""How many times the longest lag that was measured is waited for: few measurements do not meet the worst."""
_WRITTEN = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
_LARGEST = 1 << 20
_WAY_OUT = "bring it back from git, or probe again: `bland-deploy probe`"


class Known(NamedTuple):
    """What is known of an environment's provider, and what is to be said about its file."""

    capability: "Capability | None" = None
    found: tuple[Diagnostic, ...] = ()


def capability_name(environment: str) -> str:
    """The path of an environment's capability file, from the workspace."""
    return f"{FOLDER}/{environment}.json"


def read_capability(root: Path, environment: str, base_url: str | None) -> Known:
    """What the file says. One that cannot be read is an error, since what it said is not known any more.

    One of another address is let be, with a warning: nothing is known of this provider then.
    """
    name = capability_name(environment)
    try:
        capability = _parse(inside(root, name, "the capability file"))
    except FileNotFoundError:
        return Known()
    except (OSError, ValueError) as problem:
        return Known(found=(_damaged(name, problem),))
    if (capability.environment, capability.base_url) != (environment, base_url):
        address = capability.base_url or "the embedded sandbox"
        message = f"the probe was of {capability.environment} at {address}: what it found is not used"
        return Known(
            found=(warning("capability-foreign", message, Place(name), "probe this environment, or remove it"),)
        )
    return Known(capability)


def safe_settle(usual: float, capability: "Capability | None") -> float:
    """Seconds to wait for the list where nobody says: as usual, and longer where a probe has seen it lag."""
    if capability is None:
        return usual
    return max(usual, math.ceil(capability.longest_delay * MARGIN * 10) / 10)


def write_capability(root: Path, capability: "Capability") -> str:
    """Write the file in place of the one before, whole or not at all; its path from the workspace. Raises OSError."""
    name = capability_name(capability.environment)
    path = inside(root, name, "the capability file")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(orjson.dumps(capability.model_dump(), option=_WRITTEN))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return name


def _parse(path: Path) -> "Capability":
    with path.open("rb") as file:
        content = file.read(_LARGEST)
    from bland_deploy.model.capability import Capability  # noqa: PLC0415 - only where there is a file

    return Capability.model_validate_json(content)


def _damaged(name: str, problem: Exception) -> Diagnostic:
    reason = "it cannot be read" if isinstance(problem, OSError) else _reason(problem)
    message = f"what a probe found of the provider is not known: {reason}"
    return error("capability-damaged", message, Place(name), _WAY_OUT)


def _reason(problem: Exception) -> str:
    """Which key is wrong, without the value."""
    if not isinstance(problem, ValidationError):
        return "it is not text"
    first = problem.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"`{where}`: {first['msg'].lower()}" if where else "it is no JSON"
