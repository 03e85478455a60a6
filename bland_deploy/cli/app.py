"""The table of commands, imported one at a time, so that `--help` costs what click costs."""

from importlib import import_module
from typing import NamedTuple

import click

from bland_deploy import __version__
from bland_deploy.cli.options import Invocation, global_options


class Entry(NamedTuple):
    """Where a command lives, and its line in the help."""

    module: str
    summary: str


COMMANDS: dict[str, Entry] = {
    "init": Entry("init", "Write a workspace that lints and applies to the sandbox at once."),
    "lint": Entry("lint", "Show every problem of the campaign files in one run."),
    "fmt": Entry("fmt", "Bring campaign and workspace files into one form."),
    "no-pii": Entry("no_pii", "Refuse lists of people and phone numbers in files that others can read."),
    "render": Entry("render", "Show the exact requests of a campaign, ignoring state."),
    "plan": Entry("plan", "Show what apply would send, and why the rest is left out."),
    "apply": Entry("apply", "Plan, ask, send, record."),
    "reconcile": Entry("reconcile", "Settle held and unfinished sends against the provider."),
    "status": Entry("status", "Show how the batches that were sent are doing."),
    "wait": Entry("wait", "Wait until every batch that was sent is final."),
    "stop": Entry("stop", "Stop batches that were sent."),
    "suppress": Entry("suppress", "Keep people from being called by any campaign."),
    "results": Entry("results", "Write what became of every call."),
    "report": Entry("report", "Add up what became of the calls."),
    "listen": Entry("listen", "Receive the provider's webhooks."),
    "state": Entry("state", "Look at the log of what was sent, and mend it."),
    "ci": Entry("ci", "Tell the pull request of a CI job what would be dialled, and what was."),
    "schema": Entry("schema", "Print the JSON Schema of a file format."),
    "rules": Entry("rules", "List the rules that lint, plan and apply check."),
    "explain": Entry("explain", "Explain a rule or a field of the API."),
    "sandbox": Entry("sandbox", "Run the simulator of the API."),
    "probe": Entry("probe", "Settle what the provider's documents leave open, with calls to numbers of your own."),
    "doctor": Entry("doctor", "Look at everything that a run depends on."),
    "completion": Entry("completion", "Print the completion script of a shell."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(f"bland_deploy.cli.commands.{entry.module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Campaigns are named by id or path; none named means all. Every flag also reads BLAND_DEPLOY_<FLAG>.",
)
@click.version_option(__version__, prog_name="bland-deploy", message="%(prog)s %(version)s")
@global_options(environment_variables=True)
@click.pass_context
def app(ctx: click.Context) -> None:
    """Phone campaigns as code: lint, plan, apply, and nobody is rung twice."""
    ctx.ensure_object(Invocation)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
