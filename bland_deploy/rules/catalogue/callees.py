"""Gates that protect who is called: purpose, consent, numbers, and what is said. A campaign may waive most of them."""

from bland_deploy.diagnostics import Severity
from bland_deploy.rules.rule import WARNING, Example, Level, Rule

_GATE = (Severity.ERROR, Severity.WARNING)
_NUMBERS = "https://github.com/google/libphonenumber"
_FREE = "47 CFR 64.1200(a)(1)(iii)"
_CONSENT = "47 CFR 64.1200(a)(2), (a)(3) and (f)(9); FCC 24-17"
_AI = "FCC 24-17; Cal. Bus. & Prof. Code 17941; Utah Code 13-75-103; (EU) 2024/1689, article 50"
_PERSON = 'recipients: {inline: [{phone_number: "+14155550100", agreed_on: "2026-03-01"}]}'
_AGREED = 'consent: {type: written, source: web form, captured_at: "2026-03-01"}'
_SAYS = (
    "call:\n"
    "  first_sentence: This is Ann from Acme. I am an AI assistant. If you want no more calls, say so and we will not "
    "call again.\n"
    '  guard_rails: [{type: "tcpa:self_introduction"}, {type: "tcpa:ai_disclosure"}, {type: "tcpa:opt_out"}]\n'
)
_FINE = f"purpose: marketing\n{_AGREED}\n{_SAYS}"


def _without(text: str) -> str:
    """The campaign with nothing wrong, without one of the things it says."""
    assert text in _FINE
    return _FINE.replace(text, "")


