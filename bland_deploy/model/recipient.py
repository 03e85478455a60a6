"""People to call: rows of a list, and what became of each."""

from enum import StrEnum
from functools import partial
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.json import JsonObject


class Row(NamedTuple):
    """One row as written: `line` in its file (from 1), the cells by column, and its own `call` overrides."""

    line: int
    values: JsonObject
    call: JsonObject | None = None


full_row = partial(tuple.__new__, Row)
"""A row of all its fields in a tuple: half the time of Row(…), which counts where rows are very many."""


class Number(NamedTuple):
    """A phone number: as it is sent, the form by which a person is told from others, and whether it can exist.

    `identity` is E.164 where libphonenumber parses anything, else the digits. `country` is ISO 3166, or None.
    """

    sent: str
    identity: str
    valid: bool
    country: str | None = None


class Recipient(NamedTuple):
    """A person to call."""

    row: Row
    number: Number


class Outcome(StrEnum):
    """Why a row is not called; the words of the plan's counts."""

    EXCLUDED = "excluded"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"


class LeftOut(NamedTuple):
    """A row that is not called, and why. `problem` is set where a person should look."""

    line: int
    outcome: Outcome
    problem: Diagnostic | None = None
