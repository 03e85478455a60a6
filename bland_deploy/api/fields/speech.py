"""Who speaks and how: fields of a call."""

from bland_deploy.api.fields.facts import Field, words

_VOICES = ("Karen", "Josh", "Florian", "Derek", "June", "Nat", "Paige", "maya", "mason")
_LANGUAGES = words(
    "babel fluent auto en babel-en en-US en-GB en-AU en-NZ en-IN es babel-es es-419 fr babel-fr fr-CA de babel-de el "
    "hi hi-Latn hu ja ko ko-KR vi pt pt-BR pt-PT zh zh-CN zh-Hans zh-TW zh-Hant it nl pl ru sv sv-SE da da-DK fi no id "
    "ms tr uk bg cs ro sk"
)

# fmt: off
SPEECH = (
    Field("task", "string",
          "The prompt. Required unless a pathway, persona or agent leads; under 2,000 characters is advised.",
          bland_fills=True, from_file=True),
    Field("pathway_id", "string",
          "The pathway that leads the call; `task`, `model`, `transfer_*` and others are then ignored.", form="uuid"),
    Field("pathway_version", "integer|string", "A version number of the pathway, `production` or `staging`.",
          default="production"),
    Field("persona_id", "string", "The persona that speaks. Fields of the call override the persona's.", form="uuid",
          since="2025-07"),
    Field("agent_id", "string",
          "The agent that leads. Not with `pathway_id`, `persona_id` or `tools`; needs an organisation's key.",
          "call-agents", form="uuid", since="2026-08"),
    Field("agent_version", "string",
          "`production`, `staging`, `dev`, `latest`, a semantic version or `branch:NAME`; bypasses experiments.",
          "call-agents", default="production", since="2026-10"),
    Field("voice", "string", "Name or id of the voice; any voice of the account.", "call-agents", values=_VOICES,
          open=True, default="Karen"),
    Field("first_sentence", "string", "The exact opening words.", bland_fills=True, from_file=True),
    Field("model", "string", "`turbo` is quicker and lacks transfer, phone menus and tools.", values=("base", "turbo"),
          old_values=(("enhanced", "base"),), default="base"),
    Field("language", "string", "The language spoken.", values=_LANGUAGES, old_values=(("ENG", "en"), ("eng", "en")),
          default="babel-en"),
    Field("temperature", "number", "How freely the model speaks, from 0 to 1.", least=0, most=1, default="0.7"),
    Field("wait_for_greeting", "boolean", "Wait for the other side to speak first.", default="false"),
    Field("interruption_threshold", "number",
          "Patience before replying, in milliseconds. The default was 100 until 2025-11.", least=0, default="500"),
    Field("interruptibility", "integer",
          "How easily the speaker is interrupted; 0 is the same as `block_interruptions`.", least=0, most=3,
          default="2", since="2026-07"),
    Field("resumption_speed", "integer", "How soon the speaker goes on after an interruption.", "call-history", least=1,
          most=3, default="2", since="2026-07-06", until="2026-07-27"),
    Field("block_interruptions", "boolean", "Speak on when interrupted.", default="false"),
    Field("pronunciation_guide", "array", "How words are to be pronounced."),
    Field("pronunciation_guide[]", "object", "One word and its pronunciation."),
    Field("pronunciation_guide[].word", "string", "The word as written.", required=True),
    Field("pronunciation_guide[].pronunciation", "string", "How it is to sound.", required=True),
    Field("pronunciation_guide[].case_sensitive", "boolean|string",
          "Whether capitals count. The documentation's example writes a string; true and false work.", default="false"),
    Field("pronunciation_guide[].spaced", "boolean|string",
          "Whether only the whole word counts. The documentation's example writes a string; true and false work.",
          default="true"),
    Field("keywords", "array", "Words the transcription is to expect.", most=20, default="[]"),
    Field("keywords[]", "string", "`word` or `word:BOOST`, the boost a whole number (2 by default).", most=99),
    Field("background_track", "string", "Sound behind the voice; null is quiet phone static.",
          values=("office", "cafe", "restaurant", "none"), default="null"),
    Field("noise_cancellation", "boolean",
          "Filter noise. Older pages give false as the default; the newest says that true applies when it is left out.",
          "call-agents", default="true"),
)
# fmt: on
