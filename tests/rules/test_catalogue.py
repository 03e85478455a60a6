"""Every rule that the code can emit is in the catalogue, with its severities, and the other way round."""

import ast
import re

import pytest

from bland_deploy.operations.guards.gates import GATES
from bland_deploy.rules.registry import RULES, find_rule, suggest_rule
from bland_deploy.rules.rule import Level
from tests.rules.emitted import Module, constants_of, emissions, modules

FOUND, UNRESOLVED = emissions(modules())
EMITTED = {rule: set() for rule, _, _ in FOUND}
for emission in FOUND:
    EMITTED[emission.rule] |= emission.severities
# given by `replace`, not by a constructor: lists that git ignores, and gates where nobody can be rung
EMITTED["list-missing"].add("note")
for rule in GATES:
    EMITTED[rule].add("warning")
IDS = {rule.id for rule in RULES}


def read(code):
    tree = ast.parse(code)
    found, unresolved = emissions([Module("m", tree, constants_of(tree.body))])
    return {(rule, *sorted(severities)) for rule, severities, _ in found}, unresolved


def test_every_emitted_rule_is_in_the_catalogue():
    assert {rule: place for rule, _, place in FOUND if rule not in IDS} == {}


def test_every_rule_of_the_catalogue_is_emitted():
    assert sorted(IDS - set(EMITTED)) == []


def test_severities_are_those_that_are_emitted():
    said = {rule.id: {severity.value for severity in rule.severities} for rule in RULES}
    assert {rule: said[rule] for rule in IDS & set(EMITTED)} == {rule: EMITTED[rule] for rule in IDS & set(EMITTED)}


def test_no_emitted_rule_escapes_the_reading_of_the_code():
    assert UNRESOLVED == []


def test_ids_are_words_with_hyphens_and_each_stands_once():
    assert len(IDS) == len(RULES)
    assert [rule.id for rule in RULES if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.id)] == []


def test_rules_stand_in_the_order_of_their_levels():
    order = list(Level)
    assert [order.index(rule.level) for rule in RULES] == sorted(order.index(rule.level) for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_is_said_of_a_rule_is_whole_sentences(rule):
    for text in (rule.summary, rule.why, rule.way_out):
        assert re.match(r"[A-Z`.]", text), text
        assert re.search(r"[.`]$", text), text
        assert text.count("`") % 2 == 0, text


def test_no_comment_can_ignore_errors_gates_and_what_is_not_about_files():
    can = {rule.id for rule in RULES if rule.can_ignore}
    assert "odd-type" in can
    assert not can & (
        GATES | {"unknown-key", "unused-ignore", "unlisted-batch", "state-unused-keys", "usage", "readable-state-key"}
    )


def test_a_rule_is_found_by_its_id_or_suggested():
    assert find_rule("odd-type").summary.startswith("A value of another type")
    assert find_rule("od-type") is None
    assert suggest_rule("od-type") == "odd-type"
    assert suggest_rule("zzzzzz") is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("error('a', 'x')", {("a", "error")}),
        ("warning(message='x', rule='a')", {("a", "warning")}),
        ("Diagnostic('a', Severity.NOTE, 'x')\nclass Diagnostic:\n    rule: str", {("a", "note")}),
        ("RULE = 'a'\ndef f():\n    note(RULE, 'x')", {("a", "note")}),
        ("def f(x):\n    kind = 'a' if x else 'b'\n    error(kind, 'x')", {("a", "error"), ("b", "error")}),
        ("T = {1: 'a'}\ndef f(x):\n    error(T.get(x, 'b'), 'x')", {("a", "error"), ("b", "error")}),
        ("def doubt(path, rule):\n    warning(rule)\ndoubt((), 'a')", {("a", "warning")}),
        (
            """
class R:
    def report(self, rule):
        error(rule)

def outer(r, rule):
    r.report(rule)

outer(r, 'a')
report('no')
""",
            {("a", "error")},
        ),
        (
            "class P(NamedTuple):\n    rule: str\n    def d(self):\n        return error(self.rule)\nP('a')",
            {("a", "error")},
        ),
        ("class E(Exception):\n    rule = 'a'", {("a", "error")}),
        ("failure.rule = 'a'", {("a", "error")}),
        ("def f(x):\n    say = error if x else warning\n    say('a')", {("a", "error"), ("a", "warning")}),
        (
            "def g():\n    return 'a', 'text'\ndef f():\n    rule, message = g()\n    error(rule, message)",
            {("a", "error")},
        ),
    ],
)
def test_the_reading_of_the_code_sees(code, expected):
    assert read(code) == (expected, [])


@pytest.mark.parametrize("code", ["error(compute(), 'x')", "def f(name):\n    error(name, 'x')", "error(*everything)"])
def test_the_reading_of_the_code_reports_what_it_cannot_tell(code):
    assert len(read(code)[1]) == 1
