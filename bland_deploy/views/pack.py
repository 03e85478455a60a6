"""The rules pack as the page `docs/compliance.md`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bland_deploy.model.hours import write_week
from bland_deploy.model.pack import AnyRule, CallingHours, Cited, Pack, Profile

_HEAD = """\
# The rules pack

What guards the people who are called, as data: TOML files in `bland_deploy/rules/pack`, each rule with its source and
its dates. This is not legal advice. A rule that nobody has compared with its source says so; past its review date, a
rule is a warning until somebody has looked at it again.
"""
_ENTRIES = "| rule | where | what | source | in force since | verified | review by |\n|---|---|---|---|---|---|---|"


def render_markdown(pack: Pack) -> str:
    """The page: profiles, hours, and everything else, one table each."""
    return "\n".join([_HEAD, *_parts(pack)])


def _parts(pack: Pack) -> Iterator[str]:
    yield from _section("Profiles", "What `schedule.profile` asks for.", pack.profiles.values())
    yield from ("| profile | hours | hours of states and countries | public holidays |", "|---|---|---|---|")
    yield from map(_profile, pack.profiles.values())
    yield ""
    yield from _section("Hours", "By the clock of who is called. Where several apply, all hold.", pack.hours)
    yield from ("| rule | hours | public holidays |", "|---|---|---|")
    yield from map(_hours, pack.hours)
    yield ""
    yield from _section("Frequency", "How often a person may be called.", pack.caps)
    yield from _section("Do-not-call lists", "How old a list may be.", pack.list_ages)
    yield from _section("Recording", "Where everybody on the line has to know.", pack.recording)
    yield from _lists((rule.rule.id, sorted(rule.jurisdictions)) for rule in pack.recording)
    yield from _section("Consent", "What people have to have agreed to.", pack.consent)
    yield from _section("Area codes", "Codes of North America that are nobody's place.", pack.area_codes)
    yield from _lists((rule.rule.id, sorted(rule.codes)) for rule in pack.area_codes)
    yield from _section("Disclosure", "What a call has to say, and what its prompt may not ask for.", pack.disclosures)
    for said in pack.disclosures:
        yield from _phrases(said.rule.id, said.phrases)
    yield from _section("Denial", "Looked for in prompts.", pack.denials)
    for denied in pack.denials:
        yield from _phrases(denied.rule.id, denied.phrases)
    yield from _section("Review", "What becomes of rules that nobody has looked at again.", pack.review)


def _section(title: str, text: str, rules: Iterable[AnyRule]) -> Iterator[str]:
    yield from (f"## {title}", "", text, "", _ENTRIES)
    for rule in rules:
        yield _entry(rule.rule)
    yield ""


def _entry(rule: Cited) -> str:
    what = f"{rule.text} {rule.note}".strip()
    verified = _day(rule.verified) or "not verified"
    cells = (
        f"`{rule.id}`",
        rule.jurisdiction,
        what,
        rule.source,
        _day(rule.effective) or "–",
        verified,
        _day(rule.review_by),
    )
    return f"| {' | '.join(cells)} |"


def _profile(profile: Profile) -> str:
    hours = "any" if profile.week is None else write_week(profile.week)
    return f"| `{profile.rule.id}` | {hours} | {_yes(profile.by_jurisdiction)} | {_yes(profile.on_holidays)} |"


def _hours(hours: CallingHours) -> str:
    return f"| `{hours.rule.id}` | {write_week(hours.week)} | {_yes(hours.on_holidays)} |"


def _lists(lists: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    for name, members in lists:
        yield f"`{name}`: {', '.join(members)}"
        yield ""


def _phrases(name: str, phrases: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield f"`{name}` looks for these, whatever the case:"
    yield ""
    for language, patterns in phrases.items():
        yield f"* {language}: {', '.join(f'`{pattern}`' for pattern in patterns)}"
    yield ""


def _yes(answer: object) -> str:
    return "yes" if answer else "no"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
