"""`bland-deploy results`: what became of every call, collected, kept and written."""

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from bland_deploy.archive import FILE, open_archive
from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import Session, open_provider, open_session
from bland_deploy.errors import ExitCode, InvalidInput, Unavailable
from bland_deploy.operations.prepare import prepare
from bland_deploy.operations.results import Person, collect, find_rows, read_results, sent_batches
from bland_deploy.settings import in_ci
from bland_deploy.state.log import Log
from bland_deploy.views.mask import Privacy
from bland_deploy.views.results.shown import field_names, records
from bland_deploy.views.words import count

_TOLD_EVERY = 10_000


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
            collect(client, batches, archive, _Told(invocation), details=details)
        people = _people(session, logs, columns)
        names = field_names(columns, details=details, transcripts=transcripts)
        results = read_results(batches, archive, session.settings.state_key, people)
        written = _write(lines(records(results, names, privacy), names), out)
    if out is not None:
        invocation.say(f"Wrote {out.name}: {written:,} bytes.")
    return ExitCode.DONE


def _privacy(out: Path | None, *, show_pii: bool) -> Privacy:
    ci = in_ci(os.environ)
    if show_pii and ci and out is None:
        raise InvalidInput(
            "--show-pii is refused on the output of a CI job: it is kept and widely read", help="name a file with --out"
        )
    return Privacy(numbers=show_pii, row_values=show_pii or not ci)


def _format(name: str, out: Path | None):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a module's function
    if name == "parquet" and out is None:
        raise InvalidInput("Parquet is no text for a terminal", help="name a file with --out")
    try:
        return import_module(f"bland_deploy.views.results.{name}").lines
    except ModuleNotFoundError as missing:
        raise InvalidInput(
            f"Parquet needs {missing.name}, which is not installed", help='pip install "bland-deploy[parquet]"'
        ) from missing


class _Told:
    """Counts what came in, and says so now and then."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._calls = 0

    def __call__(self, calls: int) -> None:
        before, self._calls = self._calls, self._calls + calls
        if before // _TOLD_EVERY < self._calls // _TOLD_EVERY:
            self._invocation.say(f"{count(self._calls, 'call')} so far …")


def _people(session: Session, logs: Sequence[Log], columns: Sequence[str]) -> dict[bytes, Person]:
    """Where people stand in the lists of the campaigns that still have files."""
    key = session.settings.state_key
    wanted = {log.campaign: log.standing.rounds() for log in logs}
    found: dict[bytes, Person] = {}
    for loaded in session.campaigns([]) if key else ():
        prepared, _ = prepare(loaded, session.reach, session.settings.environment, session.variables)
        if prepared is not None and key is not None and prepared.campaign.campaign in wanted:
            found |= find_rows(prepared, wanted[prepared.campaign.campaign], key, columns)
    return found


def _write(lines: Iterable[bytes], out: Path | None) -> int:
    """To stdout, or to a file that is there whole or not at all."""
    if out is None:
        return sum(sys.stdout.buffer.write(line) for line in lines)
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            written = sum(file.write(line) for line in lines)
        partial.replace(out)
    except OSError as problem:
        raise Unavailable(f"{out.name} cannot be written: {problem.strerror}", help="name another file") from problem
    finally:
        partial.unlink(missing_ok=True)
    return written
