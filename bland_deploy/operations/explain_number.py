"""Why a number has its calling hours: where its person may be, and which rules hold there."""

from typing import NamedTuple

from bland_deploy.diagnostics import mask_number
from bland_deploy.errors import InvalidInput
from bland_deploy.model.pack import CallingHours, Profile
from bland_deploy.model.place import Evidence, Place
from bland_deploy.model.schedule import NO_SCHEDULE
from bland_deploy.recipients.phone import examine
from bland_deploy.rules.pack import load_pack
from bland_deploy.windows.compile import window_reader
from bland_deploy.windows.zones import evidence, place_reader

USUAL_PROFILE = "us-standard"


class NumberExplained(NamedTuple):
    """A number as it may be shown, where its person may be and why, and the hours that hold there."""

    shown: str
    place: Place
    evidence: tuple[Evidence, ...]
    hours: tuple[Profile | CallingHours, ...]


def is_number(name: str) -> bool:
    """Whether a name is meant as a phone number."""
    return name[:1] == "+" and name[1:2].isdigit()


def explain_number(text: str) -> NumberExplained:
    """Everything about the hours of a number with its calling code. InvalidInput for one that cannot be called."""
    number, flaw = examine(text)
    if flaw is not None:
        raise InvalidInput(f"{mask_number(number.identity)} cannot be called: {flaw}", help="for example +14155550100")
    pack = load_pack()
    place = place_reader()(number.identity, number.country, ("", "", ""))
    rules = window_reader(pack, pack.profiles[USUAL_PROFILE], NO_SCHEDULE)(place).rules
    timed: tuple[Profile | CallingHours, ...] = (*pack.profiles.values(), *pack.hours)
    by_id = {rule.rule.id: rule for rule in timed}
    return NumberExplained(
        mask_number(number.identity),
        place,
        evidence(number.identity, number.country),
        tuple(by_id[rule] for rule in rules),
    )
