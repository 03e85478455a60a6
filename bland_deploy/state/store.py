"""Where logs are kept: the little that a store must be able to do, and what it promises.

A store holds named bytes. Names are relative paths with forward slashes. The one primitive that everything rests on is
`create`: it exists in folders (`link`), in git (a push without force), in object stores (`If-None-Match: *`) and in
databases (a unique index). Each backend passes one suite, `tests/state/store_contract.py`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from bland_deploy.errors import AuthenticationFailed, ExitCode, StateProblem, Unavailable


class StoreFailed(StateProblem):
    """The store could not be read or written. What was to be written may be absent; read again to know."""

    rule = "store"


class StoreUnreachable(StoreFailed, Unavailable):
    """The store is elsewhere, and cannot be reached now."""

    exit_code = ExitCode.UNAVAILABLE
    rule = "store-unreachable"


class StoreForbidden(StoreFailed, AuthenticationFailed):
    """The store is elsewhere, and does not let us in, or not write."""

    exit_code = ExitCode.AUTHENTICATION
    rule = "store-forbidden"


class Locked(StateProblem):
    """Somebody else is at work on the same campaign."""

    rule = "locked"


class Store(Protocol):
    """Named bytes that are created once and never changed.

    Every method raises StoreFailed when the store cannot be reached or refuses. One thread at a time writes, and others
    may read and list meanwhile. Names that begin with a dot, or lie in a folder that does, are the store's own and are
    never listed.
    """

    def __hash__(self) -> int:
        """Stores are told apart as objects."""
        ...

    @property
    def location(self) -> str:
        """Where it is, for messages: a path or an address, without secrets."""
        ...

    def read(self, name: str) -> bytes | None:
        """The bytes of that name, or None when there is no such name. What cannot be read is never None."""
        ...

    def names(self, prefix: str) -> list[str]:
        """The names that begin with a prefix ending in a slash, sorted; folders below it included."""
        ...

    def create(self, name: str, data: bytes) -> bool:
        """Create a name that is absent, whole or not at all, and durably before returning True.

        False when the name exists already: then nothing was changed. Of several at once, exactly one gets True.
        """
        ...

    def create_in_turn(self, files: Sequence[tuple[str, bytes]]) -> int:
        """As `create`, one name after the other up to the first that exists; how many were created.

        None of them is promised to last before this returns, so it costs little more than one. Where it raises, any
        number of the first may be there.
        """
        ...

    def put(self, blobs: Mapping[str, bytes]) -> None:
        """Keep bytes under names that follow from their content; a name that exists with the same bytes is fine.

        They are durable at the latest when a later `create` returns True. StoreFailed when other bytes are there.
        """
        ...

    def reserve(self, prefix: str, count: int) -> None:
        """Keep room for that many further names of up to 4 KiB below the prefix, so that `create` finds space then.

        StoreFailed when there is none. A store that cannot run full under our hands does nothing.
        """
        ...

    def lock(self, prefix: str, timeout: float) -> AbstractContextManager[None]:
        """Keep others out while the context lasts; Locked when they do not leave within `timeout` seconds.

        It saves work and nothing else: what happens is decided by `create`.
        """
        ...
