"""Rules about when people may be rung. The hours themselves are data: `docs/compliance.md` lists them."""

from bland_deploy.diagnostics import Severity
from bland_deploy.rules.rule import ERROR, Level, Rule

_EITHER = (Severity.ERROR, Severity.WARNING)
_HELD = "It holds in every environment where somebody can be rung, and wherever a profile is asked for."

HOURS = (
    Rule(
        "outside-calling-hours",
        Level.PLAN,
        _EITHER,
        "People would be rung outside the calling hours of a place where they may be.",
        "A number tells where somebody may be, not where they are, so every zone and state that it or the row names "
        f"counts, at the first and at the last dial. {_HELD}",
        "Give the campaign a `schedule`, which finds a time for every call; or apply within the hours.",
    ),
    Rule(
        "no-time-zone",
        Level.PLAN,
        _EITHER,
        "Nobody knows which hour it is where a person may be.",
        f"Some numbers belong to no place, such as those of toll-free and satellite networks. {_HELD}",
        "Add a column `timezone` with an IANA zone, or leave such rows out with `where`.",
    ),
    Rule(
        "no-calling-hours",
        Level.PLAN,
        _EITHER,
        "The schedule and the rules together leave no hours in which people can be rung.",
        "Hours, days and holidays of the schedule, the profile's and those of every state named must all allow a call.",
        "Change `schedule`.",
    ),
    Rule(
        "unknown-place",
        Level.PLAN,
        _EITHER,
        "A column `timezone`, `state` or `zip` holds something that is none.",
        "What a row says of where its person is adds to the places whose hours are kept. Not understood, it would be "
        f"lost in silence. {_HELD}",
        "Correct the cell, or empty it: then the number alone says where the person may be.",
    ),
    Rule(
        "calling-hours-over",
        Level.PLAN,
        ERROR,
        "A plan can no longer be carried out within the calling hours that it was made for.",
        "Between planning and sending time passes. What is late just before the last byte of a batch is not sent.",
        "Plan again, which finds other times.",
    ),
    Rule(
        "profile-none",
        Level.PLAN,
        ERROR,
        "A campaign asks for no calling hours at all in a protected environment.",
        "`profile: none` is for calls to which no calling hours apply, such as emergencies: somebody has to say so.",
        "Choose another profile, or declare a waiver of `profile-none`.",
        counts_always=True,
        can_waive=True,
    ),
)
