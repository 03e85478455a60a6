"""Options that several commands share, and what they add up to: one `Invocation`."""

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Invocation:
    """What the global options say. They may stand before or behind the command; the last one wins."""

    workspace: Path | None = None
    environment: str | None = None
    variables: list[str] = field(default_factory=list)
    variable_files: list[Path] = field(default_factory=list)
    round: str | None = None
    no_color: bool = False
    quiet: bool = False
    verbose: bool = False

    def color(self, stream: Any) -> bool:
        """Whether a stream gets colours: NO_COLOR wins, then FORCE_COLOR, then whether it is a terminal."""
        if self.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE"):
            return True
        return bool(stream.isatty())

    def say(self, text: str) -> None:
        """A line for people, on stderr, unless they asked for quiet."""
        if not self.quiet:
            write_aside(f"{text}\n")


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def store(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        invocation = ctx.ensure_object(Invocation)
        if isinstance(value, tuple):
            getattr(invocation, name).extend(value)
        elif value:
            setattr(invocation, name, value)

    return store


Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def completing(what: str) -> Complete:
    """What the shell offers for a value: `what` is a key of `cli.complete.FINDERS`."""

    def complete(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from bland_deploy.cli.complete import offers  # noqa: PLC0415 - only while a command line is written

        return offers(what, ctx, incomplete)

    return complete


_GLOBAL: tuple[tuple[tuple[str, ...], str, dict[str, Any]], ...] = (
    (
        ("-C", "--workspace"),
        "workspace",
        {"type": click.Path(path_type=Path), "help": "The folder with bland-deploy.yaml."},
    ),
    (
        ("-e", "--env"),
        "environment",
        {"help": "The environment to work with.", "shell_complete": completing("environments")},
    ),
    (("--var",), "variables", {"multiple": True, "help": "Set a variable: NAME=VALUE."}),
    (
        ("--var-file",),
        "variable_files",
        {"multiple": True, "type": click.Path(path_type=Path), "help": "Set variables from a YAML or JSON file."},
    ),
    (("--no-color",), "no_color", {"is_flag": True, "help": "No colours."}),
    (("-q", "--quiet"), "quiet", {"is_flag": True, "help": "Say less."}),
    (("-v", "--verbose"), "verbose", {"is_flag": True, "help": "Say more."}),
)
# Many values in one variable have no way of writing; BLAND_DEPLOY_VAR_NAME sets a variable.
_WITHOUT_VARIABLE = frozenset({"variables"})


def global_options(*, environment_variables: bool = False) -> Callable[[Command], Command]:
    """The options of every command. Only the group reads their environment variables, so that they count once."""

    def decorate(command: Command) -> Command:
        for flags, name, settings in reversed(_GLOBAL):
            variable = f"BLAND_DEPLOY_{flags[-1].lstrip('-').replace('-', '_').upper()}"
            reads = environment_variables and name not in _WITHOUT_VARIABLE
            option = click.option(
                *flags, expose_value=False, callback=_set(name), envvar=variable if reads else None, **settings
            )
            command = option(command)
        return command

    return decorate


def sources_of(ctx: click.Context) -> dict[str, str]:
    """What set each global option, by the name of its flag: the flag, a variable, or "default"."""
    sources = {}
    for flags, _, _ in _GLOBAL:
        name = flags[-1].lstrip("-").replace("-", "_")
        given = {asked.get_parameter_source(name) for asked in (ctx, ctx.find_root())}
        if click.core.ParameterSource.COMMANDLINE in given:
            sources[flags[-1]] = "flag"
        else:
            is_variable = click.core.ParameterSource.ENVIRONMENT in given
            sources[flags[-1]] = f"BLAND_DEPLOY_{name.upper()}" if is_variable else "default"
    return sources


def format_option(*formats: str) -> Callable[[Command], Command]:
    """`--format`, the first being the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        envvar="BLAND_DEPLOY_FORMAT",
        help="How the document is written.",
    )


campaigns_argument = click.argument("campaigns", nargs=-1, shell_complete=completing("campaigns"))

show_pii_option = click.option("--show-pii", is_flag=True, help="Show phone numbers unmasked. Refused on stdout in CI.")
"""Never read from the environment: no variable may reveal anything."""

calls_option = click.option(
    "--calls", is_flag=True, envvar="BLAND_DEPLOY_CALLS", help="Ask for each call: outcomes and cost."
)

at_option = click.option(
    "--at", metavar="TIME", envvar="BLAND_DEPLOY_AT", help="Pin the time of the run (ISO 8601 with an offset)."
)


round_option = click.option(
    "--round",
    metavar="R",
    envvar="BLAND_DEPLOY_ROUND",
    expose_value=False,
    callback=_set("round"),
    help="The round, in place of the campaigns' own: for jobs that recur.",
)


def write_aside(text: str) -> None:
    """Words for people to stderr. Nobody there to read them is no failure."""
    with suppress(BrokenPipeError):
        click.echo(text, err=True, nl=False)


def write_document(text: str) -> None:
    """A document to stdout, as UTF-8, whatever the terminal says."""
    write_pieces([text.encode("utf-8", "replace")])


def write_pieces(pieces: Iterable[bytes]) -> None:
    """Bytes to stdout, piece by piece. A reader who has left is no failure."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
