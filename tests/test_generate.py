"""The script that keeps schemas, documents and shown output fresh."""

import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script():
    loader = SourceFileLoader("generate", str(ROOT / "scripts/generate"))
    module = module_from_spec(spec_from_loader("generate", loader))
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = writes
    return module


def said(command, code):
    return f"said {command} {code}\n"


def test_a_block_is_made_where_there_is_only_its_mark(script):
    text = "before\n<!-- output: tool plan -->\nafter\n"
    filled = "before\n<!-- output: tool plan -->\n```console\n$ tool plan\nsaid tool plan 0\n```\nafter\n"
    assert script.fill(text, said) == filled


def test_a_comment_stands_between_its_marks_as_it_is(script):
    ran = []

    def run(command, code):
        ran.append(command)
        return "### Planned\n" if command == "cat summary.md" else "said\n"

    text = "<!-- run: a -->\n\n<!-- comment: tool ci -->\nold\n<!-- end of the comment -->\n<!-- run: b -->\n"
    filled = (
        "<!-- run: a -->\n\n<!-- comment: tool ci -->\n\n### Planned\n\n<!-- end of the comment -->\n<!-- run: b -->\n"
    )
    assert script.fill(text, run) == filled
    assert ran == ["a", "rm -f summary.md; tool ci", "cat summary.md", "b"]
    assert script.fill(filled, run) == filled


def test_a_filled_document_stays_as_it_is(script):
    once = script.fill("<!-- output (exit 3): tool lint -->\n\n```console\nanother\n```\n", said)
    assert "said tool lint 3" in once
    assert "another" in once
    assert script.fill(once, said) == once


def test_old_output_is_replaced(script):
    text = "<!-- output: a -->\n```console\n$ a\nold\n\n```\ntext\n<!-- output: b -->\n```console\nold\n```\n"
    filled = script.fill(text, said)
    assert "old" not in filled
    assert "text\n" in filled
    assert filled.count("```console\n") == 2


def test_steps_between_run_in_order_and_are_not_shown(script):
    ran = []

    def run(command, code):
        ran.append(command)
        return f"{len(ran)}\n"

    assert script.fill("<!-- run: one -->\n<!-- output: two -->\n", run) == (
        "<!-- run: one -->\n<!-- output: two -->\n```console\n$ two\n2\n```\n"
    )
    assert ran == ["one", "two"]


def test_commands_of_one_document_share_a_copy_of_the_examples(script):
    with script.example_workspace() as run:
        assert "bland-deploy.yaml" in run("ls", 0)
        run("rm bland-deploy.yaml", 0)
        assert "bland-deploy.yaml" not in run("ls", 0)
        assert run("printf %s 'no end of line'", 0) == "no end of line\n"
        assert run("echo $BLAND_DEPLOY_AT $CI", 0) == f"{script.PINNED}\n"
    assert (ROOT / "bland-deploy.yaml").exists()


def test_an_unexpected_exit_code_stops(script):
    with script.example_workspace() as run:
        assert run("exit 3", 3) == ""
        with pytest.raises(SystemExit, match="ended with 1, not 0"):
            run("echo oh; exit 1", 0)


def test_ids_drawn_at_random_make_nothing_stale(script):
    one = "batch 02caede0-b24e-407c-ada8-d0d0bfae2232 and UTqwkIYWiks81qAf-gen-batch, 3 calls"
    other = "batch 29f6fb64-3893-4311-a620-79e09dcdc8c2 and FvTqje91ZOMb$Egz-gen-batch, 3 calls"
    assert script.is_same(one, other)
    assert not script.is_same(one, other.replace("3", "4"))


def test_an_unknown_argument_is_refused_with_the_usage():
    command = [sys.executable, ROOT / "scripts/generate", "--chek"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "--check" in ended.stderr
