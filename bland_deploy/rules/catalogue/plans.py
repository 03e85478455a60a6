"""Rules about what a plan may do, and about what was sent."""

from bland_deploy.diagnostics import Severity
from bland_deploy.rules.rule import ERROR, WARNING, Level, Rule

PLANS = (
    Rule(
        "limit-calls",
        Level.PLAN,
        ERROR,
        "A plan makes more calls than `max_calls_per_apply` of the environment allows.",
        "A list that grew by mistake is stopped before anybody is called. `apply` ends with 6.",
        "Name fewer campaigns, or raise the limit in a change that is reviewed.",
    ),
    Rule(
        "limit-cost",
        Level.PLAN,
        ERROR,
        "A plan is estimated to cost more than `max_cost_per_apply` of the environment allows.",
        "The estimate follows from `prices` of the environment. `apply` ends with 6.",
        "Name fewer campaigns, or raise the limit in a change that is reviewed.",
    ),
    Rule(
        "list-grown",
        Level.PLAN,
        (Severity.ERROR, Severity.WARNING),
        "The list has grown by more than 20 % and 1,000 people since the round was applied last.",
        "A wrong export or a lost filter looks like this, and everybody on it would be called. A plan warns; `apply` "
        "goes on where that plan was reviewed (`--approved`, a saved plan) or somebody types the number of calls, and "
        "with `--auto-approve` it ends with 6; in a sandbox and on loopback it warns and sends.",
        "Have the plan reviewed: `apply --approved DIGEST`, or `plan --out FILE` and `apply FILE`.",
        counts_always=True,
    ),
    Rule(
        "called-too-often",
        Level.PLAN,
        (Severity.ERROR, Severity.WARNING),
        "People would be called more often than a cap allows, by all campaigns and rounds together.",
        "Caps are those of the workspace (`caps`) and those of the rules pack for the campaign's `purpose`. A call "
        "that may have been made counts, too. `apply` ends with 6; in a sandbox and on loopback it warns and sends.",
        "Call them later, or leave their rows out with `where`.",
    ),
    Rule(
        "wave-failed",
        Level.PLAN,
        ERROR,
        "Figures of a wave are not what the gate of the campaign's `rollout` asks for.",
        "`apply` sends the next wave only where the one before went well, and ends with 6. Nothing is sent of any "
        "campaign that it was asked for; with `on_fail: stop`, what is queued of the wave is stopped.",
        "Correct the campaign. `apply --promote REASON` sends the next wave all the same, and records who wanted it.",
    ),
    Rule(
        "wave-not-due",
        Level.PLAN,
        (Severity.ERROR, Severity.WARNING),
        "It is too early for the next wave of a `rollout`: calls have not ended, or `after` is not over.",
        "`apply` ends with 6. Other campaigns that it was asked for are sent, and then it ends with 7.",
        "Apply again later.",
    ),
    Rule(
        "promotion-not-needed",
        Level.PLAN,
        WARNING,
        "`apply --promote` was given where no gate keeps a wave back.",
        "Nothing was recorded: the wave is begun already, or its figures are good.",
        "Leave it out.",
    ),
    Rule(
        "provider-list-too-old",
        Level.PLAN,
        (Severity.ERROR, Severity.WARNING),
        "The provider's do-not-call list was read into the state longer ago than the rules pack allows.",
        "Who was put on it since would be called. It is judged once the list was read; a plan warns, `apply` ends with "
        "6. Where nobody can be rung nothing is said.",
        "Run `bland-deploy suppress sync`.",
        counts_always=True,
    ),
    Rule(
        "calls-not-looked-at",
        Level.PLAN,
        WARNING,
        "Nobody has looked whether people asked not to be called again in calls that were made before.",
        "Whoever asked for it must not be called, and the plan may call them. Only the calls themselves tell.",
        "Run `bland-deploy suppress sync` before apply, as the ready-made jobs do.",
        counts_always=True,
    ),
    Rule(
        "start-time-too-soon",
        Level.PLAN,
        (Severity.ERROR, Severity.WARNING),
        "Calls have a `start_time` that is past, or less than 2 minutes ahead.",
        "Bland dials at once what is past, whatever the hour. What passes while apply is at work is not sent. `apply` "
        "ends with 6; in a sandbox and on loopback it warns and sends.",
        "Give a later time, or leave it out to call at once.",
    ),
    Rule(
        "start-time-too-far",
        Level.PLAN,
        WARNING,
        "Calls have a `start_time` more than 23 hours ahead.",
        "Bland may give a batch up after 24 hours; what becomes of later calls is not documented.",
        "Apply on the day of the calls.",
    ),
    Rule(
        "waiver-expired",
        Level.PLAN,
        (Severity.ERROR, Severity.WARNING),
        "A waiver of a campaign has expired.",
        "Somebody allowed an exception until that day, and nobody since then. `apply` ends with 6; in a sandbox and on "
        "loopback it warns.",
        "Follow the rule, or have the waiver approved anew.",
        counts_always=True,
    ),
    Rule(
        "waiver-unused",
        Level.PLAN,
        WARNING,
        "A waiver takes nothing away from what is to be called.",
        "An exception that is not needed is there for the next mistake.",
        "Remove it.",
        counts_always=True,
    ),
    Rule(
        "rules-pack-overdue",
        Level.PLAN,
        (Severity.ERROR, Severity.WARNING),
        "Rules of the pack are past the day by which somebody was to look at them again.",
        "Laws on calling change every year. It is a warning at first, and 90 days later an error. Where nobody can be "
        "rung nothing is said.",
        "Upgrade bland-deploy.",
        "our own choice",
        counts_always=True,
    ),
    Rule(
        "verify-later",
        Level.PLAN,
        WARNING,
        "What was sent could not be verified against the provider's list.",
        "The sends are recorded; that there is exactly one batch for each of them is not yet shown.",
        "Apply again: it sends nothing twice, and verifies.",
    ),
    Rule(
        "extra-batch",
        Level.PLAN,
        WARNING,
        "The provider has a second batch of one send.",
        "The same people would be called twice, so it is stopped at once.",
        "Check in the provider's dashboard whether anybody was called twice.",
    ),
    Rule(
        "unlisted-batch",
        Level.PLAN,
        WARNING,
        "The provider does not list a batch that an earlier apply was told of.",
        "The list is the witness against lost state, and it lacks this batch. The key may be another account's now.",
        "Check the account behind the key. Where it is the right one, apply again later: the list may lag.",
    ),
)
