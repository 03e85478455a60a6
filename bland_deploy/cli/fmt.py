"""`bland-deploy fmt`: campaign and workspace files in one form."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bland_deploy.cli.options import Invocation, write_aside, write_document
from bland_deploy.cli.root import find_root
from bland_deploy.documents.choose import choose_campaigns
from bland_deploy.documents.discover import WORKSPACE_FILE, find_campaigns
from bland_deploy.documents.load import load_campaign, load_workspace
from bland_deploy.errors import ExitCode
from bland_deploy.operations.fmt import Formatted, format_bytes, format_file, replace_text
from bland_deploy.settings import in_ci
from bland_deploy.views.diagnostics import text
from bland_deploy.views.diagnostics.checked import without_people
from bland_deploy.views.formatted import diff as render_diff

_STDIN = "-"
_USUAL = ["campaigns/*.yaml"]


def run(invocation: Invocation, files: Sequence[str], *, check: bool, diff: bool) -> ExitCode:
    """Bring files into their canonical form, or say what would change."""
    if list(files) == [_STDIN]:
        return _filter(invocation, check=check, diff=diff)
    paths = list(_paths(invocation, files))
    results = [(path, format_file(path, name)) for path, name in paths]
    changed = [(path, result) for path, result in results if result.is_changed]
    for path, result in changed:
        if diff:
            _show(invocation, result)
        elif check:
            write_document(f"{result.name}\n")
        else:
            replace_text(path, result.after or "")
            invocation.say(f"formatted {result.name}")
    failed = [result for _, result in results if result.after is None]
    for result in failed:
        _complain(invocation, result)
    _count(invocation, len(results) - len(failed), len(changed), written=not (check or diff))
    return ExitCode.INVALID if failed or (check and changed) else ExitCode.DONE


def _filter(invocation: Invocation, *, check: bool, diff: bool) -> ExitCode:
    """From stdin to stdout."""
    result = format_bytes(sys.stdin.buffer.read(), "<stdin>")
    if result.after is None:
        _complain(invocation, result)
        return ExitCode.INVALID
    if diff:
        _show(invocation, result)
    elif not check:
        write_document(result.after)
    return ExitCode.INVALID if check and result.is_changed else ExitCode.DONE


def _paths(invocation: Invocation, files: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """The files meant, each once, with the name by which messages call it."""
    folders = [*filter(None, [invocation.workspace]), Path()]
    paths = {name: folder / name for folder in reversed(folders) for name in files if (folder / name).is_file()}
    yield from ((paths[name], name) for name in dict.fromkeys(files) if name in paths)
    others = [name for name in files if name not in paths]
    if others or not files:
        root, names = _in_workspace(invocation, others)
        yield from ((root / name, name) for name in names)


def _in_workspace(invocation: Invocation, ids: Sequence[str]) -> tuple[Path, list[str]]:
    """The files of the campaigns that are named, or all files of the workspace."""
    loaded = load_workspace(find_root(invocation))
    names = find_campaigns(loaded.root, loaded.workspace.campaigns if loaded.workspace else _USUAL)
    if not ids:
        return loaded.root, [WORKSPACE_FILE, *names]
    everything = [load_campaign(loaded, name) for name in names]
    return loaded.root, [found.name for found in choose_campaigns(everything, ids, loaded.root, Path.cwd())]


def _show(invocation: Invocation, result: Formatted) -> None:
    before, after = result.before, result.after or ""
    if in_ci(os.environ):
        before, after = ("\n".join(without_people(text.split("\n"))) for text in (before, after))
    write_document(render_diff(result.name, before, after, color=invocation.color(sys.stdout)))


def _complain(invocation: Invocation, result: Formatted) -> None:
    write_aside(text.render(result.diagnostics, lambda _name: result.before, invocation.color(sys.stderr)))


def _count(invocation: Invocation, read: int, changed: int, *, written: bool) -> None:
    what = "formatted" if written else "would change"
    same = read - changed
    invocation.say(f"{changed} {what}, {same} unchanged" if changed else f"{same} unchanged")
