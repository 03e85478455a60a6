"""The difference between the text that was last sent and the text now."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.model.text import SharedText
from bland_deploy.views.plan.changes import changes, shortened
from tests.views.plan.making import campaign_of


def changed(before, now):
    return changes(campaign_of(text=now, before=before))


def test_a_campaign_that_was_never_sent_has_no_changes():
    assert changes(campaign_of()) == ()


def test_the_lines_that_differ_are_shown_with_some_around_them():
    (change,) = changed("a\nb\nc\nd\ne\n", "a\nb\nC\nd\ne\n")
    assert change == ("prompt", ("@@ -1,5 +1,5 @@", " a", " b", "-c", "+C", " d", " e"))


def test_each_part_is_compared_with_itself_and_what_is_no_text_as_json():
    before, now = SharedText.of({"task": "x", "voicemail": {"message": "a"}}), SharedText.of({"task": "x", "more": "m"})
    found = changes(replace(campaign_of(), text=now, text_before=before))
    assert [change.part for change in found] == ["voicemail", "more"]
    assert found[0].lines == ("@@ -1,3 +0,0 @@", "-{", '-  "message": "a"', "-}")
    assert found[1].lines == ("@@ -0,0 +1 @@", "+m")


def test_a_number_that_changed_is_told_and_not_shown():
    (change,) = changed("Ring 415 555 0100.", "Ring 415 555 0101.")
    assert change == ("text", ("a phone number in it changed, and numbers are not kept",))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_a_diff_of_very_long_texts_leads_from_the_one_to_the_other(old, new):
    around = [f"line {number}" for number in range(3000)]
    for change in changed("\n".join([*around, *old, *around]), "\n".join([*around, *new, *around])):
        _, *lines = change.lines
        gone, come = ([line[1:] for line in lines if line[0] == sign] for sign in "-+")
        first = _first(change)
        assert old[: first - 3000] + gone + old[first - 3000 + len(gone) :] == old
        assert old[: first - 3000] + come + old[first - 3000 + len(gone) :] == new


def _first(change):
    """The index of the first line that changed."""
    return -int(change.lines[0].split()[1].split(",")[0]) - 1


def test_a_million_lines_are_compared_at_once_and_shown_in_part():
    (change,) = changed("x\n" * 300_000, "y\n" * 300_000)
    assert len(change.lines) == 600_001
    assert shortened(change.lines)[-1] == "… 599,881 more lines"


def test_a_long_line_is_cut():
    (change,) = changed("word " * 100_000, "word " * 100_000 + "!")
    assert max(map(len, shortened(change.lines))) == 400
