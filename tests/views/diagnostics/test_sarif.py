import json
from pathlib import Path

import jsonschema
import pytest

from bland_deploy.diagnostics import Place, error, warning
from bland_deploy.rules.registry import RULES
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked
from bland_deploy.views.diagnostics.sarif import MOST_RESULTS
from tests.views.diagnostics.findings import CHECKED, FINDINGS, HOSTILE, SOURCE

CASES = Path(__file__).parent / "cases"
SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
ALL_RULES = [warning(rule.id, "x", Place("f", 1, 1)) for rule in RULES]


def run_of(found, checked=CHECKED):
    log = json.loads(FORMATS["sarif"](found, checked, False))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run


def mark(found, source=SOURCE):
    (result,) = run_of([found], Checked({"campaigns/a b.yaml": source}.get))["results"]
    return result["partialFingerprints"]["primaryLocationLineHash"]


def test_the_log_is_what_it_was(golden):
    golden(CASES / "sarif.json", FORMATS["sarif"](FINDINGS, CHECKED, False))


@pytest.mark.parametrize("found", [(), FINDINGS, HOSTILE, ALL_RULES], ids=["none", "some", "hostile", "all rules"])
def test_the_log_keeps_to_the_official_schema(found):
    run = run_of(found)
    assert len(run["results"]) == len(found)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_schema_would_refuse_a_log_with_a_mistake():
    log = json.loads(FORMATS["sarif"](FINDINGS, CHECKED, False))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not VALIDATOR.is_valid(log)


def test_every_result_has_a_file_in_the_repository_and_a_line():
    places = [result["locations"][0]["physicalLocation"] for result in run_of(FINDINGS)["results"]]
    assert [place["artifactLocation"]["uri"] for place in places][::5] == [
        "phones/campaigns/a%20b.yaml",
        "phones/bland-deploy.yaml",
    ]
    assert [place["region"]["startLine"] for place in places] == [2, 2, 4, 7, 1, 1]


def test_a_finding_is_known_again_when_its_line_moved_and_another_when_its_line_changed():
    found = FINDINGS[2]
    moved = warning(found.rule, found.message, Place("campaigns/a b.yaml", 5, 3))
    assert mark(found) == mark(moved, f"# new\n{SOURCE}")
    assert mark(found) != mark(found, SOURCE.replace("voice_id: 0", "voice_id: 1"))


def test_a_fingerprint_is_taken_of_what_may_be_shown_of_a_line():
    found = warning("odd-form", "x", Place("campaigns/a b.yaml", 5, 3))
    assert mark(found) == mark(found, SOURCE.replace("+14155550100", "+1415•••0100"))


def test_equal_findings_on_equal_lines_are_told_apart():
    results = run_of(FINDINGS[:2] * 2)["results"]
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in results}) == 4


def test_of_too_many_the_errors_stay_and_the_others_are_counted():
    found = [warning("odd-type", f"w{number}", Place("f", 1)) for number in range(MOST_RESULTS)]
    found += [error("unknown-key", f"e{number}", Place("f", 1)) for number in range(7)]
    run = run_of(found, Checked())
    assert len(run["results"]) == MOST_RESULTS
    assert [result["level"] for result in run["results"][:8]] == ["error"] * 7 + ["warning"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"] == "7 more were found; 5,000 are listed, errors first"
