"""Calls, in either version: one call of a request, and where the calls of a batch are listed."""

from urllib.parse import quote, urlencode

from bland_deploy.model.json import JsonObject

NUMBER = "phone_number"


def make_call(
    number: str, variables: JsonObject, under: str, each: JsonObject, override: JsonObject | None
) -> JsonObject:
    """The call's object: variables < `each` < the row's own `call`, top-level keys replaced whole.

    `under` is the key that holds the variables, "" for none (flat); without variables there is no such key. The number
    always stands under `phone_number`, first, whatever else claims that key.
    """
    call: JsonObject = {NUMBER: number}
    if variables:
        if under:
            call[under] = variables
        else:
            call.update(variables)
    call.update(each)
    if override:
        call.update(override)
    call[NUMBER] = number
    return call


def calls_path(batch_id: str, start: int = 0, limit: int = 1000) -> str:
    """Where the calls of a batch are listed, oldest first, from an index on."""
    query = urlencode({"batch_id": batch_id, "from": start, "limit": limit, "ascending": "true"})
    return f"/v1/calls?{query}"


def calls_since_path(since: str | None, start: int = 0, limit: int = 1000) -> str:
    """Where all calls of the account are listed, oldest first, from an index on; since a time (ISO 8601) or ever."""
    wanted = {"from": start, "limit": limit, "ascending": "true"}
    return f"/v1/calls?{urlencode(wanted | ({'start_date': since} if since else {}))}"


def call_path(call_id: str) -> str:
    """Where one call is told with everything."""
    return f"/v1/calls/{quote(call_id, safe='')}"
