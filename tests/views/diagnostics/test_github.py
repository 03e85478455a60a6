import re
from pathlib import Path

import pytest

from bland_deploy.diagnostics import Place, error, warning
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked
from tests.views.diagnostics.findings import CHECKED, FINDINGS, HOSTILE

CASES = Path(__file__).parent / "cases"


def lines(found):
    return FORMATS["github"](found, Checked(), False).splitlines()


def commands(text):
    """What a runner makes of a log: lines that begin with `::` once trimmed, else the older form anywhere in a line."""
    for line in text.splitlines():
        if line.strip().startswith("::"):
            head, _, data = line.strip()[2:].partition("::")
            yield head, data
        elif "##[" in line:
            yield line.partition("##[")[2], ""


def test_each_diagnostic_is_one_command_with_its_place(golden):
    golden(CASES / "github.txt", FORMATS["github"](FINDINGS, CHECKED, False))


@pytest.mark.parametrize("times", [1, 12], ids=["as a command", "as a plain line"])
def test_what_users_wrote_begins_no_command(times):
    text = FORMATS["github"](HOSTILE * times, Checked(), False)
    assert all(character.isprintable() or character == "\n" for character in text)
    found = list(commands(text))
    assert len(found) == min(times, 10)
    for head, _ in found:
        assert re.fullmatch(r"error file=[^:,]+,line=1,col=1,title=unknown-key", head)


def test_the_message_is_read_again_as_it_was_written():
    (line, _) = lines([error("x", "50 % of a: b, c", help="d")])
    data = line.split("::", 2)[2]
    assert data.replace("%0A", "\n").replace("%25", "%") == "50 % of a: b, c\nhelp: d"


def test_no_more_than_ten_of_a_kind_are_annotations_and_the_others_are_counted():
    found = [error("e", f"e{number}", Place("f", number)) for number in range(1, 14)]
    found += [warning("w", f"w{number}", Place("f", number)) for number in range(1, 12)]
    written = lines(found)
    assert [sum(line.startswith(f"::{kind} ") for line in written) for kind in ("error", "warning")] == [10, 10]
    assert written[20:24] == [f"- f:{number}: error: e{number} [e]" for number in (11, 12, 13)] + [
        "- f:11: warning: w11 [w]"
    ]
    assert written[-1].startswith("13 errors, 11 warnings; 4 of them are no annotations")
    assert len(written) == 25


def test_nothing_found_is_said():
    assert lines([]) == ["no problems"]
