"""How old suppression lists may be, by the rules pack. Apart from `watch`, which reads the state: lint has none."""

from collections.abc import Sequence

from bland_deploy.model.campaign import Suppression
from bland_deploy.model.pack import ListAge
from bland_deploy.rules.pack import load_pack


def ages_of(lists: Sequence[Suppression]) -> Sequence[ListAge]:
    """What the rules pack says about the age of such lists; it is read only where one says its kind."""
    return load_pack().list_ages if any(listed.kind for listed in lists) else ()
