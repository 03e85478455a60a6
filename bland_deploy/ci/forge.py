"""What is asked of a forge, GitHub or GitLab: requests and their comments, and the outcome of a stage at a commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bland_deploy.ci.header import Header
from bland_deploy.diagnostics import Diagnostic

Conclusion = Literal["success", "neutral", "failure"]
Stage = Literal["lint", "plan", "apply", "report"]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the forge has it.

    `ours` says that we wrote it, `altered` that somebody else has changed it since, `folded` that it is hidden.
    """

    id: str
    body: str
    ours: bool
    altered: bool = False
    folded: bool = False

    @property
    def header(self) -> Header | None:
        """What it shows, where it is one of our kind."""
        return Header.parse(self.body)


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments of a request, the oldest first, and the commit at its head; `id` is where new ones are added."""

    id: str
    head: str
    comments: Sequence[Comment]


@dataclass(frozen=True, slots=True)
class Check:
    """How a stage went at a commit: a title of one line, a text in Markdown, and what was found where.

    `lint` is of no environment.
    """

    stage: Stage
    environment: str | None
    conclusion: Conclusion
    title: str
    summary: str
    findings: Sequence[Diagnostic] = ()

    @property
    def name(self) -> str:
        """What it is called at the commit."""
        return f"bland-deploy {self.stage}" + (f" ({self.environment})" if self.environment else "")


class Forge(Protocol):
    """GitHub or GitLab. Everything raises AuthenticationFailed, Unavailable and ForgeRefused."""

    longest: int
    """How much a comment may hold, in characters, with room for a line or two of ours."""

    def merged_pull(self, commit: str, branch: str) -> int | None:
        """The number of the request through which a commit came to a branch, or None."""
        ...

    def thread(self, pull: int) -> Thread:
        """The comments of a request."""
        ...

    def add(self, thread: Thread, body: str) -> None:
        """Write a new comment."""
        ...

    def change(self, thread: Thread, comment: Comment, body: str) -> None:
        """Write a comment anew, in its place."""
        ...

    def fold(self, thread: Thread, comment: Comment) -> None:
        """Hide a comment as outdated, where the forge can do that."""
        ...

    def tell(self, commit: str, check: Check) -> None:
        """Show at a commit how a stage went."""
        ...
