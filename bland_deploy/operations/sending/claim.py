"""The right to send, durable in the shared store before the first byte goes out."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bland_deploy.errors import AuthenticationFailed
from bland_deploy.model.entries import (
    Claim,
    ClaimedBatch,
    ClaimedWave,
    ClaimedWindow,
    GateFigure,
    Manifest,
    instant,
)
from bland_deploy.model.keys import key_check, key_id, new_attempt, new_lineage
from bland_deploy.model.plan import NO_ATTEMPT, CampaignPlan, Moments, Request
from bland_deploy.model.schedule import Begun
from bland_deploy.model.stamp import Stamp
from bland_deploy.model.waves import NextWave
from bland_deploy.operations.plans.proposal import Offer, Proposal
from bland_deploy.operations.sending.world import World
from bland_deploy.planning.trim import trim
from bland_deploy.recipients.phone import NORMALISATION_VERSION
from bland_deploy.state.keyset import Packed, pack_keys, pack_together
from bland_deploy.state.log import Log, LostRace, append_claim, begin_log, check_key, open_log, refresh

_RACES = 20


@dataclass(frozen=True, slots=True)
class Claimed:
    """A request and the attempt under which it is claimed."""

    request: Request
    api: str
    attempt: str


def open_checked(world: World, campaign: str, state_key: bytes, account: str | None) -> Log | None:
    """The log of a campaign, if begun. AuthenticationFailed where it was made under another key or account."""
    log = open_log(world.store, campaign)
    if log is None:
        return None
    check_key(log, state_key)
    refuse_account(log.manifest, account)
    return log


def refuse_account(manifest: Manifest, account: str | None) -> None:
    """AuthenticationFailed where the provider tells another account than the one that a log was begun with."""
    if account is not None and manifest.account is not None and account != manifest.account:
        raise AuthenticationFailed(
            f"the API key belongs to another account than the one that {manifest.campaign} was sent from",
            help="use the key of that account, or an environment with a state of its own",
        )


def make_manifest(world: World, campaign: str, state_key: bytes, account: str | None, lineage: str) -> Manifest:
    """The beginning of a log."""
    return Manifest(
        format=1,
        campaign=campaign,
        lineage=lineage,
        account=account,
        key_id=key_id(state_key),
        key_check=key_check(state_key),
        normalisation=NORMALISATION_VERSION,
        at=instant(world.now()),
        by=world.by,
    )


def begin(world: World, campaign: str, state_key: bytes, account: str | None) -> Log:
    """A new log, or the one that somebody else has begun meanwhile."""
    try:
        return begin_log(world.store, make_manifest(world, campaign, state_key, account, new_lineage()))
    except LostRace:
        log = open_checked(world, campaign, state_key, account)
        if log is None:
            raise
        return log


class Released(NamedTuple):
    """A wave whose gate was passed: its target as it is written, and the figures."""

    target: str
    gate: tuple[GateFigure, ...]


class Basis(NamedTuple):
    """What is carried out: the plan's digest, its id where it was saved, and by campaign the wave that may begin.

    Nothing is claimed of campaigns that are `held_back`.
    """

    digest: str
    plan_id: str | None = None
    released: Mapping[str, Released] = {}
    held_back: frozenset[str] = frozenset()


def claim_all(
    proposal: Proposal, logs: Mapping[str, Log], world: World, basis: Basis
) -> tuple[list[Claimed], dict[str, Log]]:
    """Claim everything that is left to send, campaign by campaign."""
    claimed: list[Claimed] = []
    begun: list[Begun] = []
    after = dict(logs)
    for offer in (offer for offer in proposal.offers if offer.campaign not in basis.held_back):
        own = _Own(offer, tuple(begun))
        batches, after[offer.campaign], begins = _claim_campaign(own, after[offer.campaign], world, basis)
        begun += begins
        claimed += batches
        world.passed("claimed a campaign")
    return claimed, after


def claim_again(log: Log, claimed: Claimed, world: World) -> tuple[Claimed, Log]:
    """Claim a batch once more, under an attempt of its own, right after its `void`.

    LostRace where anybody has written since: they may have claimed these people.
    """
    before = log.standing.attempts[claimed.attempt]
    anew = replace(claimed, attempt=new_attempt())
    batch = before.batch.model_copy(update={"attempt": anew.attempt})
    claim = before.claim.model_copy(update={"at": instant(world.now()), "by": world.by, "batches": (batch,)})
    return anew, append_claim(log, claim, {})


def claim_rest(log: Log, claimed: Claimed, dropped: Container[str], world: World) -> tuple[Claimed, Log] | None:
    """Claim a batch once more without some people (identities), right after its `void`; None where nobody is left.

    LostRace as `claim_again` says.
    """
    request, before = claimed.request, log.standing.attempts[claimed.attempt]
    lineage = log.manifest.lineage
    stamp = Stamp(lineage, request.campaign, before.claim.round, NO_ATTEMPT, request.calls)
    smaller = trim(request, [number not in dropped for number in request.read().numbers], stamp, lineage)
    if smaller is None:
        return None
    anew = Claimed(smaller, claimed.api, new_attempt())
    name, packed = pack_keys(smaller.read().keys)
    batch = before.batch.model_copy(
        update={
            "attempt": anew.attempt,
            "calls": smaller.calls,
            "keys_sha256": name,
            "keys_at": None,
            "payload_sha256": smaller.payload_sha256,
        }
    )
    claim = before.claim.model_copy(update={"at": instant(world.now()), "by": world.by, "batches": (batch,)})
    return anew, append_claim(log, claim, {name: packed})


class _Own(NamedTuple):
    """A campaign's offer, and when the calls of those begin that were claimed before it."""

    offer: Offer
    begun: Sequence[Begun]


