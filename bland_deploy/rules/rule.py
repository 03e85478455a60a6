"""A rule: what is looked for, why it matters, and the way out."""

from dataclasses import dataclass
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
    PLAN = "plan"
    STATE = "state"
    COMMAND = "command"


class Example(NamedTuple):
    """The same thing wrong and right, in a file: keys of `campaign` or `workspace`, or a whole list of people.

    `file` is one of these two words or the name of a list, such as `people.csv`.
    """

    bad: str
    good: str
    file: str = "campaign"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `severities` are those that its diagnostics can have, worst first.

    `summary`, `why` and `way_out` are sentences, in which `…` quotes keys and commands; `source` is where the fact
    comes from, where it is not our own.
    """

    id: str
    level: Level
    severities: tuple[Severity, ...]
    summary: str
    why: str
    way_out: str
    source: str | None = None
    example: Example | None = None
