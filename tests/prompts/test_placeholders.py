"""Bland's names: found, checked, filled."""

from bland_deploy.diagnostics import NOWHERE, Place, Severity
from bland_deploy.prompts.placeholders import (
    BUILT_INS,
    Lacking,
    Placeholder,
    check_placeholders,
    fill,
    find_placeholders,
    is_bare_name,
    present,
)

AT = Place("t.md", 1, 3)


def check(*names, known=(), partial=None):
    return check_placeholders([Placeholder(name, AT) for name in names], known, partial)


def test_known_names_and_built_ins_are_fine_in_any_case():
    assert not check("Business", " business ", "NOW_UTC", "lastusermessage", *BUILT_INS, known=["business"])


def test_an_unknown_name_is_an_error_with_the_nearest_one_as_it_is_written():
    [found] = check("busines", known=["Business", "service"])
    assert (found.rule, found.severity, found.place) == ("placeholder-unknown", Severity.ERROR, AT)
    assert "did you mean {{Business}}?" in found.help


def test_an_unknown_name_like_no_other_has_a_way_out():
    [found] = check("qqqq", known=["Business"])
    assert found.help.startswith("add `qqqq` to")


def test_the_same_name_in_the_same_place_is_reported_once():
    assert len(check("qqqq", "qqqq")) == 1


def test_a_name_that_some_rows_lack_is_a_warning_with_the_rows():
    [found] = check("Plan", known=["plan"], partial={"plan": Lacking(7, (2, 3, 5, 8, 13))})
    assert (found.rule, found.severity) == ("placeholder-missing", Severity.WARNING)
    assert found.message == "7 rows lack {{Plan}} (lines 2, 3, 5, 8, 13, …)"
    [found] = check("plan", known=["plan"], partial={"PLAN": Lacking(1, (4,))})
    assert found.message == "1 row lacks {{plan}} (line 4)"
    [found] = check("plan", known=["plan"], partial={"plan": Lacking(2, (4, 5))})
    assert found.message == "2 rows lack {{plan}} (lines 4, 5)"
    [found] = check("plan", known=["plan"], partial={"plan": Lacking(2, ())})
    assert found.message == "2 rows lack {{plan}}"


def test_bland_fills_names_without_regard_to_case_and_leaves_others():
    text = "{{Business}} {{ business }} {{other}} {{n}} {{x.y}} {{t}} {{ first name }}"
    values = {"business": "Acme {{n}}", "N": 5, "t": True, "First Name": "A"}
    assert fill(text, values) == "Acme {{n}} Acme {{n}} {{other}} 5 {{x.y}} true A"


def test_placeholders_of_a_text_are_found_once_each():
    assert find_placeholders("{{a}} {{ A }} {{b c}} {{x.y}} {{ a | b }} {{-z}} {{}} {{{d}}}") == ("a", "b c", "d")


def test_only_the_placeholders_that_came_through_are_present():
    declared = [Placeholder("a", AT), Placeholder("b", AT), Placeholder("A", AT._replace(line=2))]
    found = present(declared, "{{ A }} {{ssn}}", NOWHERE)
    assert found == (declared[0], declared[2], Placeholder("ssn", NOWHERE))


def test_bare_names_are_letters_digits_spaces_and_two_signs():
    for name in ("a", "A-b_c 9", "9x", "größe", "नाम", "_"):
        assert is_bare_name(name), name
    for name in ("", " a", "a ", "-a", "a-", "a.b", "a|b", "a\tb", "a\u00a0b", "é-", "a😀"):
        assert not is_bare_name(name), name


def test_a_long_text_is_searched_in_a_moment():
    assert find_placeholders("{{ a" + " " * 300_000 + "{{ b" + " a" * 300_000) == ()
