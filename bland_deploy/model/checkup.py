"""What `doctor` finds: how things are, one by one, and where each setting comes from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bland_deploy.errors import DeployError, ExitCode


class Health(StrEnum):
    """How a thing is: a note is for information, a warning should be seen to, an error stops some command."""

    WELL = "well"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, with the way out where it is not well. `exit_code` is what commands end with."""

    subject: str
    health: Health
    message: str
    help: str | None = None
    exit_code: ExitCode = ExitCode.DONE


class Setting(NamedTuple):
    """A setting, its value as it may be shown, and what gave it: a flag, a variable, a file, or nothing."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything that was looked at."""

    checks: tuple[Check, ...]
    settings: tuple[Setting, ...]

    @property
    def exit_code(self) -> ExitCode:
        """That of the worst error."""
        return max((check.exit_code for check in self.checks if check.health is Health.ERROR), default=ExitCode.DONE)


def failed(subject: str, problem: DeployError) -> Check:
    """A failure of the world as what it means for a subject."""
    return Check(subject, Health.ERROR, problem.message, problem.help, problem.exit_code)
