"""When, and for how long: fields of a call."""

from bland_deploy.api.fields.facts import Field

# fmt: off
TIMING = (
    Field("start_time", "string",
          "When to call: `YYYY-MM-DD HH:MM:SS -HH:MM`. Without an offset it is UTC; a time that is past means at once.",
          form="start-time", default="now"),
    Field("timezone", "string",
          "IANA zone of `{{now}}` and its like during the call; not of `start_time`. Derived from US numbers.",
          form="timezone", default="America/Los_Angeles"),
    Field("max_duration", "integer", "Minutes until the call is ended, at most 12 hours. Free accounts are cut to 5.",
          least=1, most=720, default="30"),
)
# fmt: on
