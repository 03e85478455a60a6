"""Where a person may be: what the calling hours of the law go by."""

from dataclasses import dataclass
from typing import NamedTuple


class Evidence(NamedTuple):
    """One reason to think that a person is somewhere.

    `source` names it, such as `area code 219` or `column state`; `zones` are IANA names, `jurisdictions` ISO 3166.
    """

    source: str
    zones: tuple[str, ...]
    jurisdictions: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Everywhere that a person may be. Equal places are one object, so that they are told apart at no cost.

    `zones` are IANA names, none where no zone is known; `jurisdictions` are ISO 3166 (`US-TX`, `FR`); both sorted.
    `unread` are the row's columns that hold something which is no zone, no state or no postal code.
    """

    zones: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type["Place"], tuple[tuple[str, ...], ...]]:
        """By its fields: processes hand each other thousands, and as a dataclass each takes thrice as long."""
        return Place, (self.zones, self.jurisdictions, self.unread)
