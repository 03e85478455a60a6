"""`bland-deploy no-pii`: nothing of real people in files that others can read."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.operations.no_pii import check_files
from bland_deploy.recipients.phone import is_country
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked


def run(invocation: Invocation, files: Sequence[str], country: str, format_: str) -> ExitCode:
    """Refuse lists of people and phone numbers in files."""
    if not is_country(country):
        raise InvalidInput("--country is no country that has phone numbers", help="two capitals, such as US or GB")
    folder = invocation.workspace or Path()
    found = check_files(folder, files or _tracked(folder), country)
    # sources are never shown: the lines hold what must not be seen
    write_document(FORMATS[format_](found, Checked(lambda _name: None), invocation.color(sys.stdout)))
    return ExitCode.INVALID if found else ExitCode.DONE


def _tracked(folder: Path) -> list[str]:
    """The files below a folder that git tracks."""
    try:
        listed = subprocess.run(  # noqa: S603 - a fixed command
            ["git", "-C", str(folder), "ls-files", "-z", "--cached"],  # noqa: S607 - the git that users have
            check=False,
            capture_output=True,
        )
    except OSError:
        listed = None
    if listed is None or listed.returncode:
        raise InvalidInput("git lists no files here", help="name the files, or go into a git repository")
    return [name for name in listed.stdout.decode("utf-8", "surrogateescape").split("\0") if name]
