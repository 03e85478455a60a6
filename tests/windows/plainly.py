"""The calling hours once more, slow and plain, from the text: one instant, one zone and one rule at a time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import holidays

EVERY_DAY = range(7)
MON_FRI, SATURDAY, SUNDAY = range(5), [5], [6]
MON_SAT = range(6)

# rule: (days and hours by the clock of who is called, whether calls are allowed on public holidays)
PROFILES = {
    "us-strict": ([(MON_FRI, 10, 18)], False),
    "us-standard": ([(EVERY_DAY, 9, 20)], True),
    "federal-floor": ([(EVERY_DAY, 8, 21)], True),
}
HOURS = {
    "US-AL": ([(MON_SAT, 8, 20)], False),
    "US-CT": ([(EVERY_DAY, 9, 20)], True),
    "US-FL": ([(EVERY_DAY, 8, 20)], True),
    "US-KY": ([(EVERY_DAY, 10, 21)], True),
    "US-LA": ([(MON_SAT, 8, 20)], False),
    "US-MA": ([(EVERY_DAY, 8, 20)], True),
    "US-MD": ([(EVERY_DAY, 8, 20)], True),
    "US-MI": ([(EVERY_DAY, 9, 21)], True),
    "US-MN": ([(EVERY_DAY, 9, 21)], True),
    "US-MS": ([(MON_SAT, 8, 20)], False),
    "US-NM": ([(EVERY_DAY, 9, 21)], True),
    "US-NV": ([(EVERY_DAY, 9, 20)], True),
    "US-OK": ([(EVERY_DAY, 8, 20)], True),
    "US-PA": ([(EVERY_DAY, 8, 21)], False),
    "US-RI": ([(MON_FRI, 9, 18), (SATURDAY, 10, 17)], False),
    "US-TX": ([(MON_SAT, 9, 21), (SUNDAY, 12, 21)], True),
    "US-UT": ([(MON_SAT, 8, 21)], False),
    "US-WA": ([(EVERY_DAY, 8, 20)], True),
}

CALENDARS = {}


def is_holiday(jurisdiction, day):
    key = jurisdiction, day.year
    if key not in CALENDARS:
        CALENDARS[key] = set(holidays.country_holidays("US", subdiv=jurisdiction[3:], years=day.year))
    return day in CALENDARS[key]


def verdicts(profile, zones, jurisdictions, instant):
    """Rule to whether it allows a call to somebody who may be in these zones and states at an instant (UTC)."""
    rules = {}
    if profile in PROFILES:
        rules[profile] = (*PROFILES[profile], jurisdictions)
    if profile in {"us-strict", "us-standard"}:
        for state in jurisdictions:
            if state in HOURS:
                rules[f"{state.lower()}-hours"] = (*HOURS[state], [state])
    return {
        name: all(allows(hours, on_holidays, calendars, instant.astimezone(ZoneInfo(zone))) for zone in zones)
        for name, (hours, on_holidays, calendars) in rules.items()
    }


def allows(hours, on_holidays, calendars, local: datetime):
    if not on_holidays and any(is_holiday(calendar, local.date()) for calendar in calendars):
        return False
    minutes = local.hour * 60 + local.minute
    return any(local.weekday() in days and start * 60 <= minutes < end * 60 for days, start, end in hours)
