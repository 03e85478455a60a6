"""The one place where failures become words and exit codes. No traceback reaches a user."""

import os
import sys
from collections.abc import Sequence

import click

from bland_deploy.cli.app import app
from bland_deploy.cli.options import Invocation, write_aside, write_document
from bland_deploy.errors import DeployError, ExitCode, Interrupted, InvalidInput, SecondSignal, Unfinished


def run(arguments: Sequence[str]) -> int:  # noqa: PLR0911 - one return for each kind of failure
    """Run the command line and return its exit code."""
    try:
        result = app.main(list(arguments), prog_name="bland-deploy", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.DONE
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as problem:
        return _usage(problem, arguments)
    except (click.Abort, KeyboardInterrupt):
        return _stopped(ExitCode.INTERRUPTED, arguments)
    except SecondSignal as stop:
        return _stopped(stop.code, arguments)
    except DeployError as problem:
        if isinstance(problem, Unfinished) and not isinstance(problem.__cause__, DeployError):
            problem.help = _report(problem.__cause__)
        return _failure(problem, arguments)
    except Exception as problem:  # noqa: BLE001 - the boundary: whatever it is, no traceback reaches a user
        return _unexpected(problem, arguments)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the caller reads JSON, as far as the raw arguments tell: usage errors come before parsing."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    named = any(first == "--format=json" or (first, second) == ("--format", "json") for first, second in pairs)
    given = any(argument.startswith("--format") for argument in arguments)
    return named or (not given and os.environ.get("BLAND_DEPLOY_FORMAT") == "json")


def _usage(problem: click.ClickException, arguments: Sequence[str]) -> int:
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    command = context.command_path if context else "bland-deploy"
    failure = InvalidInput(problem.format_message(), help=f"see `{command} --help`")
    failure.rule = "usage"
    return _failure(failure, arguments)


def _stopped(code: ExitCode, arguments: Sequence[str]) -> int:
    return _failure(Interrupted("interrupted", code, outcome="what was sent is in the state"), arguments)


def _failure(problem: DeployError, arguments: Sequence[str]) -> int:
    if wants_json(arguments):
        from bland_deploy.views.failure import failure_json  # noqa: PLC0415 - only on failure

        write_document(failure_json(problem))
    else:
        from bland_deploy.views.failure import failure_text  # noqa: PLC0415 - only on failure

        write_aside(failure_text(problem, color=_color(arguments)))
    return problem.exit_code


def _color(arguments: Sequence[str]) -> bool:
    return Invocation(no_color="--no-color" in arguments).color(sys.stderr)


def _unexpected(problem: Exception, arguments: Sequence[str]) -> int:
    """An error of ours: a sentence for the user."""
    failure = DeployError(
        f"unexpected error ({type(problem).__name__}); this is a fault of bland-deploy",
        help=_report(problem),
    )
    return _failure(failure, arguments)


def _report(problem: BaseException | None) -> str:
    """Where a report for us lies, without the values of variables."""
    assert problem is not None
    import tempfile  # noqa: PLC0415 - only on failure
    import traceback  # noqa: PLC0415 - only on failure

    with tempfile.NamedTemporaryFile("w", prefix="bland-deploy-", suffix=".log", delete=False) as report:
        frames = traceback.extract_tb(problem.__traceback__)
        report.write(f"{type(problem).__name__}\n" + "".join(traceback.format_list(frames)))
    return f"report it with {report.name}, which holds no data of yours"
