"""What texts say once Bland has filled them: found out sentence by sentence, as if each was looked at whole."""

from hypothesis import example, given
from hypothesis import strategies as st

from bland_deploy.operations.calls.checks.filled import Phrases, denies_filled, is_idle, says_filled
from bland_deploy.prompts.placeholders import by_folded_name, fill
from bland_deploy.rules.pack import load_pack
from bland_deploy.rules.phrases import denies, phrases_of, plain, says, sentences

NAMES = ("first_name", "Company", "x y")
SAID = [
    *("This call is recorded.", "I am an AI", "record", "rec", "a robot", "ro", "Never say", "you are"),
    *("a.i", "language\nmodel", "“I’m” real", "a person", "human", "Hi", "opt out", "on behalf of", "this is Ann"),
    *("Deny being an", "with"),
]
BETWEEN = [" ", "  ", ". ", ".", '." ', ".\n", "\n\n", "\n- ", "\n3. ", "; ", ";", "!?\n \n", "’", "-", "K", "ı", ""]
VALUES = st.sampled_from([*SAID, *BETWEEN, "ing", "bot", "ed", "I am a person. Never", "\n", 5, None, ["bot"]])
TEXTS = st.lists(
    st.sampled_from([*SAID, *BETWEEN, *(f"{{{{{name}}}}}" for name in NAMES), "{{ first_name }}", "{{unknown}}"]),
    max_size=14,
).map("".join)


def reach(text):
    """A text that is longer between its names than any word reaches."""
    return text.replace("Hi", "Hi, and how are you on this fine day")


@given(TEXTS, st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES)))
@example("Never say. {{first_name}}\n\nyou are a {{x y}}bot", {"x y": "ro", "first_name": "Deny being an AI"})
@example('Say {{Company}}" \nthat you are a robot', {"Company": "no."})
@example("This call is rec{{first_name}}ed.", {"first_name": "ord"})
def test_filled_texts_say_what_they_say_as_a_whole(text, values):
    text, languages = reach(text), ("en", "de")
    whole, by_name, pack = fill(text, values), by_folded_name(values), load_pack()
    for said in pack.disclosures:
        expected = phrases_of(said.rule.id, languages).search(plain(whole)) is not None
        assert says_filled(said.rule.id, text, languages, by_name) == expected
    for denial in pack.denials:
        expected = any(map(phrases_of(denial.rule.id, languages).search, sentences(whole)))
        assert denies_filled(denial.rule.id, text, languages, by_name) == expected


@given(TEXTS, st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES)), max_size=3))
@example("This call is rec{{first_name}}ed.", [{"first_name": "Ada"}, {"first_name": "ord"}])
@example("You are a {{x y}}. Deny{{Company}} being a bot", [{"x y": "person", "Company": "."}])
def test_an_idle_text_says_the_same_as_it_is_written_and_filled_for_each(text, people):
    text, languages, pack = reach(text), ("en", "de"), load_pack()
    everybody = [by_folded_name(values) for values in people]
    for said in pack.disclosures:
        id_ = said.rule.id
        if is_idle(text, Phrases((id_,), (), languages), everybody):
            assert {says_filled(id_, text, languages, one) for one in everybody} <= {says(id_, text, languages)}
    for denial in pack.denials:
        id_ = denial.rule.id
        if is_idle(text, Phrases((), (id_,), languages), everybody):
            assert {denies_filled(id_, text, languages, one) for one in everybody} <= {denies(id_, text, languages)}
    kinds = tuple(said.rule.id for said in pack.disclosures), tuple(denial.rule.id for denial in pack.denials)
    alone = [Phrases((id_,), (), languages) for id_ in kinds[0]] + [Phrases((), (id_,), languages) for id_ in kinds[1]]
    assert is_idle(text, Phrases(*kinds, languages), everybody) <= all(is_idle(text, one, everybody) for one in alone)
