"""`bland-deploy explain`: a rule, a key of a file, or a field of the API."""

from bland_deploy.api.explain import describe as describe_field
from bland_deploy.cli.options import write_document
from bland_deploy.errors import ExitCode
from bland_deploy.operations.explain import explain
from bland_deploy.views.fields import describe as describe_key
from bland_deploy.views.rules import describe as describe_rule


def run(name: str) -> ExitCode:
    """Explain a rule, a key of a campaign or workspace file, or a field of the API.

    For example: explain odd-type, explain recipients.empty, explain voicemail.action
    """
    found = explain(name)
    parts = [describe_rule(found.rule)] if found.rule else []
    parts += [describe_key(key) for key in found.keys]
    parts += [describe_field(found.field)] if found.field else []
    write_document("\n\n".join(parts) + "\n")
    return ExitCode.DONE
