"""Waves of a campaign: `rollout` of a campaign file. A wave is sent when the figures of the one before allow it."""

import re
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema

from bland_deploy.model.durations import Duration
from bland_deploy.model.strict import Strict

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%", re.ASCII)
_SHARE = r"([0-9]{1,2}(\.[0-9]{1,4})?|100(\.0{1,4})?)%"
EVERYBODY = "100%"


class Share(NamedTuple):
    """A share of some calls as it is written, such as `5%`."""

    written: str

    @property
    def value(self) -> Fraction:
        """From 0 to 1, exactly."""
        match = _PERCENT.fullmatch(self.written)
        assert match is not None
        return Fraction(match[1]) / 100

    def of(self, people: int) -> int:
        """So many people: a part of one counts as one."""
        return ceil(self.value * people)


def _share(text: str) -> str:
    match = _PERCENT.fullmatch(text)
    if match is None or Fraction(match[1]) > 100:  # noqa: PLR2004 - of a hundred
        raise ValueError('must be a percentage such as "5%" or "2.5%"')
    return text


def _target(target: int | str) -> int | str:
    if isinstance(target, int):
        if target < 1:
            raise ValueError("must be at least 1: a wave calls somebody")
        return target
    match = _PERCENT.fullmatch(target)
    if match is None or Fraction(match[1]) > 100:  # noqa: PLR2004 - of a hundred
        raise ValueError("must be a number of calls such as 10, or a percentage such as 5%")
    if not Share(target).value:
        raise ValueError("must be more than 0%: a wave calls somebody")
    return target


def _at_least(text: str) -> str:
    return _threshold(text, ">=")


def _at_most(text: str) -> str:
    return _threshold(text, "<=")


def _threshold(text: str, sign: str) -> str:
    share = text.removeprefix(sign).strip(" ")
    match = _PERCENT.fullmatch(share)
    if not text.startswith(sign) or match is None or Fraction(match[1]) > 100:  # noqa: PLR2004 - of a hundred
        raise ValueError(f'must be a limit such as "{sign} 5%", in quotes')
    return text


def _rising(targets: "list[WaveTarget]") -> "list[WaveTarget]":
    counts = [target for target in targets if isinstance(target, int)]
    shares = [target for target in targets if isinstance(target, str)]
    pairs: list[tuple[WaveTarget, WaveTarget]] = [*pairwise(counts), *pairwise(shares)]
    for before, after in pairs:
        if _size(after) <= _size(before):
            raise ValueError(f"must rise, since each counts the calls of all waves so far: {after} follows {before}")
    last = targets[-1] if targets else 0
    if isinstance(last, int) or Share(last).value != 1:
        raise ValueError("must end with 100%: else nobody says what becomes of the others; add 100%")
    return targets


def _size(target: "WaveTarget") -> Fraction:
    return Fraction(target) if isinstance(target, int) else Share(target).value


Percent: TypeAlias = Annotated[str, AfterValidator(_share), Field(json_schema_extra={"pattern": f"^{_SHARE}$"})]
AtLeast: TypeAlias = Annotated[
    str,
    AfterValidator(_at_least),
    Field(json_schema_extra={"pattern": f"^>= *{_SHARE}$", "examples": [">= 30%"]}),
]
AtMost: TypeAlias = Annotated[
    str,
    AfterValidator(_at_most),
    Field(json_schema_extra={"pattern": f"^<= *{_SHARE}$", "examples": ["<= 5%"]}),
]
WaveTarget: TypeAlias = Annotated[
    int | str,
    AfterValidator(_target),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": f"^{_SHARE}$"}]}),
]


class Gate(Strict):
    """What the figures of a wave must be before the next one is sent."""

    after: Duration = Field(0.0, description="How long after the last send and the last dial of the wave.")
    min_completed: Percent = Field("100%", description="How many of the calls sent in the wave must have ended.")
    answered: AtLeast | None = Field(None, description="How many of those dialled a person must have answered.")
    failed: AtMost | None = Field(None, description="How many of those that ended may have failed.")
    opt_out: AtMost | None = Field(
        None, description="How many of those who answered may have asked not to be called (DO_NOT_CONTACT)."
    )


class Rollout(Strict):
    """A round sent in waves: whoever has the smallest recipient keys is called first."""

    waves: Annotated[list[WaveTarget], AfterValidator(_rising)] = Field(
        description="How many people are called with each wave, those of earlier waves included: numbers of calls, or "
        "percentages of everybody who can be called in the round. They rise, and end with 100%."
    )
    gate: Gate = Field(
        default_factory=lambda: Gate.model_validate({}),
        description="What the figures of a wave must be before `apply` sends the next one.",
    )
    on_fail: Literal["hold", "stop"] = Field(
        "hold",
        description="What else happens when a figure fails: nothing more is sent (hold), and what is queued of the "
        "wave is stopped (stop).",
    )

    @property
    def written(self) -> tuple[str, ...]:
        """The targets as they are written."""
        return tuple(map(str, self.waves))

    def targets(self, people: int) -> tuple[int, ...]:
        """How many of so many people are called with each wave, those of earlier waves included."""
        return tuple(
            min(target, people) if isinstance(target, int) else Share(target).of(people) for target in self.waves
        )


def limit_of(threshold: str) -> Fraction:
    """The share that a percentage or a threshold such as `<= 5%` names, from 0 to 1."""
    return Share(threshold.lstrip("<>= ")).value
