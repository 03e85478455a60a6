"""What the house allows: sizes, names, explanations, directions of imports, and nothing private in the files."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "bland_deploy").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}

LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
# tables of data may be longer: path and reason
LONG_TABLES: dict[str, str] = {}

FORBIDDEN_WORDS = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def nodes(*kinds):
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield f"{name_of(path)}:{node.lineno} {node.name}", node


def public_nodes(path, tree):
    yield f"{name_of(path)}:1", tree
    for node in tree.body:
        is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if is_named and not node.name.startswith("_"):
            yield f"{name_of(path)}:{node.lineno} {node.name}", node


def tracked_texts():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix != ".png":  # chance writes anything into pictures
            yield name, path.read_bytes().decode("utf-8", errors="replace")


def found(pattern):
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1} {match[0].strip()}"
        for name, text in tracked_texts()
        for match in re.finditer(pattern, text)
    ]


def test_modules_are_short():
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE and name not in LONG_TABLES} == {}


def test_exceptions_for_long_tables_are_needed():
    assert [name for name in LONG_TABLES if len((ROOT / name).read_text().splitlines()) <= LONGEST_MODULE] == []


def test_functions_are_short():
    functions = nodes(ast.FunctionDef, ast.AsyncFunctionDef)
    sizes = {place: node.end_lineno - node.lineno + 1 for place, node in functions}
    assert {place: size for place, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def test_modules_and_classes_are_named_after_things():
    parts = {name_of(path): set(re.split(r"[/._]", name_of(path).lower())) for path in MODULES}
    parts |= {
        place: {word.lower() for word in re.findall(r"[A-Z][a-z]+", node.name)} for place, node in nodes(ast.ClassDef)
    }
    assert {place: words & FORBIDDEN_WORDS for place, words in parts.items() if words & FORBIDDEN_WORDS} == {}


def test_every_public_thing_says_what_it_is():
    everything = (pair for path, tree in TREES.items() for pair in public_nodes(path, tree))
    assert [place for place, node in everything if not ast.get_docstring(node)] == []


def test_imports_go_downward_only(capsys):
    config = str(ROOT / "pyproject.toml")
    assert lint_imports(config_filename=config, no_cache=True, no_logo=True) == 0, capsys.readouterr().out


PURE = ("api", "model", "planning", "prompts", "reports", "rules", "views", "windows")
IMPURE = {"httpx", "io", "os", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "time"}


def test_pure_packages_import_nothing_of_the_world():
    imports = {
        f"{name_of(path)}:{node.lineno}": {alias.name for alias in getattr(node, "names", ())}
        if isinstance(node, ast.Import)
        else {node.module}
        for path, tree in TREES.items()
        if path.relative_to(ROOT / "bland_deploy").parts[0] in PURE
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {place: names & IMPURE for place, names in imports.items() if names & IMPURE} == {}


# Numbers set aside for fiction, for documentation, or that cannot exist.
FICTIONAL = re.compile(
    r"1?\d{3}55501\d{0,4}"  # North America: any area code, 555-01XX; also its beginnings, and a digit too many
    r"|1?[01]\d{9}"  # North America: no area code begins with 0 or 1
    r"|447700900\d{3}|442079460\d{3}|441632960\d{3}"  # Ofcom's numbers for drama
    r"|3319900\d{4}"  # ARCEP's
    r"|61491570\d{3}"  # ACMA's
    r"|999\d*"  # no such country
    r"|80012345678"  # libphonenumber's example of a freephone number
    r"|0+|\d{0,8}"  # zeros; too short to ring anybody
)
WRITTEN_NUMBER = (
    r"(?<![\w.+])\+[1-9](?:[ ().-]{0,2}\d){8,14}(?!\w)|\(\d{3}\) ?\d{3}-\d{4}|(?<![\w-])\d{3}-\d{3}-\d{4}(?![\w-])"
)


def test_phone_numbers_are_fictional():
    numbers = found(WRITTEN_NUMBER)
    assert [hit for hit in numbers if not FICTIONAL.fullmatch(re.sub(r"\D", "", hit.split(" ", 1)[1]))] == []


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    hosts = ["pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "deb." + "debian"]
    folders = ["/" + name + "/" for name in ("root", "work", "farm")]
    places = [re.escape(host) for host in hosts] + [rf"(?<![\w.]){folder}" for folder in folders]
    assert found("|".join(places)) == []


def test_nothing_is_left_unfinished():
    assert found(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b") == []


def test_what_coverage_leaves_out_has_a_reason_on_its_line():
    assert found(r"pragma: no " + r"(?:cover|branch)(?! - \w)") == []
