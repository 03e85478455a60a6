"""The program itself: its version, its Python, what is installed beside it."""

import platform
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution, requires

from bland_deploy import __version__
from bland_deploy.model.checkup import Check, Health

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+).*;.*\bextra == ['\"]([a-z0-9-]+)['\"]")
_FOR_DEVELOPERS = "dev"


def check_program() -> Iterator[Check]:
    """Version, Python and platform, and which extras are there."""
    words = f"bland-deploy {__version__}, Python {platform.python_version()} on {platform.system()} ({sys.prefix})"
    yield Check("program", Health.WELL, words)
    yield from check_extras(requires("bland-deploy") or [])


def check_extras(requirements: Iterable[str]) -> Iterator[Check]:
    """Which extras are installed, by the package's own requirements."""
    needed: dict[str, list[str]] = {}
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match and match[2] != _FOR_DEVELOPERS:
            needed.setdefault(match[2], []).append(match[1])
    for extra, names in sorted(needed.items()):
        missing = [name for name in names if not _is_installed(name)]
        if missing:
            yield Check(
                f"extra {extra}",
                Health.NOTE,
                f"not installed ({', '.join(missing)})",
                f"where it is needed: pip install 'bland-deploy[{extra}]'",
            )
        else:
            yield Check(f"extra {extra}", Health.WELL, "installed")


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
