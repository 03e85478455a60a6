"""The exact requests of a campaign, whoever was called before; and one call as its person will hear it."""

from dataclasses import dataclass
from itertools import islice

import orjson

from bland_deploy.errors import InvalidInput
from bland_deploy.model.json import JsonObject
from bland_deploy.model.plan import NO_LINEAGE, Request
from bland_deploy.operations.calls.requests import Lot, Pieces, Target, everybody, make_requests
from bland_deploy.operations.plans.work import Aim, Work
from bland_deploy.planning.split import Piece
from bland_deploy.prompts.heard import heard


def render(work: Work, aim: Aim) -> tuple[Request, ...]:
    """Every request, as if nobody had been called and no state existed."""
    target = Target(aim.environment, aim.headers, NO_LINEAGE, work.marks)
    return make_requests(work.prepared, [Lot(everybody(work.calls))], work.run, target)


@dataclass(frozen=True, slots=True)
class Preview:
    """One call: its request with that call alone, and the texts of it with Bland's placeholders filled."""

    number: int
    request: Request
    texts: JsonObject


def preview(work: Work, aim: Aim, number: int) -> Preview:
    """The call of the recipient with that number (from 1, in the order of the list), or InvalidInput."""
    if not 1 <= number <= work.calls.count:
        raise InvalidInput(
            f"there is no recipient {number}: {work.prepared.campaign.campaign} has {work.calls.count:,} to call",
            help="count from 1, in the order of the list, without the rows that are left out",
        )
    target = Target(aim.environment, aim.headers, NO_LINEAGE, work.marks)
    (request,) = make_requests(work.prepared, [Lot(_only(everybody(work.calls), number))], work.run, target)
    return Preview(number, request, heard(orjson.loads(request.read().body), request.route.calls_key, 0))


def _only(pieces: Pieces, number: int) -> Pieces:
    """One of these calls, by its number from 1."""
    return [next(islice((Piece(put, (at,)) for put, places in pieces for at in places), number - 1, None))]
