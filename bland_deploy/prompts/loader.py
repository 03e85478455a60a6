"""Where templates find other templates."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from bland_deploy.prompts.environment import Parsed, Sandbox
from bland_deploy.prompts.sources import Sources


@dataclass(frozen=True)
class Loader:
    """Reads included and imported texts by their path from the workspace's root (None where there is no such file).

    `paths` lists the files that could have been meant, for suggestions. One loader serves any number of templates.
    """

    read: Callable[[str], str | None]
    paths: Callable[[], Iterable[str]] = tuple

    @property
    def environment(self) -> Sandbox:
        """The sandbox, with the files of this loader's templates; templates render one at a time."""
        sandbox = _the_sandbox()
        sandbox.loader = self.files
        return sandbox

    @cached_property
    def files(self) -> Parsed:
        """The files that templates import or extend."""
        return Parsed()

    @cached_property
    def sources(self) -> Sources:
        """The texts read so far, by position."""
        return Sources()

    @cached_property
    def compiled(self) -> dict[Hashable, Any]:
        """What texts were compiled to, by all that this depends on: a campaign's shapes share most of its texts."""
        return {}


def no_files() -> Loader:
    """The loader of texts that bring in no files."""
    return Loader(lambda _path: None)


@cache
def _the_sandbox() -> Sandbox:
    """One sandbox for all: to set one up takes longer than to read a short template."""
    return Sandbox()
