"""`bland-deploy rules`: everything that lint, plan and apply check."""

from bland_deploy.cli.options import write_document
from bland_deploy.errors import ExitCode
from bland_deploy.rules.registry import RULES
from bland_deploy.views.rules import FORMATS


def run(format_: str) -> ExitCode:
    """List the rules that lint, plan and apply check. `explain RULE` tells more of one."""
    write_document(FORMATS[format_](RULES))
    return ExitCode.DONE
