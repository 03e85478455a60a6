"""Data, tools and results: fields of a call."""

from bland_deploy.api.fields.facts import Field, words

_EVENTS = words("queue call latency webhook tool dynamic_data citations evals post_transfer_transcript")
_DISPOSITIONS = words(
    "INTERESTED NOT_INTERESTED FOLLOW_UP_REQUIRED CALL_BACK_SCHEDULED TRANSFERRED OBJECTION_RAISED "
    "NEEDS_MORE_INFO NOT_QUALIFIED NO_CONTACT_MADE COMPLETED_ACTION DO_NOT_CONTACT AGENT_ENDED_CALL NO_ANSWER "
    "BUSY CANCELED FAILED"
)
_GUARDS = ("tcpa:ai_disclosure", "tcpa:self_introduction", "tcpa:recording_disclosure", "tcpa:opt_out", "custom")

# fmt: off
RESULTS = (
    Field("request_data", "object", "Variables that Bland fills into `{{name}}`; only kept if the call is answered."),
    Field("metadata", "object", "Free; comes back in details, lists and webhooks whether or not the call is answered."),
    Field("external_id", "string", "A tag of your own that comes back with the call.", "call-agents", least=1, most=256,
          since="2026-10"),
    Field("tools", "array", "Ids of tools and knowledge bases; older: whole tools. Not with `agent_id`.",
          bland_fills=True),
    Field("tools[]", "string|object", "`TL-…`, `KB-…`, or a tool as an object."),
    Field("dynamic_data", "array|string", 'Requests that Bland makes during the call; null or "" clears them.',
          bland_fills=True),
    Field("dynamic_data[]", "object", "One request."),
    Field("dynamic_data[].url", "string", "Its address.", required=True),
    Field("dynamic_data[].method", "string", "Its method.", values=("GET", "POST"), default="GET"),
    Field("dynamic_data[].headers", "object|array", "Its headers: an object, or a list of {key, value}."),
    Field("dynamic_data[].body", "object|array|string", "Its body."),
    Field("dynamic_data[].query", "object|array", "Its query."),
    Field("dynamic_data[].cache", "boolean", "Ask once for the whole call.", default="true"),
    Field("dynamic_data[].response_data", "array", "What to take from the answer."),
    Field("dynamic_data[].response_data[]", "object", "One value of the answer."),
    Field("dynamic_data[].response_data[].name", "string", "The name under which it is filled in."),
    Field("dynamic_data[].response_data[].data", "string", "Where it is: a JSONPath."),
    Field("dynamic_data[].response_data[].context", "string", "What the speaker is told about it."),
    Field("webhook", "string", "Where the finished call is posted to.", form="https"),
    Field("webhook_events", "array", "Events posted during the call."),
    Field("webhook_events[]", "string", "One kind of event.", values=_EVENTS),
    Field("record", "boolean", "Record the call. Forced on by `post_call_evals` and post-transfer transcripts.",
          default="false"),
    Field("summary_prompt", "string", "How the summary is to be written.", most=2000, from_file=True),
    Field("dispositions", "array", "Outcomes to choose from; the choice comes back as `disposition_tag`.",
          since="2025-07-30"),
    Field("dispositions[]", "string", "One outcome.", values=_DISPOSITIONS, open=True),
    Field("disposition_ids", "array", "Outcomes of the account, by id."),
    Field("disposition_ids[]", "string", "One id."),
    Field("citation_schema_ids", "array", "Schemas of citations (enterprise).", since="2025-07"),
    Field("citation_schema_ids[]", "string", "One id."),
    Field("post_call_evals", "object", "Evaluation after the call; forces `record`.", since="2026-06"),
    Field("post_call_evals.workbench_setup_id", "string", "The set-up that evaluates."),
    Field("post_call_evals.workbench_setup_version_id", "string", "A version of the set-up."),
    Field("stream_post_transfer_transcript", "boolean", "Transcribe after a transfer (limited roll-out).",
          default="false", since="2026-08"),
    Field("guard_rails", "array", "What the speaker must or must not do; at most five `custom` ones."),
    Field("guard_rails[]", "object", "One rule."),
    Field("guard_rails[].type", "string", "`custom` needs a `prompt` (enterprise).", required=True, values=_GUARDS),
    Field("guard_rails[].prompt", "string", "The rule in words."),
    Field("guard_rails[].actions", "array", "What happens when it is broken."),
    Field("guard_rails[].actions[]", "object", "One action."),
    Field("guard_rails[].actions[].type", "string", "Its kind.", required=True,
          values=("end_call", "transfer", "move_to_node")),
    Field("guard_rails[].actions[].config", "object", "Its settings."),
    Field("guard_rails[].actions[].config.phone_number", "string", "Where `transfer` goes.", form="number"),
    Field("guard_rails[].actions[].config.node_id", "string", "Where `move_to_node` goes."),
    Field("guard_rails[].config", "object", "Settings of the rule; none for `tcpa:opt_out`."),
    Field("guard_rails[].config.end_seconds", "number", "Seconds within which it is to be kept.", least=0,
          default="30"),
)
# fmt: on
