"""A rule: what is looked for, why it matters, and the way out."""

from enum import StrEnum
from typing import NamedTuple

from bland_deploy.diagnostics import Severity

ERROR = (Severity.ERROR,)
WARNING = (Severity.WARNING,)
NOTE = (Severity.NOTE,)


class Level(StrEnum):
    """What a rule looks at; in the order of a run."""

    DOCUMENT = "document"
    CAMPAIGN = "campaign"
    FIELD = "field"
    TEMPLATE = "template"
    RECIPIENT = "recipient"
    CALLEE = "callee"
    PLAN = "plan"
    STATE = "state"
    COMMAND = "command"


_NOT_OF_FILES = (Level.PLAN, Level.STATE, Level.COMMAND)


class Example(NamedTuple):
    """The same thing wrong and right, in a file: keys of `campaign` or `workspace`, or a whole list of people.

    `file` is one of these two words or the name of a list, such as `people.csv`.
    """

    bad: str
    good: str
    file: str = "campaign"


class Rule(NamedTuple):
    """One rule. `severities` are those that its diagnostics can have, worst first.

    `summary`, `why` and `way_out` are sentences, in which `…` quotes keys and commands; `source` is where the fact
    comes from, where it is not our own. `counts_always` where no comment in a file may take it away, as for gates, for
    what the law asks and for what is about no line of a file; `can_waive` where a campaign can say with `waivers` that
    it need not follow the rule.
    """

    id: str
    level: Level
    severities: tuple[Severity, ...]
    summary: str
    why: str
    way_out: str
    source: str | None = None
    example: Example | None = None
    counts_always: bool = False
    can_waive: bool = False

    @property
    def can_ignore(self) -> bool:
        """Whether a comment in a file can make lint ignore it: what stops nothing, and is about what files say."""
        stops = set(self.severities) == {Severity.ERROR}
        return not stops and not self.counts_always and self.level not in _NOT_OF_FILES
