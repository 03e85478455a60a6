"""What a damaged log still tells of who was called. Where it cannot be told, more people are held, never fewer."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from bland_deploy.errors import AuthenticationFailed
from bland_deploy.model.entries import Claim, Ended, Manifest, Resolve
from bland_deploy.model.keys import key_check, unpack_keys
from bland_deploy.state.layout import keys_name
from bland_deploy.state.reading import Needed, Reading, check_keys, key_files
from bland_deploy.state.store import Store


class Remains(NamedTuple):
    """Recipient keys by round of everybody whom a damaged log claimed; what became of the claims is not relied on.

    `gaps` says that files of keys are lost as well: then anybody may have been claimed. `manifest` is None where it
    cannot be read.
    """

    manifest: Manifest | None
    claimed: Mapping[str, frozenset[bytes]]
    gaps: bool


def salvage(store: Store, campaign: str, reading: Reading, round_: str, state_key: bytes) -> Remains:
    """What is left of a log. A file of keys that no readable entry names may belong to any of its rounds, or to this.

    AuthenticationFailed where the log was written under another state key.
    """
    if reading.manifest is not None and reading.manifest.key_check != key_check(state_key):
        raise AuthenticationFailed(
            f"the state key is not the one of the log of {campaign}: it needs key {reading.manifest.key_id}",
            help="set BLAND_DEPLOY_STATE_KEY, or .bland-deploy/state.key, to the key the state was made with",
        )
    rounds, parts = _rounds_by_file(reading), _files_of_parts(reading)
    anywhen = {round_}.union(*rounds.values())
    claimed: defaultdict[str, set[bytes]] = defaultdict(set)
    gaps = False
    for name in set(key_files(reading.entries)) | _files_lying_there(store, campaign):
        if any(check_keys(store, campaign, name, Needed())):
            gaps = True
        elif name not in parts or name in rounds:
            keys = unpack_keys(store.read(keys_name(campaign, name)) or b"")
            for known_round in rounds.get(name, anywhen):
                claimed[known_round].update(keys)
    return Remains(reading.manifest, {name: frozenset(keys) for name, keys in claimed.items()}, gaps)


def _rounds_by_file(reading: Reading) -> Mapping[str, set[str]]:
    rounds: defaultdict[str, set[str]] = defaultdict(set)
    for entry in reading.entries:
        if isinstance(entry, Claim):
            for batch in entry.batches:
                rounds[batch.keys_sha256].add(entry.round)
    return dict(rounds)


def _files_of_parts(reading: Reading) -> set[str]:
    """They name people who were not rung, or whose calls ended alike, and who were claimed by other files."""
    freed = {entry.keys_sha256 for entry in reading.entries if isinstance(entry, Resolve) and entry.keys_sha256}
    ended = (entry for entry in reading.entries if isinstance(entry, Ended))
    return freed | {group.keys_sha256 for entry in ended for group in entry.groups}


def _files_lying_there(store: Store, campaign: str) -> set[str]:
    return {name.rpartition("/")[2].removesuffix(".bin") for name in store.names(f"{campaign}/keys/")}
