"""Failures of the world, and the exit code of each.

    DeployError
    ├── InvalidInput         3   usage, or files with errors (their diagnostics travel with it)
    ├── AuthenticationFailed 4   a key is missing, wrong, or may not
    ├── Unavailable          5   the provider cannot be reached or limits us; nothing was sent
    ├── Blocked              6   a limit, a gate or a missing approval
    ├── StateProblem         9   the log is locked, damaged, forked, foreign or lost
    ├── Unfinished           7   a failure after the first send; the state is exact
    └── Interrupted    130/143   a signal; the state is exact

Each says what is wrong, what state things are in, and the way out. They are caught in one place, `cli.boundary`.
Mistakes in the user's files are not exceptions but diagnostics.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum

from bland_deploy.diagnostics import Diagnostic


class ExitCode(IntEnum):
    """The contract with scripts. When several hold, UNKNOWN wins, then an interrupt, then PARTIAL, then the rest."""

    DONE = 0
    UNEXPECTED = 1
    SOMETHING_TO_SEND = 2
    INVALID = 3
    AUTHENTICATION = 4
    UNAVAILABLE = 5
    BLOCKED = 6
    PARTIAL = 7
    UNKNOWN = 8
    STATE = 9
    INTERRUPTED = 130
    TERMINATED = 143


class DeployError(Exception):
    """A failure to show as one sentence, with what became of the work (`outcome`) and the next step (`help`).

    `diagnostics` say where it lies in the user's files; `read_source` gives the text of such a file.
    """

    exit_code = ExitCode.UNEXPECTED
    rule = "unexpected"

    def __init__(self, message: str, *, help: str | None = None, outcome: str = "nothing was sent") -> None:  # noqa: A002 - the word of the output format
        super().__init__(message)
        self.message = message
        self.help = help
        self.outcome = outcome
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.read_source: Callable[[str], str | None] = lambda _name: None


class InvalidInput(DeployError):
    """Usage or files that cannot be worked with."""

    exit_code = ExitCode.INVALID
    rule = "invalid-input"

    def __init__(self, message: str, *, help: str | None = None, diagnostics: Iterable[Diagnostic] = ()) -> None:  # noqa: A002 - the word of the output format
        super().__init__(message, help=help)
        self.diagnostics = tuple(diagnostics)


class AuthenticationFailed(DeployError):
    """The API key or the state key is missing, wrong or may not do this."""

    exit_code = ExitCode.AUTHENTICATION
    rule = "authentication"


class Unavailable(DeployError):
    """The provider cannot be reached, or limits us."""

    exit_code = ExitCode.UNAVAILABLE
    rule = "unavailable"


class Blocked(DeployError):
    """A limit, a gate or a missing approval."""

    exit_code = ExitCode.BLOCKED
    rule = "blocked"


class StateProblem(DeployError):
    """The state is locked, damaged, forked, foreign or lost, or a plan does not fit it."""

    exit_code = ExitCode.STATE
    rule = "state"


class Unfinished(DeployError):
    """Something failed after batches may have been sent. The log knows which, and the next run goes on from there."""

    exit_code = ExitCode.PARTIAL
    rule = "unfinished"

    def __init__(self, message: str, *, help: str | None = None) -> None:  # noqa: A002 - the word of the output format
        super().__init__(message, help=help, outcome="what was sent is in the state; running again resumes")


class Interrupted(DeployError):
    """A signal asked us to stop; `exit_code` says which."""

    rule = "interrupted"

    def __init__(
        self, message: str, code: ExitCode = ExitCode.INTERRUPTED, *, outcome: str = "nothing was sent"
    ) -> None:
        super().__init__(message, outcome=outcome)
        self.exit_code = code


class SecondSignal(BaseException):
    """A second signal ends the process at once, whatever it does: no handler of failures may stop that.

    `code` says which signal it was.
    """

    def __init__(self, code: ExitCode) -> None:
        super().__init__(code)
        self.code = code
