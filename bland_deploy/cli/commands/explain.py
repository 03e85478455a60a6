"""`bland-deploy explain`: a rule, a key of a file, a field of the API, or the calling hours of a number."""

import click

from bland_deploy.cli.options import completing, global_options
from bland_deploy.errors import ExitCode


@click.command("explain")
@click.argument("name", metavar="RULE_OR_FIELD", shell_complete=completing("explained"))
@global_options()
def command(name: str) -> ExitCode:
    """Explain a rule, a key of a campaign or workspace file, a field of the API, or the calling hours of a number.

    For example: explain odd-type, explain recipients.empty, explain voicemail.action, explain +14155550100
    """
    from bland_deploy.cli.explain import run

    return run(name)
