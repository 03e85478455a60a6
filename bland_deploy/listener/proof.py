"""Who vouches for a delivery: a signature under our secret, or a token of the provider (API reference, 8.3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from bland_deploy.api.webhooks import SIGNATURE, is_signed

CheckToken = Callable[[str], bool]
_BEARER = "bearer "


class Proof(Enum):
    """What a delivery shows of its sender."""

    GOOD = "good"
    NONE = "none"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Trust:
    """What we can check: the signing secret, and a function that checks a token; each None where none is configured."""

    secret: str | None = None
    token: CheckToken | None = None

    def judge(self, headers: Mapping[str, str], body: bytes) -> Proof:
        """What the headers prove. Names of headers are in lower case. One wrong proof spoils all."""
        shown = []
        signature, authorization = headers.get(SIGNATURE), headers.get("authorization", "")
        if self.secret is not None and signature is not None:
            shown.append(is_signed(body, signature, self.secret))
        if self.token is not None and authorization.lower().startswith(_BEARER):
            shown.append(self.token(authorization[len(_BEARER) :].strip()))
        if not shown:
            return Proof.NONE
        return Proof.GOOD if all(shown) else Proof.FORGED
