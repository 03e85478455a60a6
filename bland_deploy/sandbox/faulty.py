"""A handler to which a plan of faults happens. The same plan and the same order of requests give the same faults."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from bland_deploy.model.json import Json
from bland_deploy.sandbox.exchange import Answer, Ask, Handler
from bland_deploy.sandbox.faults import Fault, FaultPlan
from bland_deploy.sandbox.met import Kind, Met, Scene, relisted

_KINDS: tuple[tuple[str, re.Pattern[str], Kind], ...] = (
    ("POST", re.compile(r"/v2/batches/create|/v1/batches"), "create"),
    ("GET", re.compile(r"/v2/batches/list|/v1/batches"), "list"),
    ("POST", re.compile(r"/v[12]/batches/[^/]+/stop"), "stop"),
    ("GET", re.compile(r"/v1/me"), "me"),
    ("GET", re.compile(r"/v1/calls"), "calls"),
    ("GET", re.compile(r".*"), "read"),
)


def kind_of(ask: Ask) -> Kind:
    """The kind of a request, for `on`."""
    return next((kind for method, path, kind in _KINDS if ask.method == method and path.fullmatch(ask.path)), "any")


class Faulty:
    """A handler to which the plan happens. Safe to use from several threads; `met` counts what happened, by `do`.

    Where several faults meet in one request, the first of the plan is the nearest to the client.
    """

    def __init__(
        self,
        handle: Handler,
        plan: FaultPlan,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.met: Counter[str] = Counter()
        self._handle = handle
        self._plan = plan
        self._scene = Scene(sleep, clock)
        self._scene.chance.seed(plan.seed)
        self._seen: Counter[int] = Counter()

    def __call__(self, ask: Ask) -> Answer:
        handle: Handler = partial(_seen_by_all, handle=self._handle, scene=self._scene)
        for fault in reversed(self._meeting(kind_of(ask))):
            handle = partial(_meet, fault=fault, handle=handle, scene=self._scene)
        return handle(ask)

    def _meeting(self, kind: Kind) -> Sequence[Fault]:
        meeting = []
        with self._scene.lock:
            for index, fault in enumerate(self._plan.faults):
                if fault.on not in {kind, "any"}:
                    continue
                self._seen[index] += 1
                if fault.meets(self._seen[index], self._scene.chance.random()):
                    self.met[fault.do] += 1
                    meeting.append(fault)
        return meeting


def _meet(ask: Ask, fault: Fault, handle: Handler, scene: Scene) -> Answer:
    return fault.answer(Met(ask, handle, scene))


def _seen_by_all(ask: Ask, handle: Handler, scene: Scene) -> Answer:
    """The answer without the batches that are hidden."""
    answer = handle(ask)
    if kind_of(ask) != "list" or not scene.hidden:
        return answer
    begins = all(ask.query.get(name, "0") == "0" for name in ("skip", "from"))
    with scene.lock:
        hidden = {name for name, (lists, until) in scene.hidden.items() if lists > 0 or scene.clock() < until}
        if begins:
            scene.hidden = {name: (lists - 1, until) for name, (lists, until) in scene.hidden.items() if name in hidden}
    return relisted(answer, lambda items: [item for item in items if _id_of(item) not in hidden])


def _id_of(item: Json) -> Json:
    return (item.get("id") or item.get("batch_id")) if isinstance(item, dict) else None
