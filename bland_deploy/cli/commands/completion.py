"""`bland-deploy completion SHELL`: the script that a shell loads."""

import click
from click.shell_completion import get_completion_class

from bland_deploy.cli.options import global_options, write_document
from bland_deploy.errors import ExitCode


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@global_options()
@click.pass_context
def command(ctx: click.Context, shell: str) -> ExitCode:
    """Print the completion script of a shell.

    For bash: bland-deploy completion bash > ~/.local/share/bash-completion/completions/bland-deploy
    """
    complete = get_completion_class(shell)
    assert complete is not None
    write_document(complete(ctx.find_root().command, {}, "bland-deploy", "_BLAND_DEPLOY_COMPLETE").source() + "\n")
    return ExitCode.DONE
