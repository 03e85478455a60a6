"""Taking batches that the provider lists into a log that does not know them: after a loss, a rollback or a damage.

Looking and writing are apart, so that a person can agree in between. Who may have been called, unseen, is held.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, has_errors, in_order, warning
from bland_deploy.errors import InvalidInput, StateProblem
from bland_deploy.model.adoption import AdoptedBatch, AdoptedHold, Adoption
from bland_deploy.model.entries import Claim, ClaimedBatch, Held, Receipt, instant
from bland_deploy.model.keys import new_attempt, new_lineage, recipient_keys
from bland_deploy.model.recipient import Recipient
from bland_deploy.operations.adopting.doubts import Doubts, Suspects
from bland_deploy.operations.adopting.salvage import Remains, salvage
from bland_deploy.operations.adopting.strays import People, Stray, count_lineages, find_unknown, read_strays
from bland_deploy.operations.calls.prepare import Prepared
from bland_deploy.operations.sending.claim import make_manifest, open_checked, refuse_account
from bland_deploy.operations.sending.world import World
from bland_deploy.recipients.people import find_people
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.backends.replace import finish_replacement, replace_log
from bland_deploy.state.keyset import pack_keys
from bland_deploy.state.log import Log, append_claim, begin_log, record
from bland_deploy.state.reading import read_log
from bland_deploy.state.sealed import Newer
from bland_deploy.state.store import Store


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what is adopted: the environment's name, the state key, the account's fingerprint.

    `foreign` are lineages of other states whose batches are wanted too; `replace` allows a damaged log to be replaced.
    """

    environment: str
    state_key: bytes
    account: str | None
    foreign: tuple[str, ...] = ()
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to adopt for a campaign. `log` is None where there is none yet, or where a new one replaces it."""

    campaign: str
    api: str
    log: Log | None
    remains: Remains | None
    lineage: str | None
    strays: tuple[Stray, ...]
    suspects: tuple[Suspects, ...]
    shown: Adoption


def survey(world: World, prepared: Prepared, terms: Terms) -> Survey:
    """Look at what the provider lists of a campaign and the log does not know. Nothing is written.

    StateProblem where the log is damaged and may not be replaced, or where several other states sent this campaign.
    """
    campaign = prepared.campaign
    log, remains = _open(world, prepared, terms)
    claimed_by = {attempt.claim.api for attempt in log.standing.attempts.values()} if log else set[str]()
    apis = (campaign.api, *sorted(claimed_by - {campaign.api}))
    unknown, found = find_unknown(world.client, campaign.campaign, apis, log)
    lineages = count_lineages(unknown)
    lineage = _lineage(campaign.campaign, log, remains, list(lineages), terms.foreign)
    wanted = {name for name in lineages if name in {lineage, *terms.foreign}}
    listed, problems = _read_list(prepared)
    key_of = partial(recipient_keys, terms.state_key, campaign.campaign)
    people = People(listed, campaign.recipients.default_country, key_of)
    strays = read_strays(world.client, unknown, wanted, people)
    doubts = Doubts(log, strays, remains, campaign.round)
    if doubts.by_round() and problems:
        raise InvalidInput(
            "who may have been called cannot be told without the campaign's list", diagnostics=in_order(problems)
        )
    suspects = tuple(doubts.suspects(listed, key_of))
    found += [*_extras(strays), *_nobody_to_hold(strays, suspects)]
    shown = Adoption(
        campaign=campaign.campaign,
        lineage=lineage,
        does="adds" if log else "replaces" if remains else "begins",
        batches=tuple(_shown(stray) for stray in strays),
        holds=tuple(AdoptedHold(one.round, len(one.keys), one.reason) for one in suspects),
        elsewhere={name: number for name, number in lineages.items() if name not in wanted},
        diagnostics=in_order(found),
    )
    return Survey(campaign.campaign, campaign.api, log, remains, lineage, strays, suspects, shown)


def _open(world: World, prepared: Prepared, terms: Terms) -> tuple[Log | None, Remains | None]:
    """The log, or what is left of it where it is damaged and may be replaced."""
    campaign = prepared.campaign
    if terms.replace:
        finish_replacement(_root(world.store), campaign.campaign, _label(world))
    reading = read_log(world.store, campaign.campaign)
    newer = reading is not None and any(problem.rule == Newer.rule for problem in reading.problems)
    if reading is None or not reading.problems or newer or not terms.replace:
        return open_checked(world, campaign.campaign, terms.state_key, terms.account), None
    if reading.manifest is not None:
        refuse_account(reading.manifest, terms.account)
    return None, salvage(world.store, campaign.campaign, reading, campaign.round, terms.state_key)


def _lineage(
    campaign: str, log: Log | None, remains: Remains | None, found: Sequence[str], foreign: Sequence[str]
) -> str | None:
    """Which state this is, or was."""
    if log is not None:
        return log.manifest.lineage
    if remains is not None and remains.manifest is not None and remains.manifest.campaign == campaign:
        return remains.manifest.lineage
    if foreign:
        return foreign[0]
    if len(found) > 1:
        raise StateProblem(
            f"{campaign} was sent from {len(found)} states ({', '.join(found)}), and none of them is here",
            help="say which are to be taken over: --foreign LINEAGE, once for each; the first becomes this state's own",
        )
    return found[0] if found else None


def _read_list(prepared: Prepared) -> tuple[frozenset[str], list[Diagnostic]]:
    """Everybody on the campaign's list, whether to be called or not, and what keeps it from being read."""
    found = list(find_people(prepared.source, prepared.campaign.recipients))
    people = frozenset(one.number.identity for one in found if isinstance(one, Recipient))
    problems = [one for one in found if isinstance(one, Diagnostic)]
    return people, problems if has_errors(problems) else []


