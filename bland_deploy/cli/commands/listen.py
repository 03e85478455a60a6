"""`bland-deploy listen`: receive the provider's webhooks."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import Invocation, global_options
from bland_deploy.errors import ExitCode

USUAL_PORT = 8788


@click.command("listen")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="BLAND_DEPLOY_HOST", help="Where to listen.")
@click.option(
    "--port", default=USUAL_PORT, show_default=True, envvar="BLAND_DEPLOY_PORT", help="Port; 0 takes a free one."
)
@click.option(
    "--path", default="/", show_default=True, envvar="BLAND_DEPLOY_PATH", help="The path that takes webhooks."
)
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    envvar="BLAND_DEPLOY_DB",
    help="File of the events. [default: .bland-deploy/events.sqlite, where `status` and `wait` look]",
)
@click.option(
    "--most-bytes",
    type=click.IntRange(1),
    default=5_000_000,
    show_default=True,
    envvar="BLAND_DEPLOY_MOST_BYTES",
    help="How large a webhook may be.",
)
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Receive the provider's webhooks until it is stopped, and record what the provider vouches for.

    An event is answered with 2xx once it is durable, and recorded once however often it is delivered. No number, name
    or transcript is kept. Needs the extra `listen`.
    """
    from bland_deploy.cli.listen import run

    return run(invocation, **options)
