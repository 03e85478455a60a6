"""From where lists may be read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bland_deploy.model.references import SecretReference
from bland_deploy.recipients.small import SmallLists


@dataclass(frozen=True, slots=True)
class Reach:
    """The workspace's folder, and whether lists may be fetched from elsewhere: with what `reveal` makes of references.

    Without `reveal` nothing is fetched: lint has no network and needs no secret. `state_key` reads lists of keys, and
    without it they are let be. `lists` remembers small ones for other campaigns.
    """

    root: Path
    reveal: Callable[[SecretReference], str] | None = None
    state_key: bytes | None = field(default=None, repr=False)
    lists: SmallLists | None = field(default=None, repr=False)
