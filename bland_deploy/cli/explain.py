"""`bland-deploy explain`: a rule, a key of a file, a field of the API, or the calling hours of a number."""

from bland_deploy.api.explain import describe as describe_field
from bland_deploy.cli.options import write_document
from bland_deploy.errors import ExitCode
from bland_deploy.operations.explain import explain
from bland_deploy.operations.explain_number import explain_number, is_number
from bland_deploy.views.fields import describe as describe_key
from bland_deploy.views.rules import describe as describe_rule
from bland_deploy.views.zones import describe as describe_zones


def run(name: str) -> ExitCode:
    """Explain a rule, a key of a campaign or workspace file, a field of the API, or the calling hours of a number.

    For example: explain odd-type, explain recipients.empty, explain voicemail.action, explain +14155550100
    """
    if is_number(name):
        write_document(describe_zones(*explain_number(name)) + "\n")
        return ExitCode.DONE
    found = explain(name)
    parts = [describe_rule(found.rule)] if found.rule else []
    parts += [describe_key(key) for key in found.keys]
    parts += [describe_field(found.field)] if found.field else []
    write_document("\n\n".join(parts) + "\n")
    return ExitCode.DONE
