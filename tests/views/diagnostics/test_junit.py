from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bland_deploy.diagnostics import Severity
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked
from tests.views.diagnostics.findings import CHECKED, FINDINGS, HOSTILE

CASES = Path(__file__).parent / "cases"


def parsed(found, checked=CHECKED):
    return ET.fromstring(FORMATS["junit"](found, checked, False).encode())


def test_a_file_is_a_suite_and_a_rule_in_it_a_case(golden):
    golden(CASES / "junit.xml", FORMATS["junit"](FINDINGS, CHECKED, False))


@pytest.mark.parametrize(
    ("fails", "failing"),
    [
        (Severity.ERROR, ["unknown-key"]),
        (Severity.WARNING, ["readable-state-key", "obsolete-field", "unknown-key", "odd-type"]),
    ],
)
def test_what_fails_the_run_fails_its_case(fails, failing):
    root = parsed(FINDINGS, CHECKED._replace(fails=fails))
    assert [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None] == failing
    assert (root.get("failures"), root.get("tests")) == (str(len(failing)), "7")


def test_a_file_without_findings_passes():
    (suite,) = parsed([], Checked(names=("a.yaml",)))
    assert [(case.get("name"), len(case)) for case in suite] == [("lint", 0)]


def test_what_users_wrote_stays_text():
    (suite,) = parsed(HOSTILE, Checked())
    (case,) = suite
    (failure,) = case
    assert "</failure>" in failure.text
    assert all(character.isprintable() for character in failure.text + failure.get("message") + suite.get("name"))
