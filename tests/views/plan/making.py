"""Plans to show."""

import json

from bland_deploy.model.plan import CampaignPlan, Content, Cost, Counts, Plan, Route, finish
from bland_deploy.model.text import SharedText

DIGEST = "ab" * 32


def number_of(person):
    return f"+1{200 + person // 100}55501{person % 100:02d}"


def request_of(people, campaign="hello", text="Greet {{name}}.", **fields):
    """A request to people, by number from 0; `fields` are functions of a person."""
    calls = [
        {
            "phone_number": number_of(person),
            "request_data": {"name": f"Person {person}"},
            **{name: of(person) for name, of in fields.items()},
        }
        for person in people
    ]
    body = json.dumps({"global": {"task": text}, "call_objects": calls}).encode()
    keys = tuple(bytes([0] * 12) + person.to_bytes(4) for person in people)
    route = Route(campaign, "production", "POST", "/v2/batches/create", ("authorization",), "call_objects")
    return finish(route, lambda: Content(body, (), keys, tuple(map(number_of, people))))


def campaign_of(name="hello", text="Greet {{name}}.", before=None, requests=None, **changes):
    """A campaign that calls two people, unless it is said otherwise."""
    requests = (request_of(range(2), name, text),) if requests is None else requests
    given = {
        "file": f"campaigns/{name}.yaml",
        "api": "v2",
        "round": "1",
        "counts": Counts(create=sum(request.calls for request in requests)),
        "requests": tuple(requests),
        "text": SharedText.of({"prompt": text}),
        "text_before": None if before is None else SharedText.of({"prompt": before}),
        "cost": Cost(0.56, 8.4, 0.14, 0.015, 2.0, 30.0, "2025-12-05"),
    }
    return CampaignPlan(campaign=name, **(given | changes))


def plan_of(*campaigns, diagnostics=(), state_read=True):
    return Plan("production", campaigns or (campaign_of(),), DIGEST, state_read, tuple(diagnostics))
