"""Secrets taken out of texts that people will see."""

import re
from collections.abc import Iterable

MASK = "•••"
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, and without user names and passwords in addresses."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _USER_INFO.sub(f"{MASK}@", text)
