"""`bland-deploy doctor`: what a person needs to know when something is wrong."""

import click

from bland_deploy.cli.options import Invocation, format_option, global_options, sources_of
from bland_deploy.errors import ExitCode


@click.command("doctor")
@click.option("--online", is_flag=True, help="Also ask the provider whether the key is right, and what time it is.")
@format_option("text", "json")
@global_options()
@click.pass_context
def command(ctx: click.Context, online: bool, format_: str) -> ExitCode:
    """Look at everything that a run depends on: files, keys, state, git, editors, and where each setting comes from.

    Nothing is changed, and no key is shown. It ends with the code that a run would end with.
    """
    from bland_deploy.cli.doctor import run

    return run(ctx.ensure_object(Invocation), sources_of(ctx), online=online, format_=format_)
