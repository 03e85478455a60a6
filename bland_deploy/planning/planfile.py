r"""The file of a saved plan. It holds phone numbers, and whoever has it may call them: it is an approval.

    bland-deploy plan 1\n
    {header}\n
    {batch}\n BODY \n        as often as there are batches; the batch says how many bytes its body has
    SHA256 SEAL\n            of everything before; the seal is its MAC under the state key

Bodies are the exact bytes of the requests, so the file can be written and read batch by batch. Nothing in it is random
and nothing depends on the clock but through the run, so that the same plan gives the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from threading import Lock
from typing import BinaryIO, Literal

import orjson
from pydantic import BaseModel, Field, ValidationError

from bland_deploy.errors import AuthenticationFailed, StateProblem
from bland_deploy.model.campaign import CampaignName, Round
from bland_deploy.model.entries import Instant, Sha256, instant
from bland_deploy.model.keys import key_id, plan_seal, recipient_keys
from bland_deploy.model.plan import Content, Cost, Moments, Request, Route, describe
from bland_deploy.model.retry import Retried
from bland_deploy.model.rollout import Rollout
from bland_deploy.model.strict import Strict
from bland_deploy.model.waiver import Waiver

MAGIC = b"bland-deploy plan 1\n"
_SEAL_SIZE = 64 + 1 + 32 + 1
_TO_END = 2  # where a seek starts from
AGAIN = "plan again: bland-deploy plan --out FILE"
_ALTERED = "the saved plan was altered, cut off, or written by another version"


class PlanAltered(StateProblem):
    """The file is not what was written, or was not written under this state key."""

    rule = "plan-altered"


class SavedWave(Strict):
    """The wave that the plan sends, and the rollout that it belongs to."""

    rollout: Rollout
    number: int = Field(ge=1, description="From 1.")
    targets: tuple[int, ...] = Field(description="People called with each wave, those of earlier waves included.")
    called: int = Field(ge=0, description="People who had been called before.")
    later: int = Field(ge=0, description="People whom later waves call.")


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
    finish: Instant | None = Field(None, description="When the last of those begins who are deferred.")
    purpose: str | None = Field(None, description="What the calls are for.")
    waivers: tuple[Waiver, ...] = Field((), description="Rules that do not hold for the campaign.")
    wave: SavedWave | None = Field(None, description="Absent where the campaign has no rollout.")
    retried: Retried | None = Field(None, description="Whom the round calls again, where it is a retry.")


class Header(Strict):
    """What the plan is for, and what must not have changed when it is applied."""

    environment: str
    address: str = Field(description="Of the API.")
    digest: Sha256 = Field(description="What a reviewer approves.")
    key_id: str = Field(description="Public name of the state key.")
    at: Instant
    expires: Instant
    inputs: dict[str, Sha256] = Field(description="Digests of the files that it was made from, by name.")
    lists: dict[str, Sha256] = Field({}, description="Digests of the lists that live elsewhere, by campaign.")
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
    closes: Instant | None = Field(None, description="Until when it may be sent.")
    first_dial: Instant | None = Field(None, description="When its first call begins; absent for at once.")
    last_dial: Instant | None = Field(None, description="When its last call begins; absent for at once.")


@dataclass(frozen=True, slots=True, weakref_slot=True)
class SavedPlan:
    """A plan out of a file. `id` is the file's digest; `requests` are those of each campaign, in order."""

    id: str
    header: Header
    requests: Mapping[str, tuple[Request, ...]]


def encode_plan(header: Header, requests: Iterable[Request], state_key: bytes) -> Iterator[bytes]:
    """The bytes of the file, piece by piece."""
    hasher = sha256()
    for piece in _pieces(header, requests):
        hasher.update(piece)
        yield piece
    yield f"{hasher.hexdigest()} {plan_seal(state_key, hasher.digest())}\n".encode()


def decode_plan(file: BinaryIO, state_key: bytes) -> SavedPlan:
    """The plan in a file, which stays open for as long as its requests are read.

    PlanAltered for anything that was not written so under this state key, also where a request is read from it later;
    AuthenticationFailed where it was written under another one.
    """
    try:
        content = _Saved(file)
        header = Header.model_validate_json(content.line())
        requests = _requests(header, content, state_key)
    except (ValidationError, ValueError, KeyError) as problem:
        raise PlanAltered(_ALTERED, help=AGAIN) from problem
    _check_seal(header, content, state_key)
    return SavedPlan(content.digest().hex(), header, requests)


def looks_saved(start: bytes) -> bool:
    """Whether a file that begins so was written as a saved plan, of whatever version."""
    return start.startswith(MAGIC[: MAGIC.index(b"1")])


