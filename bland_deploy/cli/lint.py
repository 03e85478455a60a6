"""`bland-deploy lint`: every problem, each with its place."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bland_deploy.cache import open_cache
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.root import find_root
from bland_deploy.diagnostics import Diagnostic, Severity, counted, is_at_least
from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.documents.files import Reader
from bland_deploy.documents.repository import folder_in_repository
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked
from bland_deploy.views.diagnostics.text import summary


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    format_: str,
    fail_level: str,
    output_file: Path | None,
    changed_since: str | None,
    no_cache: bool,
) -> ExitCode:
    """Show every problem of the campaign files in one run. Needs no key, no clock and no network."""
    fails = Severity(fail_level)
    found, checked = find_problems(invocation, campaigns, changed_since, use_cache=not no_cache)
    checked = checked._replace(fails=fails)
    if output_file is None:
        write_document(FORMATS[format_](found, checked, invocation.color(sys.stdout)))
    else:
        _write(output_file, FORMATS[format_](found, checked, False))
        invocation.say(f"{summary(found)}: see {output_file}")
    return ExitCode.INVALID if any(is_at_least(diagnostic, fails) for diagnostic in counted(found)) else ExitCode.DONE


def find_problems(
    invocation: Invocation, campaigns: Sequence[str], changed_since: str | None, *, use_cache: bool = True
) -> tuple[Sequence[Diagnostic], Checked]:
    """What is to be said of the named campaigns, of all when none is named, or of those that changed since a commit.

    What was found before in files of the same content is not looked for again.
    """
    root = find_root(invocation)
    cache = open_cache(root, _told(invocation)) if use_cache else None
    whole = cache.everything() if cache is not None and not campaigns and changed_since is None else None
    if whole is None:
        from bland_deploy.cli.linting import look  # noqa: PLC0415 - reads files as models, which takes most of the time

        return look(invocation, campaigns, changed_since, cache)
    names = (WORKSPACE_FILE, *whole.names)
    return whole.found, Checked(Reader(root).text_or_none, folder_in_repository(root), names)


def _told(invocation: Invocation) -> list[object]:
    """All that findings may depend on beside the files of the workspace."""
    files = [*invocation.variable_files, *map(Path, filter(None, [os.environ.get("BLAND_DEPLOY_VAR_FILE")]))]
    contents = [(str(file), _content(file)) for file in files]
    variables = sorted((name, value) for name, value in os.environ.items() if name.startswith("BLAND_DEPLOY_VAR"))
    return [invocation.environment, invocation.variables, contents, variables]


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _write(file: Path, text: str) -> None:
    try:
        file.write_bytes(text.encode("utf-8", "replace"))
    except OSError as problem:
        reason = (problem.strerror or "the system refuses").lower()
        raise InvalidInput(
            f"--output-file {file} cannot be written: {reason}", help="name a file that can be"
        ) from None
