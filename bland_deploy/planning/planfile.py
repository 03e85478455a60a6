r"""The file of a saved plan. It holds phone numbers, and whoever has it may call them: it is an approval.

    bland-deploy plan 1\n
    {header}\n
    {batch}\n BODY \n        as often as there are batches; the batch says how many bytes its body has
    SHA256 SEAL\n            of everything before; the seal is its MAC under the state key

Bodies are the exact bytes of the requests, so the file can be written and read batch by batch. Nothing in it is random
and nothing depends on the clock but through the run, so that the same plan gives the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Literal

import orjson
from pydantic import BaseModel, Field, ValidationError

from bland_deploy.errors import AuthenticationFailed, StateProblem
from bland_deploy.model.campaign import CampaignName, Round
from bland_deploy.model.entries import Instant, Sha256
from bland_deploy.model.keys import key_id, plan_seal, recipient_keys
from bland_deploy.model.plan import Cost, Request
from bland_deploy.model.strict import Strict

MAGIC = b"bland-deploy plan 1\n"
_SEAL_SIZE = 64 + 1 + 32 + 1
AGAIN = "plan again: bland-deploy plan --out FILE"


class PlanAltered(StateProblem):
    """The file is not what was written, or was not written under this state key."""

    rule = "plan-altered"


class SavedCampaign(Strict):
    """One campaign of the plan, and the log that it was planned against."""

    campaign: CampaignName
    file: str = Field(description="The campaign's file, from the workspace's root.")
    api: Literal["v1", "v2"]
    round: Round
    lineage: str | None = Field(None, description="Random id of the state; absent where none had begun.")
    number: int = Field(0, ge=0, description="Number of the last entry of the log.")
    head: Sha256 | None = Field(None, description="Digest of that entry; of the manifest where there was no entry.")
    counts: dict[str, int] = Field(description="Calls by what becomes of them.")
    text: str = Field(description="What all calls say, as JSON of its parts.")
    repeated: int = Field(description="People to call who were called in an earlier round.")
    cost: Cost = Field(description="Estimate and upper bound, USD, and the assumptions.")
    pause: float = Field(description="Seconds between batches.")
    first_dial: Instant | None = Field(None, description="When the first call begins; absent for at once.")
    last_dial: Instant | None = Field(None, description="When the last call begins; absent where nobody knows.")


class Header(Strict):
    """What the plan is for, and what must not have changed when it is applied."""

    environment: str
    address: str = Field(description="Of the API.")
    digest: Sha256 = Field(description="What a reviewer approves.")
    key_id: str = Field(description="Public name of the state key.")
    at: Instant
    expires: Instant
    inputs: dict[str, Sha256] = Field(description="Digests of the files that it was made from, by name.")
    variables: Sha256 = Field(description="Digest of the variables given on the command line and in the environment.")
    campaigns: tuple[SavedCampaign, ...]


class SavedBatch(Strict):
    """A request without its body."""

    campaign: CampaignName
    method: str
    path: str
    headers: tuple[str, ...]
    calls_key: str
    slots: tuple[int, ...] = Field(description="Where the attempt stands in the body.")
    numbers: tuple[str, ...] = Field(description="Normal form of the numbers, in the order of the calls.")
    rings: int = Field(ge=1, description="How many of them the request rings; fewer than all in a test of v1.")
    size: int = Field(ge=1, description="Bytes of the body.")


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan out of a file. `id` is the file's digest; `requests` are those of each campaign, in order."""

    id: str
    header: Header
    requests: Mapping[str, tuple[Request, ...]]


def encode_plan(header: Header, requests: Sequence[Request], state_key: bytes) -> Iterator[bytes]:
    """The bytes of the file, piece by piece."""
    hasher = sha256()
    for piece in _pieces(header, requests):
        hasher.update(piece)
        yield piece
    yield f"{hasher.hexdigest()} {plan_seal(state_key, hasher.digest())}\n".encode()


