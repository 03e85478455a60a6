"""What a probe sends, and what each of its creates is to settle: data, and the bytes that follow from it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import orjson

from bland_deploy.api.versions import VERSIONS
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.stamp import Stamp, suffix
from bland_deploy.model.start_forms import WRITTEN, StartForm

MOST_CALLS = 20
"""So many calls a probe may ask for at most, whatever its trials say."""
PROBE = "_probe"
"""The campaign in the stamps of a probe: no campaign can have this name, so none takes its batches for its own."""
OWN = {"probe": "own"}
_EASTERN = timezone(timedelta(hours=-5))
_DESCRIPTION = "bland-deploy probe"
_TASK = "This is a test call that was not meant to ring. Say that it was a test, say goodbye and hang up."
_SHARED: JsonObject = {"max_duration": 1, "record": False}


class Trial(NamedTuple):
    """One create. `settles` says in words what it is for.

    `chosen_id` gives it a `batch_id` of ours, the same in all that have one; `own_metadata` gives its first call
    metadata of its own; `cut` leaves out its last byte, as a send does that is broken off. With `goes_on` its batch is
    not stopped before the next trial is seen. It is left out where the one it comes `after` was not taken as asked.
    """

    name: str
    api: str
    settles: str
    calls: int = 1
    form: StartForm = WRITTEN
    cut: bool = False
    chosen_id: bool = False
    own_metadata: bool = False
    goes_on: bool = False
    after: str | None = None


TRIALS = (
    Trial("apart", "v2", "list delay, echo of the stamp, start_time such as 2026-01-01 12:00:00 -05:00"),
    Trial("offset", "v2", "list delay, start_time such as 2026-01-01 12:00:00-05:00", form="offset"),
    Trial("iso-offset", "v2", "list delay, start_time such as 2026-01-01T12:00:00-05:00", form="iso-offset"),
    Trial("iso-utc", "v2", "list delay, start_time such as 2026-01-01T17:00:00Z", form="iso-utc"),
    Trial("no-offset", "v2", "list delay, start_time such as 2026-01-01 17:00:00", form="no-offset"),
    Trial("twice", "v2", "the same number twice, metadata of a call's own", calls=2, own_metadata=True),
    Trial("cut", "v2", "a request that lacks its last byte", cut=True),
    Trial(
        "first-id",
        "v1",
        "whether v1 works, its list delay and echo, a batch_id of one's own",
        chosen_id=True,
        goes_on=True,
    ),
    Trial("second-id", "v1", "the same batch_id again", chosen_id=True, after="first-id"),
    Trial("cut-v1", "v1", "a request of v1 that lacks its last byte", cut=True),
)
"""In the order in which they are sent."""

_FORMS: Mapping[StartForm, Callable[[datetime], str]] = {
    "offset-apart": lambda at: f"{at.astimezone(_EASTERN):%Y-%m-%d %H:%M:%S} -05:00",
    "offset": lambda at: f"{at.astimezone(_EASTERN):%Y-%m-%d %H:%M:%S}-05:00",
    "iso-offset": lambda at: at.astimezone(_EASTERN).isoformat(timespec="seconds"),
    "iso-utc": lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    "no-offset": lambda at: f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
}


class Callee(NamedTuple):
    """A number of the user's own (E.164), and when a call to it that nobody stops is to ring (aware)."""

    number: str
    at: datetime


def asked_calls() -> int:
    """How many calls all trials ask for together."""
    return sum(trial.calls for trial in TRIALS)


def body_of(trial: Trial, callee: Callee, stamp: Stamp, batch_id: str) -> bytes:
    """The request's body. `batch_id` counts where the trial chooses one."""
    version = VERSIONS[trial.api]
    shared: JsonObject = {**_SHARED, "start_time": _FORMS[trial.form](callee.at)}
    own: JsonObject = {"batch_id": batch_id} if trial.chosen_id else {}
    envelope = version.envelope(_TASK, shared, own, _DESCRIPTION)
    stamped = version.stamp_into(envelope, stamp.to_json(), suffix(stamp.attempt)).envelope
    calls: list[Json] = [
        version.call_object(
            callee.number, {}, None, {"metadata": {**OWN}} if trial.own_metadata and not at else {}, None
        )
        for at in range(trial.calls)
    ]
    return orjson.dumps({**stamped, version.calls_key: calls})
