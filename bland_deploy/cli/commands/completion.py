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
    """Print the completion script of a shell. It offers campaigns and environments too.

    \b
    bash: bland-deploy completion bash > ~/.local/share/bash-completion/completions/bland-deploy
    zsh:  bland-deploy completion zsh > FOLDER/_bland-deploy    (FOLDER is one of your $fpath)
    fish: bland-deploy completion fish > ~/.config/fish/completions/bland-deploy.fish
    """  # noqa: D301 - to click the character itself keeps lines apart
    complete = get_completion_class(shell)
    assert complete is not None
    write_document(complete(ctx.find_root().command, {}, "bland-deploy", "_BLAND_DEPLOY_COMPLETE").source() + "\n")
    return ExitCode.DONE
