"""The rules pack as values: what protects the people who are called, each rule with its source and its dates."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, TypeAlias

from bland_deploy.model.hours import Week


class Cited(NamedTuple):
    """What every rule of the pack says of itself.

    `jurisdiction` is ISO 3166: a country (`US`), one of its parts (`US-TX`), or `EU`. `effective` is None where the
    date is not known, `verified` where nobody has compared the rule with its source; `note` says what was done instead.
    """

    id: str
    jurisdiction: str
    text: str
    source: str
    effective: date | None
    verified: date | None
    review_by: date
    note: str = ""


class CallingHours(NamedTuple):
    """When calls are allowed in a jurisdiction, by the clock of who is called; `on_holidays` also on its holidays."""

    rule: Cited
    week: Week
    on_holidays: bool


class Profile(NamedTuple):
    """A level of care: hours for everybody, and whether the hours of jurisdictions hold too.

    `week` is None where the profile restricts nothing.
    """

    rule: Cited
    week: Week | None
    by_jurisdiction: bool
    on_holidays: bool


class Cap(NamedTuple):
    """At most `calls` to a person within `hours`; `purposes` says for which campaigns, all where it is empty."""

    rule: Cited
    calls: int
    hours: int
    purposes: frozenset[str]


class ListAge(NamedTuple):
    """How old a do-not-call list of a kind (`own`, `national`, `tps`) may be, in hours."""

    rule: Cited
    kind: str
    hours: int


class Disclosure(NamedTuple):
    """What a call has to say: `kind` is `identity`, `ai`, `opt_out` or `recording`.

    `phrases` are regular expressions by language (ISO 639-1), to be searched for whatever the case; a text that
    matches one of them says it, and holds one of the `words` of its language, in small letters (any text, where those
    are not known).
    """

    rule: Cited
    kind: str
    phrases: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]


class Denials(NamedTuple):
    """Prompts that tell the agent to deny being an AI: regular expressions by language, whatever the case.

    A sentence that matches holds one of the `words` of its language, in small letters.
    """

    rule: Cited
    phrases: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]


class Recording(NamedTuple):
    """Where everybody on the line has to know of a recording."""

    rule: Cited
    jurisdictions: frozenset[str]


class AreaCodes(NamedTuple):
    """Area codes of North America that are nobody's place: `kind` is `toll_free`, `premium` or `personal`."""

    rule: Cited
    kind: str
    codes: frozenset[str]


class ConsentRule(NamedTuple):
    """The consent that calls for some purposes need: `type` is `written` or `express`, at most `days` old."""

    rule: Cited
    purposes: frozenset[str]
    type: str
    days: int


class Review(NamedTuple):
    """How many days after its review date a rule is still good for calls."""

    rule: Cited
    days: int


AnyRule: TypeAlias = (
    CallingHours | Profile | Cap | ListAge | Disclosure | Denials | Recording | AreaCodes | ConsentRule | Review
)


class Pack(NamedTuple):
    """The rules pack. `digest` is SHA-256 over its files; a rule is known by its id throughout."""

    digest: str
    profiles: Mapping[str, Profile]
    hours: tuple[CallingHours, ...]
    caps: tuple[Cap, ...]
    list_ages: tuple[ListAge, ...]
    disclosures: tuple[Disclosure, ...]
    denials: tuple[Denials, ...]
    recording: tuple[Recording, ...]
    area_codes: tuple[AreaCodes, ...]
    consent: tuple[ConsentRule, ...]
    review: tuple[Review, ...]

    @property
    def rules(self) -> tuple[AnyRule, ...]:
        """Every rule, in the order of the pack."""
        return (
            *self.profiles.values(),
            *self.hours,
            *self.caps,
            *self.list_ages,
            *self.disclosures,
            *self.denials,
            *self.recording,
            *self.area_codes,
            *self.consent,
            *self.review,
        )

    def cited(self, id_: str) -> Cited:
        """What the rule with an id says of itself. Raises KeyError where there is none."""
        return {rule.rule.id: rule.rule for rule in self.rules}[id_]


def past_review(pack: Pack, today: date) -> tuple[Cited, ...]:
    """The rules whose review date has passed, the longest overdue first."""
    due = (rule.rule for rule in pack.rules if rule.rule.review_by < today)
    return tuple(sorted(due, key=lambda cited: (cited.review_by, cited.id)))