def _claim_campaign(own: _Own, log: Log, world: World, basis: Basis) -> tuple[list[Claimed], Log, Sequence[Begun]]:
    """Its batches, its log, and when its calls begin.

    Losing a race means: read what the others claimed, take the difference again, try again.
    """
    offer = own.offer
    for _ in range(_RACES):
        log = refresh(log)
        plan = offer.after(log, own.begun)
        released = basis.released.get(offer.campaign)
        if not _may_begin(plan.wave, released):
            return [], log, ()
        batches = [Claimed(request, plan.api, new_attempt()) for request in plan.requests]
        if not batches:
            return [], log, ()
        where, files = pack_together(batch.request.read().keys for batch in batches)
        guards = offer.compliance().model_copy(update={"eligible": plan.counts.eligible})
        named = list(zip(batches, where, strict=True))
        claim = _claim(plan, named, world, basis).model_copy(update={"compliance": guards})
        try:
            return batches, append_claim(log, claim, files, plan.text), plan.begun
        except LostRace:
            continue
    raise LostRace(f"others claimed people of {log.campaign} {_RACES} times before us", help="plan again")


def _may_begin(wave: NextWave | None, released: Released | None) -> bool:
    """Whether a wave may be claimed: others may have claimed the one that this run was to send, and another is next."""
    return wave is None or wave.is_open or (released is not None and released.target == wave.target)


def _wave(wave: NextWave | None, released: Released | None) -> ClaimedWave | None:
    if wave is None:
        return None
    gate = released.gate if released and not wave.is_open else None
    return ClaimedWave(number=wave.number, of=wave.of, target=wave.target, people=wave.people, gate=gate)


def _claim(plan: CampaignPlan, batches: Sequence[tuple[Claimed, Packed]], world: World, basis: Basis) -> Claim:
    return Claim(
        at=instant(world.now()),
        by=world.by,
        round=plan.round,
        api=plan.api,
        environment=batches[0][0].request.route.environment,
        plan_digest=basis.digest,
        plan_id=basis.plan_id,
        wave=_wave(plan.wave, basis.released.get(plan.campaign)),
        batches=tuple(
            ClaimedBatch(
                attempt=batch.attempt,
                calls=batch.request.calls,
                keys_sha256=keys.file,
                keys_at=keys.at,
                payload_sha256=batch.request.payload_sha256,
                prompt_sha256=plan.text.sha256,
                window=_window(batch.request.moments),
            )
            for batch, keys in batches
        ),
    )


def _window(moments: Moments) -> ClaimedWindow:
    closes, first, last = (instant(moment) if moment else None for moment in moments)
    return ClaimedWindow(closes=closes, first_dial=first, last_dial=last)
