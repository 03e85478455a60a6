"""Rules about what a probe found out, and what it means for a plan."""

from bland_deploy.rules.rule import ERROR, WARNING, Level, Rule

CAPABILITIES = (
    Rule(
        "capability-damaged",
        Level.PLAN,
        ERROR,
        "The capability file of the environment cannot be read.",
        "It may have said that more care is needed than usual, so nothing is sent without it.",
        "Bring it back from git, probe again with `bland-deploy probe`, or remove it: then what is usual holds.",
    ),
    Rule(
        "capability-foreign",
        Level.PLAN,
        WARNING,
        "The capability file is of another environment or address.",
        "What was found of one provider says nothing of another. It is not used, and what is usual holds.",
        "Probe this environment with `bland-deploy probe`, or remove the file.",
    ),
    Rule(
        "capability-old",
        Level.PLAN,
        WARNING,
        "The last probe is more than half a year old.",
        "The provider may do things otherwise by now. What the file says still holds, since it only adds care.",
        "Probe again: `bland-deploy probe`.",
    ),
    Rule(
        "capability-cut-body",
        Level.PLAN,
        ERROR,
        "The provider carries out requests that were cut short.",
        "A send that is broken off before its last byte counts as not sent, and is sent again. Here that would ring "
        "people twice. The command ends with 6.",
        "Do not send by this generation of the API; tell the provider, and probe again.",
    ),
    Rule(
        "capability-start-time",
        Level.PLAN,
        ERROR,
        "The provider does not keep to start times in a form in which calls of this plan have them.",
        "It dials at once, or refuses them: people would be called outside of their hours. The command ends with 6.",
        "Write `start_time` in another form; instead of a `schedule`, apply within calling hours.",
    ),
    Rule(
        "capability-no-echo",
        Level.PLAN,
        WARNING,
        "The provider's list does not show the stamps of batches.",
        "A lost answer cannot be settled, so its people stay held; and a state that is lost is not noticed.",
        "Keep the state well, and send by the other generation of the API where that shows them.",
    ),
    Rule(
        "capability-stop",
        Level.PLAN,
        WARNING,
        "A stop does not cancel calls that wait for their time.",
        "What a schedule or the provider's queue holds back would still ring after `bland-deploy stop`.",
        "Send in small batches, or in waves with `rollout`, so that little is left to be stopped.",
    ),
    Rule(
        "settle-too-short",
        Level.PLAN,
        WARNING,
        "`settle` is shorter than the provider's list was seen to lag.",
        "What was just sent from another state would not be listed yet, and its people could be called twice.",
        "Leave `settle` out: it follows from what was measured.",
    ),
)
