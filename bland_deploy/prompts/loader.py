"""Where templates find other templates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from bland_deploy.prompts.environment import Sandbox
from bland_deploy.prompts.sources import Sources


@dataclass(frozen=True)
class Loader:
    """Reads included and imported texts by their path from the workspace's root (None where there is no such file).

    `paths` lists the files that could have been meant, for suggestions. One loader serves any number of templates,
    which share its sandbox: they render one at a time.
    """

    read: Callable[[str], str | None]
    paths: Callable[[], Iterable[str]] = tuple

    @cached_property
    def environment(self) -> Sandbox:
        """The sandbox of this loader's templates."""
        return Sandbox()

    @cached_property
    def sources(self) -> Sources:
        """The texts read so far, by position."""
        return Sources()