CALLEES = (
    Rule(
        "purpose-missing",
        Level.CALLEE,
        _GATE,
        "A campaign has no `purpose`, in a protected environment.",
        "Which rules hold depends on what the calls are for; somebody has to have thought of it.",
        "Add `purpose`: marketing, informational, debt, healthcare, political, survey or emergency.",
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "consent-missing",
        Level.CALLEE,
        _GATE,
        "Marketing calls to people of whose consent nothing is said, or less than kind, source and day.",
        "An AI's voice is an artificial one, and marketing with it needs consent that can be shown.",
        "Declare it for the list, or for each row by `{column: NAME}`, and leave out who gave none.",
        _CONSENT,
        Example(f"purpose: marketing\n{_SAYS}", _FINE),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "consent-too-weak",
        Level.CALLEE,
        _GATE,
        "Consent of a weaker kind than the calls need.",
        "Marketing with an artificial voice needs written consent; courts differ on whether less suffices.",
        "Ask for written consent, or waive the rule with the reason why express consent suffices.",
        _CONSENT,
        Example(_FINE.replace("written", "express"), _FINE),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "consent-too-old",
        Level.CALLEE,
        _GATE,
        "Consent that has ended, or that is older than the pack or `consent.max_age` allows.",
        "Who agreed long ago has forgotten it, and complains.",
        "Ask these people again, or leave such rows out with `where`.",
        _CONSENT,
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "consent-unreadable",
        Level.CALLEE,
        _GATE,
        "The kind or a day of a consent cannot be read, or lies in the future.",
        "Consent that nobody can read is none.",
        'Write `express`, `written` or `none`, and days as `"2026-03-01"`.',
        example=Example(
            "consent: {type: written, source: web form, captured_at: {column: name}}",
            "consent: {type: written, source: web form, captured_at: {column: agreed_on}}\n" + _PERSON,
        ),
        counts_always=True,
    ),
    Rule(
        "short-number",
        Level.CALLEE,
        _GATE,
        "A number that is as short as a service's or an emergency number, and is not valid.",
        "It would ring the police or a paid service, and `invalid_numbers: send` sends it as written.",
        "Write the whole number with + and the calling code, or remove the row.",
        _NUMBERS,
        Example('recipients: {invalid_numbers: send, inline: [{phone_number: "911"}]}', _PERSON),
        counts_always=True,
    ),
    Rule(
        "invalid-number-sent",
        Level.CALLEE,
        _GATE,
        "A number that cannot exist is sent all the same, since `invalid_numbers` is `send`.",
        "It rings nobody, or somebody else. In a protected environment it is an error.",
        "Correct it, or leave such rows out with `invalid_numbers: skip` or `where`.",
        _NUMBERS,
        Example('recipients: {invalid_numbers: send, inline: [{phone_number: "+11234567890"}]}', _PERSON),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "toll-free-number",
        Level.CALLEE,
        _GATE,
        "A number for which whoever is called pays.",
        "Nobody's phone is behind it, and calling it by machine is forbidden where the called party pays.",
        "Remove the row, or leave such rows out with `where`.",
        _FREE,
        Example('recipients: {inline: [{phone_number: "+18005550199"}]}', _PERSON),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "premium-number",
        Level.CALLEE,
        _GATE,
        "A number of premium rate.",
        "Every minute costs extra, and it is a known way to defraud who calls by machine.",
        "Remove the row, or leave such rows out with `where`.",
        "47 CFR 64.1501 and following",
        Example('recipients: {inline: [{phone_number: "+19005550199"}]}', _PERSON),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "identity-missing",
        Level.CALLEE,
        _GATE,
        "The text of a marketing call, or its message for a voicemail, does not say who is calling.",
        "People have to be told at the start on whose behalf they are called.",
        'Say it in `first_sentence`, or have the prompt say it: "This is … calling from …".',
        "47 CFR 64.1200(b)(1) and (d)(4)",
        Example(_without("This is Ann from Acme. "), _FINE),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "ai-disclosure-missing",
        Level.CALLEE,
        _GATE,
        "The text of a marketing call does not say that an AI speaks.",
        "Several states ask for it, and so does whoever finds out later.",
        'Say it in `first_sentence`, or have the prompt say it: "I am an AI assistant".',
        _AI,
        Example(_without("I am an AI assistant. "), _FINE),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "opt-out-missing",
        Level.CALLEE,
        _GATE,
        "The text of a marketing call, or its message for a voicemail, does not say how to be called no more.",
        "Whoever cannot say stop complains, or blocks the number.",
        'Offer it: "If you do not want to be called again, say so".',
        "47 CFR 64.1200(b)(3) and (a)(10)",
        Example(_without("If you want no more calls, say so and we will not call again."), _FINE),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "recording-disclosure-missing",
        Level.CALLEE,
        _GATE,
        "A call is recorded and nothing says so.",
        "In many states and countries everybody on the line has to know.",
        'Say it: "This call is recorded", or leave `record` out.',
        "state wiretapping acts, among them Cal. Penal Code 632",
        Example("call: {record: true}", "call: {record: true, first_sentence: Hello. This call is recorded.}"),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "denies-being-an-ai",
        Level.CALLEE,
        _GATE,
        "A prompt tells the agent to pass for a human being.",
        "It deceives people, and it is forbidden where they ask.",
        "Let the agent say what it is when somebody asks.",
        _AI,
        Example(
            "prompt: If they ask, say that you are a real person.", "prompt: If they ask, say that you are an AI agent."
        ),
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "disclosure-unchecked",
        Level.CALLEE,
        WARNING,
        "The pack has no phrases for the language of the calls.",
        "Whether they say who calls, that an AI speaks and how to be called no more was not checked.",
        "Have somebody who speaks the language read the text.",
        counts_always=True,
        can_waive=True,
    ),
    Rule(
        "guard-rails-missing",
        Level.CALLEE,
        WARNING,
        "A marketing campaign has no guard rails of the API for what has to be said.",
        "What a text asks for, an agent may still forget; with guard rails Bland watches over it.",
        "Add `guard_rails` under `call`, with types `tcpa:self_introduction`, `tcpa:ai_disclosure` and `tcpa:opt_out`.",
        "https://docs.bland.ai/api-v1/post/calls",
        Example(_FINE[: _FINE.index("  guard_rails")], _FINE),
    ),
)
