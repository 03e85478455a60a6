from bland_deploy.diagnostics import Place
from bland_deploy.model.campaign import Recipients
from bland_deploy.recipients.check import check_recipients


def place_of(path):
    return Place("/".join(map(str, path)))


def mistakes(columns=("phone_number", "first_name"), **options):
    found = check_recipients(Recipients(file="list.csv", **options), columns, place_of)
    return [(mistake.rule, mistake.place.file, mistake.help) for mistake in found]


def test_nothing_is_wrong_with_known_columns():
    assert (
        mistakes(variables=["phone_number", {"x": "{{ row.y }}"}], defaults={"first_name": "x"}, default_country="US")
        == []
    )
    assert mistakes() == []
    assert mistakes(variables={"a": "b"}) == []


def test_unknown_columns_are_named_with_the_nearest_one():
    assert mistakes(variables=["firstname", "zzz"], defaults={"first_nam": 1}) == [
        ("unknown-column", "recipients/defaults/first_nam", 'did you mean "first_name"?'),
        ("unknown-column", "recipients/variables/0", 'did you mean "first_name"?'),
        ("unknown-column", "recipients/variables/1", "its columns are: phone_number, first_name"),
    ]


def test_without_a_header_any_column_may_exist():
    assert mistakes(columns=None, variables=["zzz"], defaults={"zzz": 1}) == []


def test_a_variable_given_twice_is_a_mistake():
    assert mistakes(variables=["first_name", {"first_name": "x"}]) == [
        ("duplicate-variable", "recipients/variables/1", "keep one")
    ]


def test_an_unknown_country_is_a_mistake():
    assert mistakes(default_country="UK") == [("unknown-country", "recipients/default_country", "did you mean GB?")]
    assert mistakes(default_country="XX")[0][2].startswith("write its two letters")
    assert [
        mistake.place.file for mistake in check_recipients(Recipients(file="x.csv", default_country="XX"), None)
    ] == [None]
