"""`bland-deploy results`: what became of every call, collected, kept and written."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from bland_deploy.archive import FILE, open_archive
from bland_deploy.cli.collecting import Told, heed_calls, people_of_lists, write_file
from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_pieces
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.model.json import JsonObject
from bland_deploy.operations.provider.results import collect, read_results, sent_batches
from bland_deploy.settings import in_ci
from bland_deploy.views.mask import Privacy
from bland_deploy.views.results.shown import field_names, records

Lines = Callable[[Iterable[JsonObject], Sequence[str]], Iterator[bytes]]


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    out: Path | None,
    details: bool,
    transcripts: bool,
    columns: Sequence[str],
    show_pii: bool,
    format_: str,
) -> ExitCode:
    """Collect what is not known yet of the named campaigns' calls, and write all that is known."""
    privacy = _privacy(out, show_pii=show_pii)
    lines = _format(format_, out)
    details = details or transcripts
    session = open_session(invocation, needs_key=True)
    logs = logs_of(session, campaigns)
    batches = sent_batches(logs, session.round)
    with open_archive(session.root / FILE) as archive:
        with open_provider(session.settings) as client:
            collect(client, batches, archive, Told(invocation), details=details)
        heed_calls(invocation, session, batches, archive)
        people = people_of_lists(session, logs, columns)
        names = field_names(columns, details=details, transcripts=transcripts)
        results = read_results(batches, archive, session.settings.state_key, people)
        pieces = lines(records(results, names, privacy), names)
        if out is None:
            write_pieces(pieces)
        else:
            invocation.say(f"Wrote {out.name}: {write_file(pieces, out):,} bytes.")
    return ExitCode.DONE


def _privacy(out: Path | None, *, show_pii: bool) -> Privacy:
    ci = in_ci(os.environ)
    if show_pii and ci and out is None:
        raise InvalidInput(
            "--show-pii is refused on the output of a CI job: it is kept and widely read", help="name a file with --out"
        )
    return Privacy(numbers=show_pii, row_values=show_pii or not ci)


def _format(name: str, out: Path | None) -> Lines:
    if name == "parquet" and out is None:
        raise InvalidInput("Parquet is no text for a terminal", help="name a file with --out")
    try:
        module = import_module(f"bland_deploy.views.results.{name}")
    except ModuleNotFoundError as missing:
        raise InvalidInput(
            f"Parquet needs {missing.name}, which is not installed", help='pip install "bland-deploy[parquet]"'
        ) from missing
    lines: Lines = module.lines
    return lines
