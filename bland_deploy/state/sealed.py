"""The form of every JSON file of a log: canonical (sorted keys, no spaces, one newline) and carrying its own digest.

A file that was cut, altered or merged by hand is told from one that a newer version wrote.
"""

from hashlib import sha256
from typing import NoReturn, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from bland_deploy.errors import StateProblem

WAY_OUT = (
    "bring the state back as it was, from git or a backup; where there is none, `bland-deploy state adopt CAMPAIGN "
    "--replace` makes a new log out of what the provider lists and what is left of this one; until then nothing is sent"
)
_SEAL = "sha256"
Model = TypeVar("Model", bound=BaseModel)


class Damaged(StateProblem):
    """A file of the log is not what was written."""

    rule = "state-damaged"


class Forked(StateProblem):
    """Two copies of the log wrote the same entry, and a merge of them is left in the file."""

    rule = "state-forked"


class Newer(StateProblem):
    """A file of the log was written by a later version of this program."""

    rule = "state-newer"


def seal(model: BaseModel) -> bytes:
    """The bytes of a file of the log."""
    return _seal(model.model_dump(mode="json", exclude_none=True))


def unseal(name: str, data: bytes, model: type[Model]) -> Model:
    """The value in a file of the log called `name`. Raises Damaged, Forked or Newer."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError:
        _refuse(name, data)
    if not isinstance(document, dict) or document.pop(_SEAL, None) is None:
        raise Damaged(f"{name} is no file of the log", help=WAY_OUT)
    if _seal(document) != data:
        raise Damaged(f"{name} was altered: its content and its digest differ", help=WAY_OUT)
    try:
        return model.model_validate_json(orjson.dumps(document))
    except ValidationError:
        raise Newer(f"{name} was written by another version of bland-deploy", help="upgrade bland-deploy") from None


def _seal(document: dict[str, object]) -> bytes:
    content = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    sealed = {**document, _SEAL: sha256(content).hexdigest()}
    return orjson.dumps(sealed, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _refuse(name: str, data: bytes) -> NoReturn:
    if b"<<<<<<<" in data:
        raise Forked(f"{name} holds a merge conflict: two copies of the state were written to", help=WAY_OUT)
    if not data.endswith(b"\n"):
        raise Damaged(f"{name} is cut off after {len(data)} bytes", help=WAY_OUT)
    raise Damaged(f"{name} cannot be read: it is no JSON", help=WAY_OUT)
