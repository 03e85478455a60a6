"""The consent of the people to call: whether it is declared, strong enough, and young enough on the day of the call."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Severity, error, nearest, shown
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.consent import KINDS, Consent, FromColumn
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.pack import ConsentRule
from bland_deploy.operations.calls.objections import Objection
from bland_deploy.recipients.check import PlaceOf
from bland_deploy.rules.pack import load_pack

_NONE = frozenset({"", "none"})
_PATH = ("consent",)
_DECLARE = 'declare it: `consent: {type: written, source: web form, captured_at: "2026-03-01"}`, or {column: NAME} each'
_LEAVE_OUT = "ask these people again, or leave such rows out with `where`"
_WRITE_DAY = 'write it as "2026-03-01"'
_DAY = 86_400.0
# a day of today may be that of tomorrow in UTC
_AHEAD = timedelta(days=1)

ReadConsent = Callable[[JsonObject], Objection | None]


class _Given(NamedTuple):
    """What is known of one person's consent, as written; `has_source` is all that counts of where it comes from."""

    type: str
    has_source: bool
    captured_at: str
    expires: str


def consent_reader(campaign: Campaign, today: date | None) -> ReadConsent | None:
    """The function from the cells of a row to what is wrong with the consent; None where none is asked for.

    Without a day nothing is too old. What is declared is checked whatever the purpose.
    """
    consent, rule = campaign.consent, _rule_for(campaign.purpose)
    if rule is None and not consent.is_declared:
        return None
    judge, known = _Judge(consent, rule, today), dict[_Given, Objection | None]()
    type_, source, captured_at, expires = map(
        _reader, (consent.type, consent.source, consent.captured_at, consent.expires)
    )

    def read(cells: JsonObject) -> Objection | None:
        given = _Given(type_(cells).casefold(), bool(source(cells)), captured_at(cells), expires(cells))
        if given not in known:
            known[given] = judge(given)
        return known[given]

    if consent.columns:
        return read
    everybody = read({})
    return lambda _cells: everybody


def check_columns(campaign: Campaign, columns: Collection[str] | None, place_of: PlaceOf) -> Iterator[Diagnostic]:
    """The columns that `consent` names and the list does not have, where its columns are known."""
    for key, column in campaign.consent.columns.items() if columns is not None else ():
        if column not in (columns or ()):
            meant = nearest(column, columns or ())
            way_out = f'did you mean "{shown(meant)}"?' if meant else "name a column of the list"
            place = place_of(("consent", key, "column"))
            yield error("unknown-column", f'the list has no column "{shown(column)}"', place, way_out)


def _rule_for(purpose: str | None) -> ConsentRule | None:
    return next((rule for rule in load_pack().consent if purpose in rule.purposes), None)


def _reader(part: str | FromColumn | None) -> Callable[[JsonObject], str]:
    """The function from cells to the written value; blank where there is none."""
    if isinstance(part, FromColumn):
        column = part.column
        return lambda cells: _text(cells.get(column))
    written = part or ""
    return lambda _cells: written


def _text(cell: Json) -> str:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)


class _Judge:
    """Says what is wrong with one person's consent."""

    def __init__(self, consent: Consent, rule: ConsentRule | None, today: date | None) -> None:
        self._consent, self._rule, self._today = consent, rule, today
        self._cites = rule.rule.id if rule else ""
        limits = [rule.days] if rule else []
        if consent.max_age is not None:
            limits.append(int(consent.max_age // _DAY))
        self._days = min(limits) if limits else None

    def __call__(self, given: _Given) -> Objection | None:
        return self._missing(given) or self._too_weak(given) or self._unfit_in_time(given)

    def _missing(self, given: _Given) -> Objection | None:
        if not self._consent.is_declared:
            return self._lacking("the calls need consent, and the campaign declares none", ("purpose",))
        if given.type in _NONE:
            return self._lacking("no consent was given", None if "type" in self._consent.columns else _PATH)
        for key, is_there in (("source", given.has_source), ("captured_at", bool(given.captured_at))):
            if not is_there:
                what = {"source": "where", "captured_at": "when"}[key]
                path = None if key in self._consent.columns else _PATH
                return self._lacking(f"`consent.{key}` does not say {what} consent was given", path)
        return None

    def _lacking(self, what: str, path: tuple[str, ...] | None) -> Objection:
        way_out = _LEAVE_OUT if path is None else _DECLARE
        return Objection("consent-missing", Severity.ERROR, what, way_out, self._cites, path)

    def _too_weak(self, given: _Given) -> Objection | None:
        path = None if "type" in self._consent.columns else (*_PATH, "type")
        if given.type not in KINDS:
            column = shown(self._consent.columns.get("type", "type"))
            what = f'"{column}" holds something else than `express`, `written` or `none`'
            return Objection("consent-unreadable", Severity.ERROR, what, "correct the cell", "", path)
        if self._rule is not None and KINDS.index(given.type) < KINDS.index(self._rule.type):
            what = f"`{given.type}` consent is not enough"
            way_out = "ask for written consent, or waive the rule with a reason"
            return Objection("consent-too-weak", Severity.ERROR, what, way_out, self._cites, path)
        return None

    def _unfit_in_time(self, given: _Given) -> Objection | None:
        captured, ends = _day(given.captured_at), _day(given.expires)
        if captured is None:
            return self._unreadable("captured_at", "is no day")
        if given.expires and ends is None:
            return self._unreadable("expires", "is no day")
        return self._too_late(self._today, captured, ends) if self._today is not None else None

    def _too_late(self, today: date, captured: date, ends: date | None) -> Objection | None:
        if captured > today + _AHEAD:
            return self._unreadable("captured_at", "lies in the future")
        if ends is not None and ends < today:
            return self._too_old("expires", "the consent has ended")
        if self._days is not None and (today - captured).days > self._days:
            return self._too_old("captured_at", f"the consent is more than {self._days:,} days old")
        return None

    def _unreadable(self, key: str, what: str) -> Objection:
        path = None if key in self._consent.columns else (*_PATH, key)
        named = f'the day in "{shown(self._consent.columns[key])}"' if path is None else f"`consent.{key}`"
        return Objection("consent-unreadable", Severity.ERROR, f"{named} {what}", _WRITE_DAY, "", path)

    def _too_old(self, key: str, what: str) -> Objection:
        path = None if key in self._consent.columns else (*_PATH, key)
        return Objection("consent-too-old", Severity.ERROR, what, _LEAVE_OUT, self._cites, path)


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
