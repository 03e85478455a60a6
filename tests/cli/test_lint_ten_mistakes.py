"""One file with ten different mistakes: all ten are named at once, each with its line and column."""

from pathlib import Path

CASES = Path(__file__).parent / "cases"
TEN = """\
version: 1
campaign: Ten Mistakes
promt: Hello.
prompt: Hello {{ vars.compnay }} and {{ name | upper }}.
vars: {company: Acme}
call:
  phone_number: "+14155550100"
  webhook: http://example.com/hook
recipients:
  default_country: UK
  inline:
    - {phone_number: +14155550100, name: Ada}
split: {size: 0}
split: {size: 10}
"""
PLACES = {
    "wrong-value": [(2, 11), (13, 15)],
    "unknown-key": [(3, 1)],
    "template-undefined": [(4, 18)],
    "placeholder-logic": [(4, 41)],
    "number-in-global": [(7, 3)],
    "webhook-not-https": [(8, 12)],
    "unknown-country": [(10, 20)],
    "unquoted-number": [(12, 22)],
    "duplicate-key": [(14, 1)],
}


def test_ten_mistakes_in_one_file_are_all_named_with_their_places(workspace, golden):
    workspace.write("campaigns/hello.yaml", TEN)
    done = workspace.lint()
    assert done.code == 3
    places = {}
    for found in done.json["diagnostics"]:
        assert (found["severity"], found["file"]) == ("error", "campaigns/hello.yaml")
        places.setdefault(found["rule"], []).append((found["line"], found["column"]))
    assert places == PLACES
    assert done.json["summary"] == {"errors": 10, "warnings": 0}
    golden(CASES / "ten-mistakes.txt", workspace.run("lint").out)
