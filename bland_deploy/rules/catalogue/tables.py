"""Rules about lists that are packed, or that are tables with types."""

from bland_deploy.rules.rule import ERROR, WARNING, Example, Level, Rule

TABLES = (
    Rule(
        "list-damaged",
        Level.RECIPIENT,
        ERROR,
        "A compressed list, a workbook or a Parquet file is cut off, damaged, or something else.",
        "A list that is read in part would leave people out in silence.",
        "Make the export again, and copy it whole.",
    ),
    Rule(
        "extra-missing",
        Level.RECIPIENT,
        ERROR,
        "A list takes a library that is not installed.",
        "Parquet, workbooks, objects elsewhere and databases are read through libraries that not everybody needs.",
        'Install the extra that is named, such as `pip install "bland-deploy[parquet]"`.',
    ),
    Rule(
        "cell-type",
        Level.RECIPIENT,
        ERROR,
        "A cell of a table holds what JSON cannot say: bytes, a duration, or a number that is none.",
        "It could not be sent, and a guess at its text would be heard by a person.",
        "Leave the column out of the export, or export it as text.",
    ),
    Rule(
        "sheet-missing",
        Level.RECIPIENT,
        ERROR,
        "`sheet` names a sheet that the workbook does not have.",
        "Another sheet may list other people.",
        "Write the name as the workbook has it.",
    ),
    Rule(
        "sheet-unsaid",
        Level.RECIPIENT,
        WARNING,
        "A workbook has several sheets, and `sheet` does not say which one is the list.",
        "The first is read; whoever moves a sheet changes who is called.",
        "Set `sheet`.",
    ),
    Rule(
        "sheet-unused",
        Level.RECIPIENT,
        WARNING,
        "`sheet` is given for a list that is no workbook.",
        "It has no effect.",
        "Remove `sheet`.",
        example=Example(
            "recipients: {file: campaigns/people.csv, sheet: People}",
            "recipients: {file: campaigns/people.csv}",
        ),
    ),
)
