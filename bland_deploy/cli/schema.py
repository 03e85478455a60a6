"""`bland-deploy schema`: the JSON Schema of a file format, or the list of those there are."""

from bland_deploy.cli.options import write_document
from bland_deploy.errors import ExitCode
from bland_deploy.operations.schemas import KINDS, make_schema
from bland_deploy.views.json import render_json


def run(kind: str | None) -> ExitCode:
    """Print the JSON Schema (draft 07) of a file format or of a document. Without KIND: list them."""
    if kind is None:
        write_document("".join(f"{name:<10} {known.summary}\n" for name, known in KINDS.items()))
    else:
        write_document(render_json(make_schema(kind)))
    return ExitCode.DONE