def _pieces(header: Header, requests: Iterable[Request]) -> Iterator[bytes]:
    yield MAGIC
    yield _json_line(header)
    for request in requests:
        content, route = request.read(), request.route
        yield _json_line(
            SavedBatch(
                campaign=route.campaign,
                method=route.method,
                path=route.path,
                headers=route.headers,
                calls_key=route.calls_key,
                slots=content.slots,
                numbers=content.numbers,
                rings=request.calls,
                size=len(content.body),
                **_moments(request.moments),
            )
        )
        yield content.body
        yield b"\n"


def _moments(moments: Moments) -> dict[str, str | None]:
    written = (instant(moment) if moment else None for moment in moments)
    return dict(zip(("closes", "first_dial", "last_dial"), written, strict=True))


def _json_line(model: BaseModel) -> bytes:
    return orjson.dumps(model.model_dump(exclude_none=True), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


class _Saved:
    """What a file holds before its seal: read once from its beginning, and digested on the way; then anywhere."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hasher, self._lock = file, sha256(), Lock()
        self.end = file.seek(0, _TO_END) - _SEAL_SIZE
        self.position = file.seek(0)
        if self.end < 0 or self.next(len(MAGIC)) != MAGIC:
            raise ValueError("no plan")

    def next(self, size: int) -> bytes:
        """So many bytes more."""
        data = self._file.read(size)
        return self._took(data, whole=len(data) == size)

    def line(self) -> bytes:
        """The next line, with its end."""
        data = self._file.readline(self.end - self.position)
        return self._took(data, whole=data.endswith(b"\n"))

    def _took(self, data: bytes, *, whole: bool) -> bytes:
        self.position += len(data)
        if not whole or self.position > self.end:
            raise ValueError("it ends too early")
        self._hasher.update(data)
        return data

    def digest(self) -> bytes:
        """Of what was read so far."""
        return self._hasher.digest()

    def seal(self) -> bytes:
        """The line behind the content."""
        return self.at(self.end, _SEAL_SIZE)

    def at(self, position: int, size: int) -> bytes:
        """So many bytes from a position on; from any thread."""
        with self._lock:
            self._file.seek(position)
            return self._file.read(size)


def _check_seal(header: Header, content: _Saved, state_key: bytes) -> None:
    digest, seal = content.digest(), content.seal()
    if not seal.startswith(f"{digest.hex()} ".encode()):
        raise PlanAltered(_ALTERED, help=AGAIN)
    if header.key_id != key_id(state_key):
        raise AuthenticationFailed(
            f"the saved plan was made under another state key: {header.key_id}, and this is {key_id(state_key)}",
            help="use the state key that it was made with: BLAND_DEPLOY_STATE_KEY, or .bland-deploy/state.key",
        )
    if not compare_digest(seal, f"{digest.hex()} {plan_seal(state_key, digest)}\n".encode()):
        raise PlanAltered("the saved plan was altered: its seal is not the one of the state key", help=AGAIN)


def _requests(header: Header, content: _Saved, state_key: bytes) -> dict[str, tuple[Request, ...]]:
    key_of = {part.campaign: recipient_keys(state_key, part.campaign, part.round) for part in header.campaigns}
    found: dict[str, list[Request]] = {part.campaign: [] for part in header.campaigns}
    while content.position < content.end:
        position, line = content.position, content.line()
        batch = SavedBatch.model_validate_json(line)
        body = content.next(batch.size)
        if content.next(1) != b"\n":
            raise ValueError("a body ends elsewhere")
        route = Route(batch.campaign, header.environment, batch.method, batch.path, batch.headers, batch.calls_key)
        read = partial(
            _read, content, (position, len(line) + len(body)), sha256(line + body).digest(), key_of[batch.campaign]
        )
        request = describe(route, len(batch.numbers[: batch.rings]), body, read)
        written = (batch.closes, batch.first_dial, batch.last_dial)
        moments = Moments(*(datetime.fromisoformat(moment) if moment else None for moment in written))
        found[batch.campaign].append(replace(request, moments=moments))
    return {campaign: tuple(requests) for campaign, requests in found.items()}


def _read(content: _Saved, place: tuple[int, int], digest: bytes, key_of: Callable[[str], bytes]) -> Content:
    """What a request holds, from where it stands in the file: as it was when the whole file was checked."""
    data = content.at(*place)
    if sha256(data).digest() != digest:
        raise PlanAltered("the saved plan was altered while it was carried out", help=AGAIN)
    line, _, body = data.partition(b"\n")
    batch = SavedBatch.model_validate_json(line)
    return Content(body, batch.slots, tuple(map(key_of, batch.numbers[: batch.rings])), batch.numbers)
