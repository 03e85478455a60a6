"""The hidden first line of a comment, by which it is found again and says what it shows."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Literal, Self

_MARK = re.compile(r"<!-- bland-deploy (\{[^\r\n]*\}) -->[\r\n]*")
_VERSION = 1
# what could end an HTML comment, or is of use to no JSON
_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "-<>&"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a comment is about: one workspace of the repository (its folder), one environment, and which campaigns.

    No campaigns means all of them; `round` is None for the campaigns' own.
    """

    workspace: str
    environment: str
    campaigns: tuple[str, ...] = ()
    round: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What a comment shows: a plan, what an apply did, or a report of its calls.

    `digest` is that of the plan, None where there was none; `truncated` says that not all of it fitted. `closed` plans
    were carried out, `outdated` ones are superseded. `done` says of an apply that nothing is left to do. `head` is the
    commit.
    """

    kind: Literal["plan", "apply", "report"]
    subject: Subject
    head: str
    digest: str | None = None
    truncated: bool = False
    closed: bool = False
    outdated: bool = False
    done: bool = False

    def render(self) -> str:
        """The line, without its end."""
        content = json.dumps({"v": _VERSION, **asdict(self)}, sort_keys=True).translate(_UNSAFE)
        return f"<!-- bland-deploy {content} -->"

    @classmethod
    def parse(cls, body: str) -> Self | None:
        """The header of a comment; None where there is none, or one that this version does not understand."""
        found = _MARK.match(body)
        if found is None:
            return None
        try:
            content = json.loads(found[1])
            if content.pop("v") != _VERSION:
                return None
            subject = content.pop("subject")
            campaigns = tuple(subject.pop("campaigns"))
            return cls(subject=Subject(campaigns=campaigns, **subject), **content)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


def without_header(body: str) -> str:
    """The comment that people see."""
    return _MARK.sub("", body, count=1)
