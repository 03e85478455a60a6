"""Fields of the create request around its calls, and those that only a call in a batch has."""

from bland_deploy.api.fields.facts import Field

_V1 = ("v1",)
_V2 = ("v2",)
_TOP = ("batch",)

# fmt: off
BATCHES = (
    Field("b_cid", "string", "The call's id, chosen by the caller: a UUIDv7. Needs an entitlement.", "batches",
          ("each",), _V2, form="uuid", since="2025-09-02"),
    Field("call_objects", "array", "The calls. Written by the tool from `recipients`.", "batches", _TOP, _V2,
          required=True),
    Field("global", "object", "What all calls share. Written by the tool from `call` and `prompt`.", "batches", _TOP,
          _V2, required=True),
    Field("description", "string", "A short label in the dashboard. Written by the tool from `description`.", "batches",
          _TOP, _V2, most=60, form="description", default="Untitled Batch", since="2026-03-25"),
    Field("status_webhook", "string", "Where each phase of the batch is posted to: one attempt, 10 seconds.", "batches",
          _TOP, _V2, form="https", since="2026-02-20"),
    Field("max_concurrent", "integer", "Calls at once.", "cli", _TOP, _V2, least=1),
    Field("base_prompt", "string", "The prompt of every call. Written by the tool from `prompt`.", "batches-v1", _TOP,
          _V1, required=True, bland_fills=True),
    Field("call_data", "array", "The calls, one flat object each. Written by the tool from `recipients`.", "batches-v1",
          _TOP, _V1, required=True),
    Field("label", "string", "A label of the batch. Written by the tool from `description`.", "batches-v1", _TOP, _V1),
    Field("campaign_id", "string", "Groups batches.", "batches-v1", _TOP, _V1),
    Field("test_mode", "boolean", "Only the first entry is dialled.", "batches-v1", _TOP, _V1, default="false"),
    Field("batch_webhook", "string", "Where the end of the batch is posted to.", "batches-v1", _TOP, _V1, form="https",
          since="2024-07-15"),
    Field("batch_id", "string", "An id of your own for the batch. What a repeated one does is unknown.", "send-1000",
          _TOP, _V1),
)
# fmt: on
