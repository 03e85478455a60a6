"""A call as the API tells it at this moment (API reference, 7)."""

import sqlite3
from collections.abc import Sequence

import orjson

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.numbers import as_listed
from bland_deploy.sandbox.outcomes import ENDINGS, Ending
from bland_deploy.sandbox.parameters import USUAL_MINUTES, effective, own_variables, text
from bland_deploy.sandbox.times import iso
from bland_deploy.sandbox.transcripts import Said, built_in, converse

SELECT_CALLS = (
    "SELECT calls.*, batches.batch_id, batches.api, batches.campaign_id"
    " FROM calls LEFT JOIN batches ON batches.id = calls.batch"
)
_QUEUED, _STARTED = Ending("unknown", "queued"), Ending("unknown", "started")


class Teller:
    """Tells calls at one moment. What all calls of a batch share is read once."""

    def __init__(self, books: sqlite3.Connection, now: float) -> None:
        self._books = books
        self._now = now
        self._shared: dict[int, JsonObject] = {}

    def summary(self, call: sqlite3.Row) -> JsonObject:
        """A call without its transcripts, as lists show it."""
        return self._summary(call, self.params(call))

    def detail(self, call: sqlite3.Row) -> JsonObject:
        """A call with everything."""
        params = self.params(call)
        told = self._summary(call, params)
        entry = orjson.loads(call["entry"])
        to, sender = as_listed(call["number"], call["digits"]), call["sender"]
        known = built_in(to, sender, call["call_id"], call["dialled"], params)
        known |= own_variables(call["api"], params, entry)
        said = converse(call["kind"], call["tag"], params, known) if told["completed"] else []
        return told | {
            "request_data": {**params, **entry},
            "variables": known if told["completed"] else {},
            "transcripts": _transcripts(call, said),
            "concatenated_transcript": " \n ".join(f"{user}: {words}" for user, words in said),
            "summary": _summary_text(call) if said else None,
            **_NEVER,
            "call_ended_by": ("USER" if call["talk"] % 2 else "ASSISTANT") if said else None,
            "pathway_id": params.get("pathway_id"),
            "pathway_version": params.get("pathway_version"),
            "voice_id": params.get("voice"),
        }

    def params(self, call: sqlite3.Row) -> JsonObject:
        """The effective parameters of a call."""
        entry: JsonObject = orjson.loads(call["entry"])
        return effective(call["api"], self._shared_by(call["batch"]), entry)

    def _shared_by(self, batch: int | None) -> JsonObject:
        if batch is None:
            return {}
        known = self._shared.get(batch)
        if known is None:
            row = self._books.execute("SELECT shared FROM batches WHERE id = ?", (batch,)).fetchone()
            known = self._shared[batch] = dict(orjson.loads(row[0]))
        return known

    def _summary(self, call: sqlite3.Row, params: JsonObject) -> JsonObject:
        started, completed = call["starts"] <= self._now, call["ends"] <= self._now
        ending = ENDINGS[call["kind"]] if completed else _STARTED if started else _QUEUED
        dialled = started and call["kind"] != "canceled"
        return {
            "call_id": call["call_id"],
            "c_id": call["call_id"],
            "batch_id": call["batch_id"],
            "campaign_id": call["campaign_id"],
            "to": as_listed(call["number"], call["digits"]),
            "from": call["sender"],
            "inbound": False,
            "completed": completed,
            "status": ending.status,
            "queue_status": ending.queue_status,
            "answered_by": ending.answered_by,
            "error_message": ending.error_message,
            "created_at": iso(call["created"]),
            "started_at": iso(call["dialled"]) if dialled else None,
            "end_at": iso(call["ended"]) if completed else None,
            "call_length": round(call["talk"] / 60, 4) if completed else None,
            "corrected_duration": str(call["talk"]) if completed else None,
            "price": call["price"] if completed else None,
            "disposition_tag": call["tag"] if completed else None,
            "max_duration": params.get("max_duration") or USUAL_MINUTES,
            "metadata": params.get("metadata"),
            "external_id": text(params, "external_id"),
            "record": params.get("record") in (True, "true"),
            "endpoint_url": "api.bland.ai",
        }


_NEVER: JsonObject = {
    **dict.fromkeys(("analysis", "citations", "recording_url", "transferred_at", "transferred_to", "pathway_logs")),
    **dict.fromkeys(("is_canary", "is_proxy_agent_call", "local_dialing"), False),
    "warm_transfer_call": None,
}


def _transcripts(call: sqlite3.Row, said: Sequence[Said]) -> list[Json]:
    step = call["talk"] / max(len(said), 1)
    return [
        {
            "id": call["id"] * 100 + number,
            "created_at": iso(call["dialled"] + number * step),
            "text": words,
            "user": user,
            "c_id": call["call_id"],
        }
        for number, (user, words) in enumerate(said)
    ]


def _summary_text(call: sqlite3.Row) -> str:
    whom = "A person" if call["kind"] == "human" else "A voicemail"
    return f"{whom} took the call, which lasted {call['talk']} seconds. Outcome: {call['tag']}."
