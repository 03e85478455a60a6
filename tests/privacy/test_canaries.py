"""Nothing that any command writes anywhere shows a person, a value of a row or a key, unless it was asked for."""

import json

import pytest

from tests.ci.forges import GitHubHandler, github_variables, serving
from tests.cli.workspace import Workspace
from tests.privacy.canaries import API_KEY, KEYS, NUMBERS, STATE_KEY, TOKEN, WORDS, people, seen
from tests.privacy.commands import CASES, LEAVES, OWN_FILES, PAGES_SHOW_VALUES, SHOWS_VALUES, formats
from tests.privacy.variants import VARIANTS, csv


@pytest.fixture(scope="module")
def github():
    with serving(GitHubHandler) as books:
        yield books


class Stage:
    """A workspace about the canaries, and every command run in it."""

    def __init__(self, folder, books):
        self.books = books
        self.workspace = Workspace(folder / "w")
        self.folder = self.workspace.root
        books.pulls.clear()
        books.pull(7, head="a" * 40).merge = "b" * 40
        self.files = set()

    def variables(self, *, ci):
        common = {"BLAND_API_KEY": API_KEY, "BLAND_DEPLOY_STATE_KEY": STATE_KEY}
        if not ci:
            return common
        event = self.folder / "event.json"
        head = {"sha": "a" * 40, "repo": {"full_name": "acme/calls"}}
        event.write_text(json.dumps({"pull_request": {"number": 7, "head": head}}))
        own = {"GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"), "GITHUB_OUTPUT": str(self.folder / "outputs")}
        return common | github_variables(self.books, GITHUB_SHA="b" * 40, GITHUB_EVENT_PATH=str(event), **own)

    def run(self, name, arguments, *, ci, **more):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            return self.workspace.run(*name.split(), *arguments, **(self.variables(ci=ci) | more))

    def written(self):
        """Every file but the user's own, and what the forge was told."""
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            if path.relative_to(self.folder).as_posix() not in self.files | OWN_FILES:
                yield str(path), path.read_bytes().decode(errors="replace")
        yield "the forge", json.dumps([request for _, _, request in self.books.asked], ensure_ascii=False)
        self.books.asked.clear()


@pytest.fixture
def stage(tmp_path, github):
    return Stage(tmp_path, github)


def leaks(stage, names, *, ci):
    """What the commands show that they must not: (how it was run, the canaries)."""
    stage.files = {path.relative_to(stage.folder).as_posix() for path in stage.folder.rglob("*") if path.is_file()}
    for name in names:
        for arguments in CASES[name]:
            for format_ in formats(LEAVES[name]):
                called = " ".join([name, *arguments])
                done = stage.run(name, [*arguments, *format_], ci=ci)
                assert done.code != 1, f"{called}: {done.everything}"
                if called == "apply --auto-approve" and format_ == ["--format", "json"]:
                    (stage.folder / "applied.json").write_text(done.out)
                on_a_page = name in PAGES_SHOW_VALUES and "html" in format_
                asked_for = not ci and (on_a_page or any(called.startswith(shows) for shows in SHOWS_VALUES))
                words = NUMBERS + KEYS + (() if asked_for else WORDS)
                yield from ((f"{called} {format_}", word, done.everything) for word in seen(done.everything, words))
    for path, text in stage.written():
        yield from ((path, word, text) for word in seen(text, NUMBERS + KEYS + WORDS))


@pytest.mark.parametrize("ci", [False, True], ids=["local", "ci"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_command_on_lists_shows_a_canary(stage, variant, ci):
    VARIANTS[variant](stage.workspace)
    names = ["lint", "render", "plan", "apply", *(["ci lint", "ci comment"] if ci else [])]
    assert list(leaks(stage, names, ci=ci)) == []


@pytest.mark.parametrize("ci", [False, True], ids=["local", "ci"])
def test_no_command_shows_a_canary_before_or_after_the_calls(stage, ci):
    csv(people())(stage.workspace)
    assert list(leaks(stage, [name for name in CASES if name != "sandbox reset"], ci=ci)) == []
    assert len(stage.workspace.rung()) == 2
    assert list(leaks(stage, CASES, ci=ci)) == []


def test_a_refused_token_is_not_shown(stage):
    csv(people())(stage.workspace)
    done = stage.run("ci comment", [], ci=True, GITHUB_TOKEN=TOKEN)
    assert done.code == 4
    assert seen(done.everything, NUMBERS + KEYS + WORDS) == []


def test_what_was_asked_for_locally_is_shown_and_in_ci_refused(stage):
    csv(people())(stage.workspace)
    assert seen(stage.run("plan", ["--payloads", "--show-pii"], ci=False).out, NUMBERS)
    assert stage.run("plan", ["--payloads", "--show-pii"], ci=True).code == 3
