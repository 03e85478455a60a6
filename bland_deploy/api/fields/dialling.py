"""Caller id, transfer, voicemail and retries: fields of a call."""

from bland_deploy.api.fields.facts import Field

_VOICEMAIL_ACTIONS = ("hangup", "leave_message", "leave_message_and_sms", "ignore")

# fmt: off
DIALLING = (
    Field("phone_number", "string",
          "The number to call, in E.164. Written by the tool from `recipients.phone`; forbidden in v2 `global`.",
          "batches", levels=("each",), required=True, form="number"),
    Field("from", "string",
          "The number to call from, with country code, without spaces. An imported one needs `encrypted_key`.",
          form="number"),
    Field("dialing_strategy", "object", "How the number to call from is chosen.", since="2025-07-29"),
    Field("dialing_strategy.type", "string",
          "`local` (US, a paid add-on) or `custom_pooling` (enterprise; one page writes `custom_pool`).", required=True,
          values=("local", "custom_pooling", "custom_pool")),
    Field("dialing_strategy.pool_id", "string", "The pool of `custom_pooling`."),
    Field("transfer_phone_number", "string",
          "Where the call can be transferred to. Not the number called; ignored for pathways.", form="number"),
    Field("transfer_list", "object",
          "Numbers to transfer to, by name; `default` overrides `transfer_phone_number`. Ignored for pathways."),
    Field("voicemail", "object", "What to do when a voicemail answers.", since="2025-07-25", bland_fills=True),
    Field("voicemail.action", "string",
          "`leave_message` needs `message`; `leave_message_and_sms` needs `sms` too. A `message` implies leaving it.",
          values=_VOICEMAIL_ACTIONS, default="hangup"),
    Field("voicemail.message", "string", "The message to leave.", from_file=True),
    Field("voicemail.sms", "object", "The text message to send."),
    Field("voicemail.sms.message", "string", "Its text.", required=True),
    Field("voicemail.sms.from", "string", "The number it is sent from.", form="number"),
    Field("voicemail.sms.to", "string", "Has no effect.", "call-history", until="2025", form="number"),
    Field("voicemail.sensitive", "boolean", "Detect voicemail with a language model.", default="false"),
    Field("retry", "object", "One more call when a voicemail is reached."),
    Field("retry.wait", "number", "Seconds until then.", least=0),
    Field("retry.voicemail_action", "string", "As `voicemail.action`, for the second call.", values=_VOICEMAIL_ACTIONS),
    Field("retry.voicemail_message", "string", "As `voicemail.message`, for the second call.", bland_fills=True),
    Field("ivr_mode", "boolean", "For phone menus; makes `voicemail.action` `ignore`.", default="false"),
    Field("precall_dtmf_sequence", "string",
          "Keys to press before the call, `w` waits half a second. Only for calls that leave over Twilio.",
          form="dtmf"),
    Field("ignore_button_press", "boolean", "Ignore keypad tones.", default="false"),
)
# fmt: on
