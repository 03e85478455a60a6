"""Templates with what becomes of them, in cases/*.txt. `python -m tests.prompts.test_cases` writes what is so now."""

from pathlib import Path

import pytest

from tests.prompts.workspace import CASES, Case, describe, read_cases

ALL = [(path, case) for path in sorted(CASES.glob("*.txt")) for case in read_cases(path)]


@pytest.mark.parametrize(("path", "case"), ALL, ids=[f"{path.stem}: {case.title}" for path, case in ALL])
def test_a_template_becomes_what_its_case_says(path: Path, case: Case):
    assert describe(case) == case.expected


def _rewrite(path: Path) -> None:
    head = path.read_bytes().decode().split("\n## ")[0]
    parts = [head]
    for case in read_cases(path):
        options = "".join(f"\n{key}: {value}" for key, value in case.options.items())
        template = case.template.replace("\r", "\\r")
        parts.append(f"{case.title}{options}\n<<<\n{template}\n>>>\n{describe(case)}\n")
    path.write_bytes("\n## ".join(parts).encode())


if __name__ == "__main__":
    for found in sorted(CASES.glob("*.txt")):
        _rewrite(found)
