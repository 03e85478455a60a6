"""Each case is a list, what is read from it (`LIST.txt`), and `LIST.options` where it needs any."""

import json
from pathlib import Path

import pytest

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.lists import ListFormat
from bland_deploy.model.recipient import LeftOut, Row
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows

CASES = Path(__file__).parent / "cases" / "formats"
LISTS = sorted(path.name for path in CASES.iterdir() if path.suffix not in {".txt", ".options"})


def shown(item):
    match item:
        case Row(line, values, call):
            overrides = "" if call is None else f"  call {json.dumps(call)}"
            return f"{line}: {json.dumps(values, ensure_ascii=False)}{overrides}"
        case LeftOut(line, outcome, problem):
            return f"{line}: {outcome}\n{shown(problem)}"
        case Diagnostic(rule, severity, message, place, way_out):
            return f"  {place}: {severity}[{rule}]: {message}\n  help: {way_out}"


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_as_written(name, golden):
    options = CASES / f"{name}.options"
    given = json.loads(options.read_text()) if options.exists() else {}
    source = read_rows(ListFormat(file=name, **given), Reach(CASES))
    read = [shown(item) for item in source.rows()]
    golden(CASES / f"{name}.txt", "\n".join([f"columns: {source.columns}", *read, ""]))
