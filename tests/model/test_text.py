"""The text of calls as the log keeps it."""

from bland_deploy.model.text import SharedText

NUMBER = "+14155550100"


def test_parts_come_back_as_they_were():
    parts = {"prompt": "Greet {{name}}.\n", "voicemail": {"message": "Hi", "n": [1, 2.5, None, True]}, "task": None}
    assert SharedText.of(parts).parts == parts


def test_no_number_is_kept_but_whether_it_changed():
    text = SharedText.of({"prompt": "Ring 415 555 0100", "voicemail": {NUMBER: [14155550100, True]}})
    assert b"5550100" not in text.encoded
    assert b"555 0100" not in text.encoded
    other = SharedText.of({"prompt": "Ring 415 555 0101", "voicemail": {NUMBER: [14155550100, True]}})
    assert other.parts == text.parts
    assert other.sha256 != text.sha256


def test_the_same_parts_in_any_order_are_the_same_text():
    assert SharedText.of({"a": "x", "b": "y"}) == SharedText.of({"b": "y", "a": "x"})


def test_halves_of_a_pair_are_kept():
    assert SharedText.of({"prompt": "\ud800"}).parts == {"prompt": "\ud800"}
