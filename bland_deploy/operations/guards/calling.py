"""By what the calls of a campaign are timed: its schedule, the profile of the rules pack, the pace of the account."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bland_deploy.model.campaign import Campaign
from bland_deploy.model.pack import Cited, Profile
from bland_deploy.model.place import Place
from bland_deploy.model.schedule import Begun, Pace, Schedule, pace_of
from bland_deploy.operations.guards.care import Care, profile_of
from bland_deploy.rules.pack import load_pack
from bland_deploy.windows.compile import RECIPIENT, SCHEDULE, window_reader
from bland_deploy.windows.spread import Terms
from bland_deploy.windows.window import Window

LEAD = 10 * 60
"""Seconds between planning and the first call of a schedule: time to ask, to settle and to send."""
_RINGING = 60
_NOWHERE = Place((), ())


class Calling(NamedTuple):
    """When the people of a campaign can be rung.

    `window_of` is the window of each place, by index; empty where one window is everybody's, and then `places` too.
    `tail` is how many seconds after its beginning a call may dial for the last time. `holds` is whether what speaks
    against a call is an error.
    """

    schedule: Schedule
    profile: Profile
    pace: Pace
    holds: bool
    tail: int
    seconds_a_call: int
    places: tuple[Place, ...]
    windows: tuple[Window, ...]
    window_of: tuple[int, ...]

    def terms(self, now: int, lead: int, begun: Sequence[Begun] = ()) -> Terms:
        """What calls are spread by, at an instant (seconds since 1970 UTC), beside other calls of the account.

        A campaign with a pace of its own keeps to that, whatever others do.
        """
        others = tuple(begun) if self.schedule.pace is None else ()
        return Terms(now, self.pace, lead, self.tail, self.seconds_a_call, others)

    def zone_of(self, place: Place) -> str:
        """The zone in which times of calls to a place are written."""
        if self.schedule.timezone != RECIPIENT:
            return self.schedule.timezone
        return place.zones[0] if place.zones else "UTC"


def make_calling(
    campaign: Campaign, care: Care, places: Sequence[Place], shared: Mapping[str, Any], minutes: float
) -> Calling:
    """When people of these places can be rung, where that `is_timed`.

    `shared` are the parameters of all calls, `minutes` the length of a call.
    """
    schedule, name = campaign.schedule, profile_of(campaign, care)
    pack = load_pack()
    read = window_reader(pack, pack.profiles[name], schedule)
    unique: dict[tuple[Any, ...], tuple[int, Window]] = {}
    window_of = []
    for place in places:
        window = read(place)
        parts = (window.clocks, window.start, window.end, window.nowhere)
        window_of.append(unique.setdefault(parts, (len(unique), window))[0])
    return Calling(
        schedule=schedule,
        profile=pack.profiles[name],
        pace=care.pace if schedule.pace is None else pace_of(schedule.pace),
        holds=care.holds or name != "none",
        tail=_tail(shared),
        seconds_a_call=round(minutes * 60),
        places=tuple(places),
        windows=tuple(window for _, window in unique.values()) or (read(_NOWHERE),),
        window_of=tuple(window_of),
    )


def cited(cause: str) -> Cited | None:
    """The rule of the pack with an id; None for the campaign's own schedule."""
    if cause == SCHEDULE:
        return None
    return next(rule.rule for rule in load_pack().rules if rule.rule.id == cause)


def _tail(shared: Mapping[str, Any]) -> int:
    """Ringing, and the wait before a call that met a voicemail is made again."""
    retry = shared.get("retry")
    wait = retry.get("wait") if isinstance(retry, Mapping) else None
    return _RINGING + (round(wait) if isinstance(wait, int | float) and wait > 0 else 0)
