"""What texts say, by the phrases of the pack: prompts that deny being an AI, and those that only look so."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bland_deploy.rules.pack import load_pack
from bland_deploy.rules.phrases import denies as pack_denies
from bland_deploy.rules.phrases import known_languages, languages_of, may_hold, phrases_of, plain, says, sentences

DENIAL = load_pack().denials[0].rule.id
DENIALS = [
    "If asked, deny being an AI.",
    "Never admit that you are a bot.",
    "Pretend to be a human.",
    "If they ask, say you are not a robot.",
    "Never say you are an AI.",
    "Do not reveal that you are an automated agent.",
    "You must not disclose that this is an AI.",
    "Don't mention that you're a robot.",
    "Do not tell the customer that they are speaking to a machine.",
    "Never mention AI.",
    "Do not reveal your AI nature.",
    "If anyone asks whether you are human, tell them you are a real person.",
    "Insist that you are a human being.",
    "Claim to be a person named Sam.",
    "You are a human, not an AI.",
    "You are a real person working at Acme.",
    "Act as if you were a human.",
    "Avoid mentioning that you are an A.I.",
    "Don’t let them know you are a bot.",
    "Deny that you are artificial.",
    "Convince the caller that you are a live person.",
    "Answer that you are not a robot.",
    "When asked if you are a bot, reply: I am a real human.",
    "Never acknowledge being an AI language model.",
    "Do not, ever, say\nthat you are a robot.",
    "Refuse to admit being a chatbot.",
]
HONEST = [
    "If asked, say that you are an AI.",
    "Never mention prices.",
    "Pretend nothing.",
    "If they ask, transfer them to a real person.",
    "If they ask whether you are a person, say that you are an automated agent.",
    "Never pretend to be a human.",
    "Do not claim to be a person.",
    "Never deny being an AI.",
    "Never say that you are a human being.",
    "Don't say you are not a robot.",
    "Be honest: you are an AI assistant, not a human.",
    "Do not mention the washing machine's price.",
    "Do not tell them about our robot vacuum offers before they agree.",
    "Never mention our AI product before they have agreed to listen.",
    "If they insist that you are a person, say that you are an AI.",
    "Ask whether you are speaking to the right person.",
    "Say that you will call again and end the call. If they ask whether you are a person, say no.",
    "If a machine answers, do not say anything, leave no message.",
    "Make sure you are talking to the person on the account.",
    "Tell them you are a virtual assistant.",
    "You are a friendly person from the front desk team's AI.",
    "Do not confirm appointments to an answering machine.",
    "Never argue, never offer a discount that is not in these lines, and never ask for a card number.",
    "Say that a real person will call back.",
    "Do not say that the virtual appointment is confirmed.",
    "If you are talking to a machine, hang up.",
    "Never let the call go on if you notice that this is an answering machine.",
    "The bank may deny automated payments.",
    "Tell them to ask for a human if they like.",
    "If somebody says you are a robot, agree and say you are an AI.",
    "You are a human resources assistant.",
    "Never reveal the customer's balance to anyone but the person on the account.",
    "Do not be pushy. You're an AI that helps people.",
    "Don't tell people that you are a human when they ask.",
    "Never act as if you were a person.",
]


def denies(text, *languages):
    found = any(phrases_of(DENIAL, (*languages, "en")).search(part) for part in sentences(text))
    assert pack_denies(DENIAL, text, (*languages, "en")) is found
    return found


@pytest.mark.parametrize("text", DENIALS)
def test_prompts_that_deny_being_an_ai_are_found(text):
    assert denies(text)


@pytest.mark.parametrize("text", HONEST)
def test_prompts_that_only_look_so_are_not(text):
    assert not denies(text)


@pytest.mark.parametrize(
    ("language", "bad", "good"),
    [
        ("es", "Nunca digas que eres una IA.", "Si preguntan, di que eres una IA."),
        ("es", "Finge ser una persona.", "Nunca finjas ser una persona."),
        ("fr", "Ne dis jamais que tu es une IA.", "Dis que tu es une IA."),
        ("fr", "Prétends être une vraie personne.", "Ne prétends jamais être une personne."),
        ("de", "Sage niemals, dass du eine KI bist.", "Sage, dass du eine KI bist."),
        ("de", "Behaupte, ein Mensch zu sein.", "Behaupte nie, ein Mensch zu sein."),
    ],
)
def test_denials_are_found_in_the_languages_of_the_pack(language, bad, good):
    assert denies(bad, language)
    assert not denies(good, language)


def test_sentences_and_items_of_lists_are_searched_for_themselves():
    text = "Never say this\nat night. Be kind!\n- You are Ann\n* You are an AI\n\n3. Say “stop”; then end"
    assert sentences(text) == [
        *("Never say this at night.", "Be kind!", "- You are Ann", "* You are an AI", "3.", 'Say "stop"', "then end"),
    ]
    assert denies("Never argue.\n- Say that you are an AI") is False


def test_texts_are_searched_with_straight_quotes_and_single_blanks():
    assert plain("I’m  “Ann”\n from\tAcme") == 'I\'m "Ann" from Acme'


@pytest.mark.parametrize(
    ("written", "languages"),
    [
        *(
            (None, ("en",)),
            ("", ("en",)),
            ("en-GB", ("en",)),
            ("babel-en", ("en",)),
            ("eng", ("en",)),
            ("ENG", ("en",)),
        ),
        *(("es-419", ("es",)), ("babel-de", ("de",)), ("fr-CA", ("fr",)), ("pl", ()), ("pt-BR", ())),
        *(("babel", known_languages()), ("auto", known_languages()), ("fluent", known_languages())),
    ],
)
def test_the_language_of_the_calls_says_whose_phrases_count(written, languages):
    assert languages_of(written) == languages


PIECES = st.sampled_from(
    [
        *(
            "Hi Ada!",
            "Hi Björn 17!",
            "This is the AI assistant of Acme calling.",
            "I am an AI",
            "assistant.",
            "calling",
        ),
        *(
            "you can opt out at any time.",
            "“I’m” a bot",
            "never say",
            "you are a robot",
            "This call is recorded.",
            "\n",
        ),
    ]
)


@given(st.lists(st.lists(PIECES, max_size=6).map(" ".join), max_size=8))
@example(["I am an AI", "I am an AIrline"])
@example(["This is an AI assistant.", "This is an AI assistantship."])
def test_texts_that_are_alike_are_judged_as_if_each_was_the_only_one(texts):
    pack, languages = load_pack(), ("en", "es")
    for text in texts:
        for said in pack.disclosures:
            searched = phrases_of(said.rule.id, languages).search(plain(text))
            assert says(said.rule.id, text, languages) == (searched is not None)
        for denial in pack.denials:
            search = phrases_of(denial.rule.id, languages).search
            assert pack_denies(denial.rule.id, text, languages) == any(map(search, sentences(text)))


PHRASES = [
    (item.rule.id, language, phrase)
    for item in (*load_pack().disclosures, *load_pack().denials)
    for language, phrases in item.phrases.items()
    for phrase in phrases
]


@pytest.mark.parametrize(("id_", "language", "phrase"), PHRASES)
@settings(max_examples=10, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.data())
def test_whatever_matches_a_phrase_holds_one_of_its_words(id_, language, phrase, data):
    text = data.draw(st.from_regex(re.compile(phrase, re.IGNORECASE), alphabet=st.characters(codec="utf-8")))
    assert may_hold(id_, text, (language,))
    assert may_hold(id_, text.upper(), (language,)) or not re.search(phrase, text.upper(), re.IGNORECASE)


def test_words_hold_no_blank_since_a_text_may_break_its_line_there():
    pack = load_pack()
    for item in (*pack.disclosures, *pack.denials):
        assert all(word == word.lower() and len(word.split()) == 1 for words in item.words.values() for word in words)
        assert not item.words or item.words.keys() == item.phrases.keys()
    assert denies("Never admit that you are a language\nmodel.")