def decode_plan(data: bytes, state_key: bytes) -> SavedPlan:
    """The plan in the bytes of a file. PlanAltered for anything that was not written so under this state key.

    AuthenticationFailed where it was written under another one.
    """
    digest = _checked(data)
    try:
        line, position = _line(data, len(MAGIC))
        header = Header.model_validate_json(line)
        _check_key(header, data[-_SEAL_SIZE:], digest, state_key)
        return SavedPlan(digest.hex(), header, _requests(header, data, position, state_key))
    except (ValidationError, ValueError, KeyError) as problem:
        raise PlanAltered("the saved plan cannot be read: another version wrote it", help=AGAIN) from problem


def looks_saved(start: bytes) -> bool:
    """Whether a file that begins so was written as a saved plan, of whatever version."""
    return start.startswith(MAGIC[: MAGIC.index(b"1")])


def _pieces(header: Header, requests: Sequence[Request]) -> Iterator[bytes]:
    yield MAGIC
    yield _json_line(header)
    for request in requests:
        yield _json_line(
            SavedBatch(
                campaign=request.campaign,
                method=request.method,
                path=request.path,
                headers=request.headers,
                calls_key=request.calls_key,
                slots=request.slots,
                numbers=request.numbers,
                rings=request.calls,
                size=len(request.body),
            )
        )
        yield request.body
        yield b"\n"


def _json_line(model: BaseModel) -> bytes:
    return orjson.dumps(model.model_dump(exclude_none=True), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _checked(data: bytes) -> bytes:
    """The digest of the content. PlanAltered where the file does not hold what it says it holds."""
    content = memoryview(data)[:-_SEAL_SIZE]
    digest = sha256(content).digest()
    if not data.startswith(MAGIC) or data[-_SEAL_SIZE : -_SEAL_SIZE + 65] != f"{digest.hex()} ".encode():
        raise PlanAltered("the saved plan was altered, cut off, or written by another version", help=AGAIN)
    return digest


def _check_key(header: Header, seal: bytes, digest: bytes, state_key: bytes) -> None:
    if header.key_id != key_id(state_key):
        raise AuthenticationFailed(
            f"the saved plan was made under another state key: {header.key_id}, and this is {key_id(state_key)}",
            help="use the state key that it was made with: BLAND_DEPLOY_STATE_KEY, or .bland-deploy/state.key",
        )
    if not compare_digest(seal, f"{digest.hex()} {plan_seal(state_key, digest)}\n".encode()):
        raise PlanAltered("the saved plan was altered: its seal is not the one of the state key", help=AGAIN)


def _line(data: bytes, position: int) -> tuple[bytes, int]:
    """The line that begins there, and where the next one begins."""
    end = data.index(b"\n", position)
    return data[position:end], end + 1


def _requests(header: Header, data: bytes, position: int, state_key: bytes) -> dict[str, tuple[Request, ...]]:
    key_of = {part.campaign: recipient_keys(state_key, part.campaign, part.round) for part in header.campaigns}
    found: dict[str, list[Request]] = {part.campaign: [] for part in header.campaigns}
    while position < len(data) - _SEAL_SIZE:
        line, position = _line(data, position)
        batch = SavedBatch.model_validate_json(line)
        end = position + batch.size
        if not data.startswith(b"\n", end, len(data) - _SEAL_SIZE):
            raise ValueError("a body ends elsewhere")
        found[batch.campaign].append(
            Request(
                campaign=batch.campaign,
                environment=header.environment,
                method=batch.method,
                path=batch.path,
                headers=batch.headers,
                calls_key=batch.calls_key,
                body=data[position:end],
                slots=batch.slots,
                keys=tuple(map(key_of[batch.campaign], batch.numbers[: batch.rings])),
                numbers=batch.numbers,
            )
        )
        position = end + 1
    return {campaign: tuple(requests) for campaign, requests in found.items()}
