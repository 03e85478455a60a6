import pytest

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.recipient import Row
from bland_deploy.recipients.variables import make_variables, names_of_templates

OMIT = object()
ROW = Row(3, {"phone_number": "+14155550100", "call": "me", "First Name": "Ann", "city": "", "age": None})


def variables(row=ROW, templates=None, **options):
    return make_variables(Recipients(file="list.csv", **options), "list.csv", templates, OMIT)(row)


def test_all_is_every_column_but_the_number_and_call():
    assert variables() == {"First Name": "Ann", "city": "", "age": None}
    assert variables(phone="First Name") == {"phone_number": "+14155550100", "city": "", "age": None}


def test_the_row_itself_is_not_changed():
    variables()
    assert "call" in ROW.values


def test_a_list_names_columns_and_may_name_the_number():
    assert list(variables(variables=["age", "phone_number"]).items()) == [
        ("age", None),
        ("phone_number", "+14155550100"),
    ]


def test_a_row_that_lacks_a_key_lacks_the_variable():
    assert variables(variables=["age", "absent"]) == {"age": None}


def test_no_variables_are_no_variables():
    assert variables(variables=[]) == variables(variables={}) == {}


def test_an_empty_cell_is_kept_dropped_or_an_error():
    assert variables(variables=["city", "age"], empty="keep") == {"city": "", "age": None}
    assert variables(variables=["city", "age"], empty="drop") == {"age": None}
    found = variables(variables=["city", "age"], empty="error")
    assert isinstance(found, Diagnostic)
    assert (found.rule, found.place) == ("empty-cell", Place("list.csv", 3))
    assert 'cell "city" is empty' in found.message
    assert variables(variables=["age"], empty="error") == {"age": None}


def test_all_empty_cells_of_a_row_are_named_at_once():
    row = Row(4, {"a": "", "b": "", "c": "x"})
    assert 'cells "a", "b" are empty' in variables(row, empty="error").message


@pytest.mark.parametrize("empty", ["keep", "drop", "error"])
def test_templates_stand_among_columns_in_the_order_given(empty):
    given = ["age", {"hello": "Hi {{ row.age }}", "gone": "{{ omit }}"}, "First Name"]
    templates = {"hello": lambda row: [row.line], "gone": lambda row: OMIT}
    found = variables(variables=given, templates=templates, empty=empty)
    assert list(found.items()) == [("age", None), ("hello", [3]), ("First Name", "Ann")]


def test_templates_alone_take_no_columns_and_may_give_null_and_empty_texts():
    found = variables(
        variables={"a": "{{ x }}", "b": "", "c": "{{ y }}"},
        templates={"a": lambda _: None, "b": lambda _: ""},
        empty="error",
    )
    assert found == {"a": None, "b": ""}


def test_an_empty_cell_is_an_error_beside_templates_too():
    assert isinstance(
        variables(variables=["city", {"a": "b"}], templates={"a": lambda _: 1}, empty="error"), Diagnostic
    )


def test_null_is_a_value_where_no_mark_for_omission_is_given():
    recipients = Recipients(file="list.csv", variables={"a": "{{ x }}"})
    assert make_variables(recipients, "list.csv", {"a": lambda _: None})(ROW) == {"a": None}


def test_names_of_templates_are_known_beforehand():
    assert names_of_templates(Recipients(file="x.csv", variables=["a", {"b": "1", "c": "2"}])) == ("b", "c")
    assert names_of_templates(Recipients(file="x.csv", variables={"d": "1"})) == ("d",)
    assert names_of_templates(Recipients(file="x.csv")) == ()
