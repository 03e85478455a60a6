"""Variables from the command line, files and the environment, weakest first: BLAND_DEPLOY_VAR_*, --var-file, --var.

BLAND_DEPLOY_VAR and BLAND_DEPLOY_VAR_FILE stand for the flags where these are not given.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bland_deploy.diagnostics import has_errors
from bland_deploy.documents.nodes import Mapping as MappingNode
from bland_deploy.documents.nodes import data
from bland_deploy.documents.read import read_document
from bland_deploy.errors import InvalidInput
from bland_deploy.model.json import Json, JsonObject

PREFIX = "BLAND_DEPLOY_VAR_"
_VAR = "BLAND_DEPLOY_VAR"
_VAR_FILE = PREFIX + "FILE"
"""The variable of the flag --var-file itself; a variable named FILE has to come from elsewhere."""


def read_variables(
    assignments: Iterable[str], files: Iterable[Path], environment_variables: Mapping[str, str]
) -> JsonObject:
    """All variables by name. Those of the environment and of --var are text; files keep their types.

    Raises InvalidInput for an assignment without a name or a `=`, and for files that are no mapping.
    """
    variables: JsonObject = {
        name.removeprefix(PREFIX): value
        for name, value in environment_variables.items()
        if name.startswith(PREFIX) and name != _VAR_FILE and len(name) > len(PREFIX)
    }
    given_file, given = environment_variables.get(_VAR_FILE), environment_variables.get(_VAR)
    for file in [*files] or ([Path(given_file)] if given_file else []):
        variables |= _read_file(file)
    for assignment in [*assignments] or ([given] if given else []):
        name, equals, value = assignment.partition("=")
        if not name or not equals:
            raise InvalidInput("--var needs NAME=VALUE", help="for example --var company=Acme")
        variables[name] = value
    return variables


def _read_file(file: Path) -> dict[str, Json]:
    resolved = file.resolve()
    node, diagnostics = read_document(resolved.parent, resolved.name)
    if has_errors(diagnostics) or not isinstance(node, MappingNode):
        raise InvalidInput(
            f"--var-file {file} is not a file of variables", help="write NAME: VALUE lines", diagnostics=diagnostics
        )
    content = data(node)
    assert isinstance(content, dict)
    return content
