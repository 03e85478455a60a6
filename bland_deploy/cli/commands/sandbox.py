"""`bland-deploy sandbox`: the simulator over HTTP, and its reset."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import Invocation, global_options
from bland_deploy.errors import ExitCode
from bland_deploy.sandbox.usual import USUAL_PORT, USUAL_SPEED


@click.group("sandbox")
@global_options()
def command() -> None:
    """Run the simulator of the API."""


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="BLAND_DEPLOY_HOST", help="Where to listen.")
@click.option(
    "--port", default=USUAL_PORT, show_default=True, envvar="BLAND_DEPLOY_PORT", help="Port; 0 takes a free one."
)
@click.option(
    "--db", type=click.Path(path_type=Path), envvar="BLAND_DEPLOY_DB", help="File of the books; in memory without it."
)
@click.option("--seed", default=0, show_default=True, envvar="BLAND_DEPLOY_SEED", help="Which outcomes calls have.")
@click.option(
    "--speed", default=USUAL_SPEED, show_default=True, envvar="BLAND_DEPLOY_SPEED", help="Sandbox seconds a second."
)
@click.option(
    "--webhooks", metavar="URL", envvar="BLAND_DEPLOY_WEBHOOKS", help="Deliver every webhook to this address."
)
@click.option(
    "--faults",
    type=click.Path(path_type=Path),
    envvar="BLAND_DEPLOY_FAULTS",
    help="A plan of what goes wrong on purpose (docs/faults.md).",
)
def serve_command(**options: Any) -> ExitCode:
    """Serve the simulator over HTTP until it is stopped. Any key that begins with sk- is an account of its own."""
    from bland_deploy.cli.sandbox import serve_command

    return serve_command(**options)


@command.command("reset")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@global_options()
@click.pass_obj
def reset(invocation: Invocation, yes: bool) -> ExitCode:
    """Empty the embedded sandbox: its books, and the state of the environment that uses it."""
    from bland_deploy.cli.sandbox import reset

    return reset(invocation, yes)
