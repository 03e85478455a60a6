"""What a reviewer approves: the inputs and the requests, not the state and not the clock."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256

import orjson

from bland_deploy.model.plan import Request
from bland_deploy.model.run import Run

PINNED_RUN = Run("0" * 16, datetime(2000, 1, 1, tzinfo=UTC), date(2000, 1, 1))
"""The run with which requests are rendered for the digest, so that it is the same whenever it is taken."""


def digest_campaign(campaign: str, round_: str, requests: Iterable[Request]) -> str:
    """The digest of one campaign's requests, made as if nobody was called yet and at a fixed time."""
    hasher = sha256(orjson.dumps(["requests", 1, campaign, round_]))
    for request in requests:
        hasher.update(orjson.dumps([request.method, request.path, list(request.headers), len(request.body)]))
        hasher.update(request.body)
    return hasher.hexdigest()


def digest_plan(environment: str, target: str, inputs: Mapping[str, str], campaigns: Mapping[str, str]) -> str:
    """The plan's digest from the environment, the address it goes to, and the digests of files and campaigns."""
    content = ["plan", 1, environment, target, dict(inputs), dict(campaigns)]
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
