"""Tokens by which an enterprise account vouches for its webhooks: RS256, with published keys (API reference, 8.3)."""

from pathlib import Path

import jwt
import orjson

from bland_deploy.errors import InvalidInput
from bland_deploy.listener.proof import CheckToken
from bland_deploy.model.workspace import WebhookTokens

_ALGORITHMS = ["RS256"]
_NEEDED = ["exp", "iat"]


def check_tokens(tokens: WebhookTokens, root: Path) -> CheckToken:
    """The function that says whether a token is good now: signed by a published key, for us, and not expired.

    Raises InvalidInput where the keys cannot be read.
    """
    keys = _read_keys(root / tokens.keys)

    def is_good(token: str) -> bool:
        try:
            key = keys[jwt.get_unverified_header(token).get("kid")]
            jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=tokens.audience,
                issuer=tokens.issuer,
                options={"require": _NEEDED, "verify_aud": tokens.audience is not None},
            )
        except (jwt.PyJWTError, KeyError):
            return False
        return True

    return is_good


def _read_keys(path: Path) -> dict[str | None, jwt.PyJWK]:
    try:
        published = jwt.PyJWKSet.from_dict(orjson.loads(path.read_bytes()))
    except (OSError, orjson.JSONDecodeError, jwt.PyJWTError) as problem:
        raise InvalidInput(
            f"the keys of webhooks cannot be read from {path.name}",
            help="save https://api.bland.ai/orgs/ORG/.well-known/jwks.json there",
        ) from problem
    return {key.key_id: key for key in published.keys}