def _nobody_to_hold(strays: Sequence[Stray], suspects: Sequence[Suspects]) -> Iterator[Diagnostic]:
    rounds = {one.round for one in suspects}
    for stray in strays:
        if stray.missing and stray.stamp.round not in rounds:
            yield warning(
                "adopt-unknown-people",
                f"batch {stray.batch.batch_id} lists {len(stray.keys)} of {stray.stamp.calls} people; the others are "
                "not on the campaign's list, so they cannot be held",
                help="do not put people back on the list of whom you do not know whether they were called",
            )


def _extras(strays: Sequence[Stray]) -> Iterator[Diagnostic]:
    for stray in strays:
        for extra in stray.extras:
            yield warning(
                "extra-batch",
                f"the provider has a second batch {extra} of the send that gave {stray.batch.batch_id}",
                help="apply stops it; check in the provider's dashboard whether anybody was called twice",
            )


def _shown(stray: Stray) -> AdoptedBatch:
    batch, stamp = stray.batch, stray.stamp
    return AdoptedBatch(
        batch.batch_id, stamp.round, stamp.lineage, stamp.attempt, batch.created_at, stamp.calls, len(stray.keys)
    )


# ---------------------------------------------------------------------- writing


def adopt(world: World, found: Survey, terms: Terms) -> Path | None:
    """Write what was found; gives where a damaged log is kept, if one was replaced. What is written is never undone."""
    if found.remains is None:
        _write(world, found, terms)
        return None
    root, label = _root(world.store), _label(world)
    return replace_log(root, found.campaign, label, lambda store: _write(replace(world, store=store), found, terms))


def _write(world: World, found: Survey, terms: Terms) -> None:
    lineage = found.lineage or new_lineage()
    log = found.log or begin_log(
        world.store, make_manifest(world, found.campaign, terms.state_key, terms.account, lineage)
    )
    groups: defaultdict[tuple[str, str], list[Stray]] = defaultdict(list)
    for stray in found.strays:
        groups[stray.stamp.round, stray.api].append(stray)
    for (round_, api), strays in groups.items():
        log = _claim(log, world, _Basis(terms.environment, round_, api), {s.stamp.attempt: s.keys for s in strays})
        for stray in strays:
            log = record(
                log,
                Receipt(
                    at=instant(world.now()), by=world.by, attempt=stray.stamp.attempt, batch_id=stray.batch.batch_id
                ),
            )
    for suspects in found.suspects:
        attempt = new_attempt()
        log = _claim(log, world, _Basis(terms.environment, suspects.round, found.api), {attempt: suspects.keys})
        log = record(log, Held(at=instant(world.now()), by=world.by, attempt=attempt, reason=suspects.reason))


class _Basis(NamedTuple):
    environment: str
    round: str
    api: str


def _claim(log: Log, world: World, basis: _Basis, people: Mapping[str, frozenset[bytes]]) -> Log:
    """An adopted claim: one entry, so that a crash leaves all of these batches known, or none."""
    packed = {attempt: pack_keys(keys) for attempt, keys in people.items()}
    claim = Claim(
        at=instant(world.now()),
        by=world.by,
        round=basis.round,
        api=basis.api,  # type: ignore[arg-type]  # a key of the table of versions
        environment=basis.environment,
        adopted=True,
        batches=tuple(
            ClaimedBatch(attempt=attempt, calls=len(people[attempt]), keys_sha256=name)
            for attempt, (name, _) in packed.items()
        ),
    )
    return append_claim(log, claim, dict(packed.values()))


def _root(store: Store) -> Path:
    if not isinstance(store, FileStore):
        raise InvalidInput(
            f"a damaged log can be replaced in a folder only, not in {store.location}",
            help="bring an earlier state of the store back, then adopt without --replace what it does not know yet",
        )
    return Path(store.location)


def _label(world: World) -> str:
    return world.now().strftime("%Y%m%dT%H%M%S%fZ")
