"""What a reviewer approves: the inputs and the requests, not the state and not the clock."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256

import orjson

from bland_deploy.model.json import JsonObject
from bland_deploy.model.plan import Route
from bland_deploy.model.run import Run
from bland_deploy.planning.assemble import encode

PINNED_RUN = Run("0" * 16, datetime(2000, 1, 1, tzinfo=UTC), date(2000, 1, 1))
"""The run with which requests are rendered for the digest, so that it is the same whenever it is taken."""


def digest_campaign(route: Route, round_: str, envelopes: Iterable[tuple[int, JsonObject]], calls_sha256: str) -> str:
    """The digest of one campaign's requests, made as if nobody was called yet and at a fixed time.

    It is of what the calls of each batch share (how many calls, and their envelope without stamp and calls) and of the
    calls' own content, which comes as a digest of its own: together these are all of every request.
    """
    hasher = sha256(orjson.dumps(["requests", 2, route.campaign, round_, route.method, route.path, route.headers]))
    for calls, envelope in envelopes:
        hasher.update(encode([calls, envelope]))
    hasher.update(calls_sha256.encode())
    return hasher.hexdigest()


def digest_plan(environment: str, target: str, inputs: Mapping[str, str], campaigns: Mapping[str, str]) -> str:
    """The plan's digest from the environment, the address it goes to, and the digests of files and campaigns."""
    content = ["plan", 1, environment, target, dict(inputs), dict(campaigns)]
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
