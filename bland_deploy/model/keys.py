"""Names without a meaning to outsiders: MACs of people under the state key, and random ids.

Phone numbers are few enough to be enumerated, so an unkeyed or salted hash of one is readable. Every key here is a
keyed BLAKE2b (RFC 7693) under the state key, 32 random bytes that are kept like the API key.
"""

import base64
import re
import secrets
from collections.abc import Callable
from hashlib import blake2b
from itertools import chain
from struct import Struct

KEY_SIZE = 16
_SEVERAL = Struct(f"{KEY_SIZE}s" * 64)
STATE_KEY_SIZE = 32
_WRITTEN = re.compile(r"([0-9a-f]{16})-([0-9a-f]{32})")


def unpack_keys(packed: bytes) -> list[bytes]:
    """The recipient keys of a file, in its order."""
    whole = len(packed) - len(packed) % _SEVERAL.size
    keys: list[bytes] = [*chain.from_iterable(_SEVERAL.iter_unpack(packed[:whole]))]
    return keys + [packed[at : at + KEY_SIZE] for at in range(whole, len(packed), KEY_SIZE)]


def recipient_keys(state_key: bytes, campaign: str, round_: str) -> Callable[[str], bytes]:
    """A function from the identity of a person (E.164, or digits) to their recipient key in a campaign and round.

    The key is 16 bytes, `MAC("call" | campaign | round | identity)`. The returned function copies a prepared MAC, which
    is what makes it fast enough for millions. Raises ValueError where a name could be mistaken for two.
    """
    prepared = _mac(state_key, "call", campaign, round_)

    def recipient_key(identity: str) -> bytes:
        mac = prepared.copy()
        mac.update(identity.encode())
        return mac.digest()

    return recipient_key


def recipient_key(state_key: bytes, campaign: str, round_: str, identity: str) -> bytes:
    """The recipient key of one person: 16 bytes. For many people use `recipient_keys`."""
    return recipient_keys(state_key, campaign, round_)(identity)


def person_keys(state_key: bytes) -> Callable[[str], bytes]:
    """A function from the identity of a person to their key in all campaigns and rounds, 16 bytes.

    By it people are known who are suppressed in the state, and lists that are kept as hashes.
    """
    prepared = _mac(state_key, "person")

    def person_key(identity: str) -> bytes:
        mac = prepared.copy()
        mac.update(identity.encode())
        return mac.digest()

    return person_key


def person_key(state_key: bytes, identity: str) -> bytes:
    """The key of one person in all campaigns and rounds: 16 bytes. For many people use `person_keys`."""
    return person_keys(state_key)(identity)


def written_key(state_key: bytes, key: bytes) -> str:
    """A person's key as lists hold it: behind the public name of the state key that it was made under."""
    return f"{key_id(state_key)}-{key.hex()}"


def read_key(text: str) -> tuple[str, bytes] | None:
    """The name of the state key and the person's key, out of a list; None for what is no such key."""
    found = _WRITTEN.fullmatch(text.strip())
    return (found[1], bytes.fromhex(found[2])) if found else None


def key_id(state_key: bytes) -> str:
    """A public name of a state key, to tell which of several is meant: 16 hex digits."""
    return _mac(state_key, "key-id").hexdigest()[:16]


def key_check(state_key: bytes) -> str:
    """What the manifest keeps to recognise its state key: 32 hex digits that say nothing about the key."""
    return _mac(state_key, "key-check").hexdigest()


def plan_seal(state_key: bytes, digest: bytes) -> str:
    """By which a saved plan is recognised as made under this state key, from its SHA-256: 32 hex digits."""
    mac = _mac(state_key, "plan")
    mac.update(digest)
    return mac.hexdigest()


def new_attempt() -> str:
    """A random id for a claimed batch: 80 bits as 16 characters of lower-case base32 (RFC 4648).

    That alphabet has no digit zero, so the zeros that stand for "not yet" are never an attempt.
    """
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()


def new_lineage() -> str:
    """A random id for a state that begins: 32 hex digits."""
    return secrets.token_hex(16)


def _mac(state_key: bytes, *words: str) -> blake2b:
    """A MAC that has taken the words, each ended by a NUL, which no word may hold: so no two lists read alike."""
    if any("\0" in word for word in words):
        raise ValueError("a name with a NUL in it")
    if len(state_key) != STATE_KEY_SIZE:
        raise ValueError(f"a state key has {STATE_KEY_SIZE} bytes")
    return blake2b("".join(f"{word}\0" for word in words).encode(), key=state_key, digest_size=KEY_SIZE)
