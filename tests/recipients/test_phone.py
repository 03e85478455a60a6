from random import Random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.model.recipient import Number
from bland_deploy.recipients.phone import (
    NORMALISATION_VERSION,
    Flaw,
    country_of,
    examine,
    is_country,
    normalise,
    normalise_plainly,
    number_reader,
)
from tests.recipients.phone_texts import COUNTRIES, EXAMPLES, make_pairs

TEXTS = 100_000


def test_the_fast_path_answers_like_the_library_for_every_country():
    # where the fast path does not answer, the library does, so only its answers have to be compared
    answered = 0
    for text, country in make_pairs(seed=1, count=TEXTS):
        fast = number_reader(country)(text)
        if fast is not None:
            answered += 1
            assert fast == normalise_plainly(text, country), (text, country)
    assert answered > TEXTS / 10


def test_numbers_from_which_a_prefix_could_be_stripped_are_left_to_the_library():
    # Belarus has numbers that are valid as they stand and that the library takes a trunk prefix 8 from nevertheless
    random = Random(2)
    for _ in range(8_000):
        code, example = random.choice(EXAMPLES["BY"])
        national = "8" + "".join(random.choices("0123456789", k=2)) + example[random.randrange(2, 4) :]
        for text in (f"+{code}{national}", national):
            fast = number_reader("BY")(text)
            assert fast is None or fast == normalise_plainly(text, "BY"), text


def test_what_is_too_long_for_the_library_is_too_long_for_us():
    text = "+1415555" + " " * 300 + "0100"
    assert normalise(text) == normalise_plainly(text)
    assert not normalise(text).valid


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_fast_path_knows_a_countrys_own_numbers(country):
    for code, national in EXAMPLES[country]:
        text = f"+{code}{national}"
        assert normalise(text) == normalise_plainly(text) == normalise(text, country)
        assert normalise(national, country) == normalise_plainly(national, country)


@given(
    text=st.text("+0123456789 ().-/x*#;,~\u00a0\u0663\uff13e", max_size=20),
    country=st.sampled_from([None, "US", "GB", "BR"]),
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_normalised_as_the_library_would(text, country):
    assert normalise(text, country) == normalise_plainly(text, country)


def test_all_ways_to_write_a_number_are_one_person():
    texts = [
        "+14155550100",
        "+1 (415) 555-0100",
        "415.555.0100",
        "1-415-555-0100",
        "(415) 555 0100",
        "tel:+1-415-555-0100",
    ]
    assert {normalise(text, "US") for text in texts} == {Number("+14155550100", "+14155550100", True, "US")}


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+14155550100", "US"),
        ("+16135550100", "CA"),
        ("+442079460000", "GB"),
        ("+33199001234", "FR"),
        ("+80012345678", None),
    ],
)
def test_a_number_belongs_to_its_country(text, country):
    assert normalise(text).country == country
    assert country_of(text) == country


def test_most_usual_numbers_do_not_need_the_library():
    read = number_reader("US")
    assert all(read(text) is not None for text in ("+14155550100", "4155550100", "(415) 555-0100", "1 415 555 0100"))
    assert read("+442079460000") is not None
    assert number_reader("GB")("020 7946 0000") is not None
    assert number_reader(None)("4155550100") is None


@pytest.mark.parametrize(
    ("text", "country", "flaw"),
    [
        ("", None, Flaw.BLANK),
        (" \u00a0", "US", Flaw.BLANK),
        ("n/a", "US", Flaw.NO_DIGITS),
        ("1234567890", None, Flaw.NO_COUNTRY),
        ("+99912345678", "US", Flaw.UNKNOWN_CODE),
        ("(+999) 12345678", None, Flaw.UNKNOWN_CODE),
        ("4155550100 & 4155550101", "US", Flaw.NOT_A_NUMBER),
        ("1.4155550100E+10", "US", Flaw.NOT_A_NUMBER),
        ("+1", None, Flaw.NOT_A_NUMBER),
        ("+1415555", "US", Flaw.TOO_SHORT),
        ("5550100", "US", Flaw.TOO_SHORT),
        ("1", "US", Flaw.NOT_A_NUMBER),
        ("+141555501001", None, Flaw.TOO_LONG),
        ("4" * 260, "US", Flaw.TOO_LONG),
        ("+4989" + "1" * 9 + "1" * 9, None, Flaw.TOO_LONG),
        ("+11234567890", None, Flaw.NOT_IN_USE),
        ("+14155550100 ext. 5", None, Flaw.EXTENSION),
        ("+14155550100;5", None, Flaw.EXTENSION),
    ],
)
def test_a_number_that_cannot_be_called_says_why(text, country, flaw):
    number, found = examine(text, country)
    assert found is flaw
    assert not number.valid
    assert normalise(text, country) == number


def test_what_the_library_parses_is_told_by_e164_even_when_it_cannot_exist():
    assert normalise("1234567890", "US") == Number("+11234567890", "+11234567890", False, None)


def test_what_the_library_cannot_parse_is_told_by_its_digits():
    assert normalise("123-456 7890") == Number("123-456 7890", "1234567890", False, None)


def test_an_unknown_country_is_like_none():
    assert not is_country("UK")
    assert is_country("GB")
    assert number_reader("UK")("4155550100") is None
    assert normalise("+14155550100", "UK").valid


def test_the_version_of_the_normal_form_is_the_librarys():
    assert phonenumbers.__version__ == NORMALISATION_VERSION
