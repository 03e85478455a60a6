"""Fields that Bland does not take together."""

from collections.abc import Iterator, Mapping

from bland_deploy.api.findings import Finding, doubt, given, refused
from bland_deploy.model.stamp import STAMP_KEY

# docs.bland.ai, Send Call: ignored where a pathway leads the call.
_IGNORED_BY_PATHWAYS = ("task", "model", "transfer_phone_number", "transfer_list")
_FORCES_RECORDING = ("post_call_evals", "stream_post_transfer_transcript", "include_post_transfer_transcript")
_NUMBER_NOISE = str.maketrans("", "", "+ ().-")


def check_conflicts(fields: Mapping[str, object], api: str, level: str) -> Iterator[Finding]:
    """Fields of one level that contradict each other, and the stamp's place taken."""
    yield from _check_agent(fields, certain=api == "v2" and level == "call")
    yield from _check_recording(fields)
    if given(fields.get("pathway_id")):
        for name in _IGNORED_BY_PATHWAYS:
            if given(fields.get(name)):
                yield doubt((name,), "ignored-field", f"Bland ignores `{name}` where `pathway_id` is set")
    metadata = fields.get("metadata")
    if isinstance(metadata, dict) and STAMP_KEY in metadata:
        message = f"`metadata.{STAMP_KEY}` is where the request's own stamp goes"
        yield refused(("metadata", STAMP_KEY), "reserved-metadata", message, "give the key another name")


def _check_agent(fields: Mapping[str, object], *, certain: bool) -> Iterator[Finding]:
    """Certain is the refusal AGENT_PARAM_CONFLICT for what all v2 calls share."""
    if not given(fields.get("agent_id")):
        return
    for name in ("pathway_id", "persona_id", "tools"):
        if given(fields.get(name)):
            finding = refused if certain else doubt
            yield finding((name,), "agent-conflict", f"Bland refuses `{name}` beside `agent_id`", "keep one of them")


def _check_recording(fields: Mapping[str, object]) -> Iterator[Finding]:
    if fields.get("record") is not False:
        return
    for name in _FORCES_RECORDING:
        if given(fields.get(name)) and fields[name] is not False:
            message = f"Bland refuses `record: false` beside `{name}`, which needs the recording"
            yield doubt(("record",), "recording-needed", message, f"remove `record` or `{name}`")


def check_transfer(number: str, fields: Mapping[str, object]) -> Iterator[Finding]:
    """Whether a call to a number is transferred to that same number, which Bland refuses."""
    target = fields.get("transfer_phone_number")
    if isinstance(target, str) and target.translate(_NUMBER_NOISE) == number.translate(_NUMBER_NOISE):
        message = "`transfer_phone_number` is the number called; Bland refuses that"
        yield doubt(("transfer_phone_number",), "transfer-to-callee", message)
