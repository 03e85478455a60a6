"""The locks and the wheel: what is installed is what is written down."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(kind):
    text = (ROOT / f"requirements/{kind}.txt").read_text()
    return {match[1]: match[2] for match in re.finditer(r"^([a-z0-9-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE)}


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_the_lock_satisfies_what_the_project_asks_for(kind):
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    if kind == "dev":
        asked += PROJECT["project"]["optional-dependencies"]["dev"]
    locked = pins(kind)
    requirements = [Requirement(line) for line in asked]
    lacking = [str(each) for each in requirements if locked.get(canonicalize_name(each.name), "") not in each.specifier]
    assert lacking == [], "run scripts/lock"


def test_the_build_backend_of_the_lock_is_the_one_that_builds():
    assert set(PROJECT["build-system"]["requires"]) <= set(PROJECT["dependency-groups"]["build"])


def test_both_locks_hold_the_same_versions():
    assert pins("run").items() <= pins("dev").items()


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_every_pin_has_hashes_and_no_address(kind):
    blocks = re.split(r"\n(?=\S)", (ROOT / f"requirements/{kind}.txt").read_text())
    assert [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []
    assert [block for block in blocks if re.search(r"://|--(?:extra-)?index|--find-links", block)] == []


def test_the_wheel_holds_the_templates_and_the_marker_of_types(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    kept = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bland_deploy").rglob("*")
        if path.is_file() and not re.search(r"/(__pycache__|\.)", path.relative_to(ROOT).as_posix())
    }
    assert kept <= packed
    assert "bland_deploy/scaffold/templates/campaigns/hello.yaml" in packed
    assert not any(name.startswith(("tests/", "campaigns/", "requirements/")) for name in packed)
