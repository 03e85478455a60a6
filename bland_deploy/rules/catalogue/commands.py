"""Rules about a run as a whole: failures of the world, with their exit codes."""

from bland_deploy.rules.rule import ERROR, Level, Rule

COMMANDS = (
    Rule(
        "usage",
        Level.COMMAND,
        ERROR,
        "The command line is not understood.",
        "Nothing is done on a guess at what was meant. The command ends with 3.",
        "See `bland-deploy COMMAND --help`.",
    ),
    Rule(
        "invalid-input",
        Level.COMMAND,
        ERROR,
        "What was named or given cannot be worked with.",
        "It does not exist, is not of the form that is asked for, or files have errors. The command ends with 3.",
        "Correct it as the message says.",
    ),
    Rule(
        "file-exists",
        Level.COMMAND,
        ERROR,
        "`init` would have to overwrite a file.",
        "It overwrites nothing.",
        "Choose an empty folder.",
    ),
    Rule(
        "fault-plan",
        Level.COMMAND,
        ERROR,
        "A plan of faults for the sandbox cannot be worked with.",
        "A fault that is misspelt would never happen, and a test of it would prove nothing.",
        "Correct the key or the value that is named.",
    ),
    Rule(
        "authentication",
        Level.COMMAND,
        ERROR,
        "The API key or the state key is missing, wrong, or may not do this.",
        "Without the right key nobody can be called, or remembered. The command ends with 4.",
        "Set the variable or the file that the message names.",
    ),
    Rule(
        "unavailable",
        Level.COMMAND,
        ERROR,
        "The provider cannot be reached, or limits us.",
        "Nothing was sent. The command ends with 5.",
        "Run it again later.",
    ),
    Rule(
        "blocked",
        Level.COMMAND,
        ERROR,
        "A limit, a gate or a missing approval stands in the way.",
        "Somebody has to decide. The command ends with 6.",
        "Approve the plan (`--approved DIGEST`, `--auto-approve`, or the typed number of calls), or change it.",
    ),
    Rule(
        "interrupted",
        Level.COMMAND,
        ERROR,
        "A signal ended the command.",
        "What was sent is in the state. The command ends with 130 or 143.",
        "Run it again: it resumes.",
    ),
    Rule(
        "unexpected",
        Level.COMMAND,
        ERROR,
        "A fault of bland-deploy.",
        "What was sent is in the state, so that running again is safe. The command ends with 1.",
        "Report it with the file that the message names; it holds no data of yours.",
    ),
)
