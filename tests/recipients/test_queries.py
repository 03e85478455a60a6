import pytest

from bland_deploy.diagnostics import Place
from bland_deploy.recipients.query import check_query

HERE = Place("campaigns/x.yaml", 7, 9)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("select 1 order by 1", None),
        ("SELECT * FROM p ORDER\nBY id;", None),
        ("with a as (select 1) select * from a order by 1", None),
        ("(select 1 order by 1)", "query-unordered"),
        ("select * from p", "query-unordered"),
        ("select * from p -- order by id", "query-unordered"),
        ("select * from p /* order by id */", "query-unordered"),
        ("select 'order by id' from p", "query-unordered"),
        ('select "order by" from p', "query-unordered"),
        ("select `order` from p", "query-unordered"),
        ("select $$ order by $$, $a$ order by $a$ from p", "query-unordered"),
        ("select row_number() over (order by id) from p", "query-unordered"),
        ("select 'it''s; fine' from p order by 1", None),
        ("delete from p", "query-not-select"),
        ("-- select\nupdate p set x = 1", "query-not-select"),
        ("select 1; drop table p", "query-not-select"),
        ("", "query-not-select"),
        (";", "query-not-select"),
        ("4", "query-not-select"),
    ],
)
def test_a_query_is_one_select_in_an_order(text, rule):
    found = [*check_query(text, HERE)]
    assert [(item.rule, item.place) for item in found] == ([(rule, HERE)] if rule else [])


def test_a_statement_that_changes_something_is_named():
    (problem,) = check_query("Delete from people", HERE)
    assert problem.message == "the query must be one SELECT; it begins with DELETE"
