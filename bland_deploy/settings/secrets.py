"""Keys that files only refer to: where they are found, and a value that never shows itself."""

import os
import stat
from pathlib import Path
from typing import NoReturn

from bland_deploy.errors import AuthenticationFailed
from bland_deploy.model.references import SecretReference
from bland_deploy.model.workspace import Environment
from bland_deploy.settings.target import inside
from bland_deploy.settings.variables import API_KEY, Variables

SANDBOX_KEY = "sk-sandbox"
_MOST_BYTES = 8192


class Secret:
    """A value that shows itself to `reveal` only, never in a representation, a message or a pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def read_api_key(environment: Environment, root: Path, variables: Variables) -> Secret:
    """The API key; the sandbox has one of its own, and BLAND_API_KEY is read where the file names none."""
    if environment.provider == "sandbox":
        return Secret(SANDBOX_KEY)
    return read_secret(environment.api_key or SecretReference(env=API_KEY, file=None), root, variables)


def read_secret(reference: SecretReference, root: Path, variables: Variables, *, words: bool = False) -> Secret:
    """The secret that a reference names. Raises AuthenticationFailed where it is missing, empty or of a wrong form.

    A secret of several `words`, such as a request header, may hold spaces.
    """
    if reference.env is not None:
        source = f"the environment variable {reference.env}"
        value = variables.get(reference.env)
        if value is None:
            raise AuthenticationFailed(f"{source} is not set", help=f"set {reference.env} to the key")
    else:
        source = f"the file {reference.file}"
        value = _read_file(root, reference.file or "", source)
    if not value.strip():
        raise AuthenticationFailed(f"{source} is empty", help="put the key there")
    if not value.isascii() or not value.isprintable() or (" " in value and not words):
        raise AuthenticationFailed(
            f"{source} holds a space, a line break or another character that no key has",
            help="paste the key again, without anything before or after it",
        )
    return Secret(value)


def _read_file(root: Path, name: str, source: str) -> str:
    """The content of a small file inside the workspace less its last line break."""
    path = inside(root, name, source)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(_MOST_BYTES + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
        text = content.decode("utf-8")
    except (OSError, ValueError) as problem:
        raise AuthenticationFailed(f"{source} cannot be read", help="write the key to that file") from problem
    if len(content) > _MOST_BYTES:
        raise AuthenticationFailed(f"{source} is too large for a key")
    return text.removesuffix("\n").removesuffix("\r")
