"""What speaks against calling each person, whatever the hour: purpose, consent, number, and what is said."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bland_deploy.diagnostics import Diagnostic, Severity
from bland_deploy.model.json import JsonObject
from bland_deploy.model.recipient import Recipient
from bland_deploy.operations.calls.checks.consent import check_columns, consent_reader
from bland_deploy.operations.calls.checks.fields import Met
from bland_deploy.operations.calls.checks.guards import check_guard_rails
from bland_deploy.operations.calls.checks.numbers import numbers_reader
from bland_deploy.operations.calls.checks.speech import Written, speech_reader
from bland_deploy.operations.calls.objections import Objection, Objections, told
from bland_deploy.operations.calls.prepare import Parts, Prepared
from bland_deploy.recipients.crowd import Crowd

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
        self._of_numbers = numbers_reader(protected=protected)
        of_consent = consent_reader(campaign, today)
        is_of_rows = bool(campaign.consent.columns)
        self._of_consent = of_consent if of_consent and (is_of_rows or of_consent({})) else None
        self._of_speech = speech_reader(_shared(prepared, parts), campaign.purpose)
        self._met: dict[Objection, Met] = {}

    def see(self, recipient: Recipient, call: JsonObject) -> Objections:
        """What speaks against one call."""
        return self._always + self._of_speech.filled(call) + self.see_people(Crowd.of([recipient])).get(0, ())

    def see_text(self, call: JsonObject) -> Written:
        """What speaks against a call and all those like it, but for whom they ring and what is filled in."""
        written = self._of_speech.as_written(call)
        return Written(self._always + written.objections, written.blanks)

    def see_people(self, crowd: Crowd) -> dict[int, Objections]:
        """What speaks against calling some of these people, by their places, whatever their calls say."""
        found: dict[int, Objections] = {at: (against,) for at, against in self._of_numbers(crowd.numbers).items()}
        if self._of_consent is not None:
            for at in range(len(crowd.numbers)):
                against = self._of_consent(crowd.rows.row(at).values)
                if against is not None:
                    found[at] = (*found.get(at, ()), against)
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
