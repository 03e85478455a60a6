"""What speaks against calling each person, whatever the hour: purpose, consent, number, and what is said."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bland_deploy.diagnostics import Diagnostic, Severity
from bland_deploy.model.json import JsonObject
from bland_deploy.model.recipient import Recipient
from bland_deploy.operations.checks.consent import check_columns, consent_reader
from bland_deploy.operations.checks.fields import Met
from bland_deploy.operations.checks.guards import check_guard_rails
from bland_deploy.operations.checks.numbers import number_reader
from bland_deploy.operations.checks.speech import speech_reader
from bland_deploy.operations.objections import Objection, Objections, told
from bland_deploy.operations.prepare import Parts, Prepared

_NO_PURPOSE = Objection(
    "purpose-missing",
    Severity.ERROR,
    "nobody has said what the calls are for, and which rules hold depends on it",
    "add `purpose: informational`, or marketing, debt, healthcare, political, survey or emergency",
    path=("campaign",),
)


class CalleeChecks:
    """Looks at every person with their call; an objection that many rows share is told once.

    `parts` are what all calls share; `today` is the day (UTC) by which consent must hold, None where there is no clock;
    `protected` is of the environment.
    """

    def __init__(self, prepared: Prepared, parts: Parts, today: date | None, *, protected: bool) -> None:
        campaign = prepared.campaign
        self._prepared, self._parts = prepared, parts
        self._always: Objections = (_NO_PURPOSE,) if protected and campaign.purpose is None else ()
        self._of_number = number_reader(protected=protected)
        self._of_consent = consent_reader(campaign, today)
        self._of_speech = speech_reader(_shared(prepared, parts), campaign.purpose)
        self._met: dict[Objection, Met] = {}

    def see(self, recipient: Recipient, call: JsonObject) -> Objections:
        """What speaks against one call."""
        found = self._always + self._of_speech(call)
        against_number = self._of_number(recipient.number)
        if against_number is not None:
            found += (against_number,)
        if self._of_consent is not None:
            against_consent = self._of_consent(recipient.row.values)
            if against_consent is not None:
                found += (against_consent,)
        return found

    def note(self, objections: Iterable[Objection], line: int) -> None:
        """Remember what speaks against calling the row in a line."""
        for objection in objections:
            self._met.setdefault(objection, Met()).add([line])

    def objections(self) -> Sequence[Diagnostic]:
        """What speaks against all the calls that were made, whoever was called before."""
        return tuple(told(self._prepared, self._met))

    def diagnostics(self) -> Iterator[Diagnostic]:
        """What is wrong with the campaign itself."""
        yield from check_columns(self._prepared.campaign, self._prepared.source.columns, self._prepared.place_of)
        yield from check_guard_rails(self._prepared, self._parts)


def _shared(prepared: Prepared, parts: Parts) -> JsonObject:
    """The parameters of all calls, as far as they are said or decide about what is said."""
    fields = parts.call if prepared.version.name == "v2" else {**parts.batch, **parts.call}
    return {**fields, "base_prompt": parts.prompt}
