import re

from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.diagnostics import (
    NOWHERE,
    Place,
    error,
    has_errors,
    in_order,
    mask_number,
    mask_text,
    nearest,
    note,
    shown,
    warning,
)


def test_a_place_shows_what_it_has():
    assert [str(place) for place in (Place("f", 1, 2), Place("f", 1), Place("f"), NOWHERE)] == ["f:1:2", "f:1", "f", ""]


def test_only_errors_stop():
    assert not has_errors([warning("a", "x"), note("a", "x")])
    assert has_errors([warning("a", "x"), error("a", "x")])


def test_diagnostics_stand_in_the_order_of_the_files_each_once():
    first, second, third = (
        error("b", "x", Place("a", 2)),
        error("a", "x", Place("a", 10)),
        error("a", "x", Place("b", 1)),
    )
    anywhere = error("z", "x")
    assert in_order([third, second, first, third, anywhere]) == (anywhere, first, second, third)


def test_the_nearest_word_is_the_one_probably_meant():
    assert nearest("Descripton", ["description", "prompt"]) == "description"
    assert nearest("zzz", ["description"]) is None
    assert nearest("x", []) is None


def test_a_number_is_masked_as_the_contract_shows():
    assert mask_number("+14155550100") == "+1415•••0100"
    assert mask_number("4155550100") == "415•••0100"
    assert mask_number("5550100") == "•••"


def test_numbers_in_a_text_are_masked_in_place():
    assert mask_text('from: "+14155550100" # x') == 'from: "+1415•••0100" # x'
    assert mask_text("call (415) 555-0100 now") == "call (•••) •••-•••• now"
    assert mask_text("tel-14155550100, 5550100") == "tel-1415•••0100, •••••••"
    assert mask_text("١٤١٥٥٥٥٠١٠٠x") == "١٤١٥•••٠١٠٠x"


def test_dates_and_short_numbers_are_not_masked():
    for text in ("2025-01-02", "2025-01-02 10:30", "max: 100000", "1,000,000", "12:30:00", "v1.2.3-4"):
        assert mask_text(text) == text
    assert mask_text("2025-01-02 4155550100") != "2025-01-02 4155550100"


@given(st.text("0123456789+-(). ax", max_size=40))
def test_masking_keeps_every_character_in_its_place_and_leaves_no_long_run_of_digits(text):
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert not re.search(r"\d{7,}", masked)
    assert all(new in {old, "•"} for new, old in zip(masked, text, strict=True))


def test_a_quoted_word_is_short_one_line_and_without_numbers():
    assert shown("a\n b") == "a b"
    assert shown("+14155550100") == "+1415•••0100"
    assert len(shown("x" * 500)) == 60
