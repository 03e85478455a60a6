"""Rules about the log of who was called. What is damaged, lost or foreign is never taken as empty."""

from bland_deploy.rules.rule import ERROR, NOTE, Level, Rule

_BACK = (
    "Bring the state back as it was, from git or a backup; where there is none, `bland-deploy state adopt CAMPAIGN "
    "--replace` makes a new log. Until then nothing is sent."
)

STATES = (
    Rule(
        "state-lost",
        Level.STATE,
        ERROR,
        "The provider has batches of this campaign of which the state does not know.",
        "The state was deleted or rolled back, or they were sent from another state: their people would be called "
        "twice. The command ends with 9.",
        "Bring the newest state back, or take over what the provider lists: `bland-deploy state adopt`.",
    ),
    Rule(
        "state-missing",
        Level.STATE,
        ERROR,
        "Entries of the log, or its beginning, are missing.",
        "Who was called cannot be told, and they would be called again.",
        _BACK,
    ),
    Rule(
        "state-chain",
        Level.STATE,
        ERROR,
        "An entry does not follow from the one before it.",
        "Every entry carries the digest of the one before; the log was altered, or parts of two logs were mixed.",
        _BACK,
    ),
    Rule(
        "state-damaged",
        Level.STATE,
        ERROR,
        "A file of the log is not what was written.",
        "Every file carries its own digest; it was cut off, or edited by hand.",
        _BACK,
    ),
    Rule(
        "state-forked",
        Level.STATE,
        ERROR,
        "A file of the log holds a merge of two copies.",
        "Two clones wrote the same entry, so each knows of people whom the other does not.",
        _BACK,
    ),
    Rule(
        "state-foreign",
        Level.STATE,
        ERROR,
        "The log belongs to another campaign.",
        "Its people are not those of this campaign.",
        "Move it back where it belongs. A campaign keeps its name as long as its people are to be remembered.",
    ),
    Rule(
        "state-newer",
        Level.STATE,
        ERROR,
        "A file of the log was written by a later version of this program.",
        "It may say something that this version does not understand.",
        "Update this program.",
    ),
    Rule(
        "state-unexpected-file",
        Level.STATE,
        ERROR,
        "A file in the log is no entry.",
        "Copies that sync programs make of conflicting files look like that: entries may be missing.",
        "Move the file away if it is a mere copy; else bring the state back as it was.",
    ),
    Rule(
        "state-contradiction",
        Level.STATE,
        ERROR,
        "An entry cannot follow what the log holds, such as sending what was declared void.",
        "Two runs decided differently about the same batch.",
        "Read the log again (`bland-deploy state show`); nothing was written.",
    ),
    Rule(
        "state-keys",
        Level.STATE,
        ERROR,
        "A file of recipient keys is missing, altered, not sorted, or of another length than was claimed.",
        "Who was called cannot be told.",
        _BACK,
    ),
    Rule(
        "state-unused-keys",
        Level.STATE,
        NOTE,
        "No entry names a file of recipient keys.",
        "A claim was interrupted before it was written, or entries are lost.",
        "Nothing has to be done if the log has no other problem.",
    ),
    Rule(
        "state",
        Level.STATE,
        ERROR,
        "The state does not fit, or the plan is not the one that was approved.",
        "Sending on the wrong memory calls people twice. The command ends with 9.",
        "Follow the message; mostly: plan again, or use the key and the state that belong together.",
    ),
    Rule(
        "plan-altered",
        Level.STATE,
        ERROR,
        "A saved plan is not what was written, or was not written under this state key.",
        "What a reviewer saw is not what would be sent. The command ends with 9.",
        "Plan again: `bland-deploy plan --out FILE`.",
    ),
    Rule(
        "store",
        Level.STATE,
        ERROR,
        "The store of the state cannot be read or written.",
        "Nothing is sent that cannot be written down first. The command ends with 9.",
        "Follow the message: free space, set permissions, or keep the state on a local disk.",
    ),
    Rule(
        "locked",
        Level.STATE,
        ERROR,
        "Somebody else is at work on the same campaign.",
        "Two applies at once would only get in each other's way. The command ends with 9.",
        "Run it again when the other has ended.",
    ),
    Rule(
        "lost-race",
        Level.STATE,
        ERROR,
        "Somebody else wrote the next entry of the log first.",
        "The log is the arbiter: of two at once one wins, and the other sends nothing. The command ends with 9.",
        "Run it again; what the other sent counts as sent.",
    ),
    Rule(
        "plan-expired",
        Level.STATE,
        ERROR,
        "The saved plan is older than it may be.",
        "An approval is given for its time, counted from `--at`. The command ends with 9.",
        "Plan again; `--expires-in` says for how long a plan is valid.",
    ),
    Rule(
        "plan-stale",
        Level.STATE,
        ERROR,
        "What the saved plan was made from or for has changed: a file, the environment, the address, the state.",
        "Something else was approved than what the files say now. Only people may drop out of it: those called "
        "meanwhile, and those who are suppressed now. The command ends with 9.",
        "Plan again.",
    ),
    Rule(
        "plan-used",
        Level.STATE,
        ERROR,
        "The saved plan was carried out before, and nothing of it is left to send.",
        "An approval is good for one time. What an interrupted apply had not sent is sent by applying the file again. "
        "The command ends with 9.",
        "Plan again.",
    ),
)
