"""Rules about lists that live elsewhere: objects and databases."""

from bland_deploy.rules.rule import ERROR, NOTE, WARNING, Example, Level, Rule

_INLINE = 'recipients: {inline: [{phone_number: "+14155550100"}]}'
_QUERY = "recipients: {{sql: {{database: {{env: DATABASE_URL}}, query: {query}}}}}"


def _query(text: str) -> str:
    return _QUERY.format(query=text)


PLACES = (
    Rule(
        "list-elsewhere",
        Level.RECIPIENT,
        NOTE,
        "A list lives elsewhere, and `lint` has no network.",
        "Columns, numbers and placeholders can be judged only where the rows are read.",
        "`plan` and `apply` read it.",
        example=Example("recipients: {url: s3://lists/people.csv}", _INLINE),
    ),
    Rule(
        "list-url",
        Level.RECIPIENT,
        ERROR,
        "The address of a list cannot be fetched from, or does not go with what stands beside it.",
        "Lists are fetched from s3://, gs://, az:// and https://; people's numbers do not travel in the clear.",
        "Correct the address, or remove what belongs to another kind of place.",
        example=Example("recipients: {url: ftp://example.com/people.csv}", _INLINE),
    ),
    Rule(
        "query-not-select",
        Level.RECIPIENT,
        ERROR,
        "The query of a list is not one SELECT.",
        "A list is read; nothing of the database is changed by planning calls.",
        "Write SELECT … or WITH … SELECT ….",
        example=Example(_query("DELETE FROM people"), _INLINE),
    ),
    Rule(
        "query-unordered",
        Level.RECIPIENT,
        WARNING,
        "The query of a list has no ORDER BY.",
        "A database may answer in another order each time: batches, digests and approvals would differ.",
        "Add ORDER BY with a column that tells all rows apart.",
        example=Example(_query("SELECT * FROM people"), _query("SELECT * FROM people ORDER BY id")),
    ),
    Rule(
        "query-failed",
        Level.RECIPIENT,
        ERROR,
        "The database cannot answer the query of a list.",
        "A list that is read in part would leave people out in silence.",
        "Try the query in the database itself.",
    ),
)
