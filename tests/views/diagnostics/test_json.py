import json

from bland_deploy.diagnostics import Place, error, note, warning
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked
from bland_deploy.views.diagnostics.json import diagnostic_dict, document

FINDINGS = [error("a", "x “é”", Place("f", 1, 2), "h"), warning("b", "y", Place("f")), note("c", "z")]


def test_a_diagnostic_has_the_keys_of_the_contract():
    assert diagnostic_dict(FINDINGS[0]) == {
        "rule": "a",
        "severity": "error",
        "message": "x “é”",
        "file": "f",
        "line": 1,
        "column": 2,
        "help": "h",
    }
    assert diagnostic_dict(FINDINGS[2])["line"] is diagnostic_dict(FINDINGS[2])["file"] is None


def test_the_document_counts_errors_and_warnings():
    assert document(FINDINGS)["summary"] == {"errors": 1, "warnings": 1}
    assert document([]) == {"format_version": 1, "diagnostics": [], "summary": {"errors": 0, "warnings": 0}}


def test_the_text_is_one_document_with_sorted_keys():
    text = FORMATS["json"](FINDINGS, Checked(), True)
    assert text.endswith("}\n")
    assert json.loads(text) == document(FINDINGS)
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert "é" in text
