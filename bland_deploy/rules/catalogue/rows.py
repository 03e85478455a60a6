"""Rules about single rows of a list, their numbers, and lists of people who are not to be called."""

from bland_deploy.diagnostics import Severity
from bland_deploy.rules.rule import ERROR, NOTE, Example, Level, Rule

_NUMBERS = "https://github.com/google/libphonenumber"
_SKIPPED = (Severity.ERROR, Severity.NOTE)
_GATE = (Severity.ERROR, Severity.WARNING)
_GOOD = 'recipients: {inline: [{phone_number: "+14155550100"}]}'

ROWS = (
    Rule(
        "blank-number",
        Level.RECIPIENT,
        ERROR,
        "A row has no phone number.",
        "One blank number may sink the whole batch at Bland, so it is an error whatever `invalid_numbers` says.",
        "Fill it in, remove the row, or leave such rows out with `where`.",
        "https://docs.bland.ai/api-v2/post/batches",
        Example('recipients: {inline: [{phone_number: ""}]}', _GOOD),
    ),
    Rule(
        "number-not-text",
        Level.RECIPIENT,
        ERROR,
        "A phone number is a number, or another value that is not text.",
        "Without quotes it lost its plus and its leading zeros.",
        "Write it in quotes.",
        example=Example("recipients: {inline: [{phone_number: 14155550100}]}", _GOOD),
    ),
    Rule(
        "number-without-country",
        Level.RECIPIENT,
        _SKIPPED,
        "A number has neither a + nor a country.",
        "The same digits belong to different people in different countries.",
        "Set `default_country`, or write numbers with + and the calling code.",
        _NUMBERS,
        Example('recipients: {inline: [{phone_number: "415 555 0100"}]}', _GOOD),
    ),
    Rule(
        "number-with-extension",
        Level.RECIPIENT,
        _SKIPPED,
        "A number has an extension.",
        "A campaign cannot dial it: somebody else would pick up.",
        "Remove the extension, or leave the row out.",
        _NUMBERS,
        Example('recipients: {inline: [{phone_number: "+1 415 555 0100 ext. 5"}]}', _GOOD),
    ),
    Rule(
        "invalid-number",
        Level.RECIPIENT,
        _SKIPPED,
        "A number that cannot exist in its country.",
        "It is mostly a number with a digit too few or too many, which rings somebody else or nobody.",
        "Correct it, or say what becomes of such numbers with `invalid_numbers: skip` or `send`.",
        _NUMBERS,
        Example('recipients: {inline: [{phone_number: "+1415555"}]}', _GOOD),
    ),
    Rule(
        "duplicate-recipient",
        Level.RECIPIENT,
        ERROR,
        "The same person stands in the list twice.",
        "A person is called at most once in a round; which of the two rows counts is for you to say.",
        "Remove one of the rows, or keep one of each with `duplicates: first` or `last`.",
        example=Example(
            'recipients: {inline: [{phone_number: "+14155550100"}, {phone_number: "+1 (415) 555-0100"}]}',
            'recipients: {duplicates: first, inline: [{phone_number: "+14155550100"}, '
            '{phone_number: "+1 (415) 555-0100"}]}',
        ),
    ),
    Rule(
        "country-not-allowed",
        Level.RECIPIENT,
        ERROR,
        "A number belongs to a country that `countries` does not name.",
        "Laws and prices differ by country; a list that holds others is not the one that was meant.",
        "Remove the row, leave such rows out with `where`, or add the country.",
        _NUMBERS,
        Example(f"countries: [GB]\n{_GOOD}", f"countries: [US]\n{_GOOD}"),
    ),
    Rule(
        "empty-cell",
        Level.RECIPIENT,
        ERROR,
        "A cell is empty, and `recipients.empty` is `error`.",
        "The campaign says that every person has these values.",
        "Fill it in, give it a value under `defaults`, or allow it with `empty: keep` or `drop`.",
        example=Example(
            'recipients: {empty: error, inline: [{phone_number: "+14155550100", name: ""}]}',
            'recipients: {empty: drop, inline: [{phone_number: "+14155550100", name: ""}]}',
        ),
    ),
    Rule(
        "suppression-unreadable",
        Level.RECIPIENT,
        ERROR,
        "A row of a suppression list names nobody.",
        "Somebody who asked not to be called would be called.",
        "Correct it or remove the row.",
    ),
    Rule(
        "suppression-keys",
        Level.RECIPIENT,
        NOTE,
        "A suppression list holds keys of people, and there is no state key to read it with.",
        "Nobody on it is left out of what is shown; `apply` has the state key, and leaves them out.",
        "Set `BLAND_DEPLOY_STATE_KEY` to have it read, or nothing.",
    ),
    Rule(
        "suppression-date",
        Level.RECIPIENT,
        ERROR,
        "The date of a suppression list cannot be read, or lies in the future.",
        "How old the list is could not be told.",
        'Write it as `"2026-01-31"` or `"2026-01-31T08:00:00Z"`, or name a column of such dates.',
        example=Example(
            "suppression: [{file: campaigns/stop.csv, as_of: last week}]",
            'suppression: [{file: campaigns/stop.csv, as_of: "2026-01-31"}]',
        ),
    ),
    Rule(
        "suppression-undated",
        Level.RECIPIENT,
        _GATE,
        "A suppression list has a `max_age` and no date.",
        "How old it is could not be told. In the sandbox and on loopback it is a warning.",
        'Say when the list was made: `as_of: "2026-01-31"`, or a column of dates.',
        example=Example(
            "suppression: [{file: campaigns/stop.csv, max_age: 24h}]",
            'suppression: [{file: campaigns/stop.csv, max_age: 24h, as_of: "2026-01-31"}]',
        ),
        counts_always=True,
    ),
    Rule(
        "suppression-too-old",
        Level.RECIPIENT,
        _GATE,
        "A suppression list is older than its `max_age`.",
        "Who asked not to be called since then is not on it. In the sandbox and on loopback it is a warning.",
        "Fetch the list again and set `as_of`.",
        counts_always=True,
    ),
)
