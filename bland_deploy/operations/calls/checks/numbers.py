"""Numbers that a campaign should not dial: too short to be a person's, invalid, toll-free, premium rate."""

from collections.abc import Callable, Sequence
from functools import cache

from bland_deploy.diagnostics import Severity
from bland_deploy.model.recipient import Number
from bland_deploy.operations.calls.objections import Objection
from bland_deploy.recipients.kinds import kind_of
from bland_deploy.rules.pack import load_pack

ReadNumberKind = Callable[[Number], Objection | None]
ReadNumberKinds = Callable[[Sequence[Number]], dict[int, Objection]]

NORTH_AMERICA = "+1"
_LEAVE_OUT = "remove the row, or leave such rows out with `where`"
_AREA = 5
"""Characters of the calling code and the area code of a number of North America."""
_SHORT = 7
"""Digits, the calling code included, of an invalid number that may be a short code or an emergency number."""


def number_reader(*, protected: bool) -> ReadNumberKind:
    """The function from a number to what speaks against dialling it. `protected` is of the environment."""
    by_code = {code: _special(codes.kind, codes.rule.id) for codes in load_pack().area_codes for code in codes.codes}
    elsewhere = {kind: _special(kind, "") for kind in ("toll_free", "premium")}
    invalid = Objection(
        "invalid-number-sent", Severity.ERROR if protected else Severity.WARNING, _CANNOT_EXIST, _LEAVE_OUT
    )

    def read(number: Number) -> Objection | None:
        identity = number.identity
        if not number.valid:
            return _TOO_SHORT if len(identity.removeprefix("+")) <= _SHORT else invalid
        if identity[:2] == NORTH_AMERICA:
            return by_code.get(identity[2:5])
        kind = kind_of(identity)
        return elsewhere[kind] if kind is not None else None

    return read


@cache
def numbers_reader(*, protected: bool) -> ReadNumberKinds:
    """The function from many numbers to what speaks against dialling some of them, by their places.

    Nearly all have area codes against which nothing speaks, and there are few of those.
    """
    read = number_reader(protected=protected)
    usual: set[str] = set()

    def read_all(numbers: Sequence[Number]) -> dict[int, Objection]:
        heads = {number[1][:_AREA] if number[2] else "" for number in numbers}
        if not heads <= usual:
            new = (head for head in heads if head[:2] == NORTH_AMERICA and len(head) == _AREA)
            usual.update(head for head in new if read(Number(head, head, valid=True)) is None)
            if not heads <= usual:
                return {at: found for at, number in enumerate(numbers) if (found := read(number)) is not None}
        return {}

    return read_all


_TOO_SHORT = Objection(
    "short-number",
    Severity.ERROR,
    "the number is as short as a service's or an emergency number",
    "write the whole number with + and the calling code, or remove the row",
)


_CANNOT_EXIST = "the number cannot exist, and `invalid_numbers: send` sends it as written"


def _special(kind: str, cites: str) -> Objection | None:
    """Why numbers of a kind are not dialled. Numbers that follow a person are judged by their time zone alone."""
    if kind == "toll_free":
        return Objection("toll-free-number", Severity.ERROR, "the number is toll-free", _LEAVE_OUT, cites)
    if kind == "premium":
        return Objection("premium-number", Severity.ERROR, "the number is one of premium rate", _LEAVE_OUT, cites)
    return None
