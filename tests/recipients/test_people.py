from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.diagnostics import Diagnostic, Place, Severity, error, warning
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.recipient import LeftOut, Number, Outcome, Recipient, Row
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Listing
from bland_deploy.recipients.people import find_people, make_look, make_look_through
from bland_deploy.recipients.phone import normalise_plainly

ANN, BEN, CLEO = "+14155550100", "+14155550101", "+442079460000"


@dataclass
class Listed:
    """Rows at hand; strings are numbers, from line 2 on."""

    items: tuple
    name: str = "list.csv"
    columns: tuple[str, ...] | None = None

    def rows(self):
        for line, item in enumerate(self.items, 2):
            if isinstance(item, LeftOut | Diagnostic):
                yield item
            else:
                yield Row(line, item if isinstance(item, dict) else {"phone_number": item})

    def sha256(self):
        return None


def people(*items, where=None, suppressed=frozenset(), countries=(), **options):
    recipients = Recipients(file="list.csv", **options)
    return list(find_people(Listed(items), recipients, where, suppressed, countries))


def outcomes(found):
    return [item.number.sent if isinstance(item, Recipient) else item.outcome for item in found]


def problem(found, rule, line=2, severity=Severity.ERROR):
    """The one problem found, which quotes no number in full."""
    (item,) = [item for item in found if isinstance(item, LeftOut) and item.problem]
    assert item.outcome in {Outcome.INVALID, Outcome.DUPLICATE}
    assert item.line == line
    assert (item.problem.rule, item.problem.severity) == (rule, severity)
    assert item.problem.place == Place("list.csv", line)
    assert "5550100" not in item.problem.message
    return item.problem


CELLS = st.sampled_from(
    [ANN, "(415) 555-0101", CLEO, "", " ", "x", "+1415", None, 7, "+18005550100", "tel:+1-415-555-0100"]
)
ROWS = st.lists(
    st.builds(Row, st.integers(2, 9), st.fixed_dictionaries({}, optional={"phone_number": CELLS, "name": CELLS}))
    | st.just(LeftOut(3, Outcome.INVALID)),
    max_size=5,
)
TEXTS = CELLS.filter(lambda cell: isinstance(cell, str)) | st.just("a\nb")
OPTIONS = st.sampled_from(
    [{}, {"number_format": "raw"}, {"defaults": {"phone_number": ANN}}, {"invalid_numbers": "skip"}]
)


def everybody(crowd, left_out):
    """The people of a crowd and where they stand, and who is none of them."""
    assert list(crowd.rows.lines) == [crowd.rows.row(at).line for at in range(len(crowd.numbers))]
    return [crowd.person(at) for at in range(len(crowd.numbers))], list(left_out)


def alone(found):
    """The same of what was found row by row."""
    items = list(found)
    people = [item for item in items if isinstance(item, Recipient)]
    return people, [item for item in items if not isinstance(item, Recipient)]


@given(ROWS, OPTIONS, st.sampled_from([(), ("US",)]), st.sampled_from([None, lambda row: len(row.values) > 1]))
def test_many_rows_at_once_are_what_each_is(rows, options, countries, where):
    recipients = Recipients(file="list.csv", default_country="US", **options)
    look_at, look_through = (make("x", recipients, where, countries) for make in (make_look, make_look_through))
    assert everybody(*look_through(rows)) == alone(map(look_at, rows))


@given(
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5),
    OPTIONS,
    st.sampled_from([None, lambda row: row.values["name"] != ""]),
)
def test_rows_of_text_that_nobody_made_are_what_each_is(cells, options, where):
    recipients = Recipients(file="list.csv", default_country="US", **options)
    look_at, look_through = (make("x", recipients, where, ()) for make in (make_look, make_look_through))
    data = "".join(f'"{number}","{name}"\n' for number, name in cells).encode()
    lump = Lump(data, 2, ("phone_number", "name"), Listing("list.csv", "phone_number"))
    assert [row.values for row in lump.rows()] == [{"phone_number": number, "name": name} for number, name in cells]
    assert everybody(*look_through(lump)) == alone(map(look_at, lump.rows()))


def test_people_come_in_the_order_of_the_list():
    found = people(CLEO, "(415) 555-0101", ANN, default_country="US")
    assert outcomes(found) == [CLEO, BEN, ANN]
    assert found[1] == Recipient(Row(3, {"phone_number": "(415) 555-0101"}), Number(BEN, BEN, True, "US"))


def test_where_sees_the_row_as_written_and_comes_first():
    rows = ({"phone_number": "", "status": "gone"}, {"phone_number": ANN, "status": ""})
    found = people(*rows, where=lambda row: row.values["status"] == "", defaults={"status": "gone"})
    assert outcomes(found) == [Outcome.EXCLUDED, ANN]
    assert found[0].problem is None
    assert found[1].row.values["status"] == "gone"


def test_a_where_that_cannot_decide_leaves_the_row_out_with_its_reason():
    reason = error("template-undefined", "row has no column `x`")
    assert people(ANN, where=lambda row: reason) == [LeftOut(2, Outcome.INVALID, reason)]


def test_defaults_fill_empty_cells_and_nothing_else():
    given_rows = ({"phone_number": ANN, "a": ""}, {"phone_number": BEN, "a": None}, {"phone_number": CLEO, "b": 1})
    values = [item.row.values for item in people(*given_rows, defaults={"a": "x"})]
    assert [row.get("a", "absent") for row in values] == ["x", None, "absent"]


def test_a_default_may_be_the_number():
    assert outcomes(people({"phone_number": ""}, defaults={"phone_number": ANN})) == [ANN]


@pytest.mark.parametrize("invalid_numbers", ["error", "skip", "send"])
@pytest.mark.parametrize("blank", ["", "  ", "\t\u00a0", None])
def test_a_blank_number_is_always_an_error(blank, invalid_numbers):
    problem(people(blank, invalid_numbers=invalid_numbers), "blank-number")


@pytest.mark.parametrize("value", [14155550100, 1.5, True, ["+14155550100"], {"number": "+14155550100"}])
def test_a_number_that_is_no_text_is_an_error(value):
    found = problem(people({"phone_number": value}, invalid_numbers="send"), "number-not-text")
    assert ("unquoted" in found.message) == (value == 14155550100)


def test_a_row_without_the_key_of_the_number_is_an_error():
    assert "phone_numbr" in problem(people({"phone_numbr": ANN}), "phone-column-missing").help
    assert "set `phone`" in problem(people({}), "phone-column-missing").help


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("4155550100", "number-without-country"),
        ("+14155550100 x5", "number-with-extension"),
        ("+11234550100", "invalid-number"),
        ("n/a", "invalid-number"),
        ("ask Ann", "invalid-number"),
    ],
)
def test_an_invalid_number_is_an_error_with_its_reason(text, rule):
    found = problem(people(text), rule)
    assert "Ann" not in found.message
    assert found.help


def test_invalid_numbers_may_be_skipped_and_still_say_why():
    found = people("1234567890", ANN, "+14155550101 x5", invalid_numbers="skip")
    assert outcomes(found) == [Outcome.INVALID, ANN, Outcome.INVALID]
    assert [item.problem.severity for item in (found[0], found[2])] == [Severity.NOTE] * 2


def test_invalid_numbers_may_be_sent_as_written():
    found = people("123-456-7890", "+1 415 555 0100 x5", invalid_numbers="send")
    assert [item.number.sent for item in found] == ["123-456-7890", "+1 415 555 0100 x5"]
    assert [item.number.identity for item in found] == ["1234567890", ANN]
    assert not any(item.number.valid for item in found)


def test_what_holds_no_digit_cannot_be_sent():
    problem(people("n/a", invalid_numbers="send"), "invalid-number")


def test_raw_numbers_are_sent_as_written_and_told_by_their_normal_form():
    (found,) = people(" (415) 555-0100 ", default_country="US", number_format="raw")
    assert found.number == Number(" (415) 555-0100 ", ANN, True, "US")
    assert outcomes(people("(415) 555-0100", ANN, default_country="US", number_format="raw", duplicates="first")) == [
        "(415) 555-0100",
        Outcome.DUPLICATE,
    ]


def test_numbers_that_only_the_library_can_read_are_people_too():
    assert outcomes(people("tel:+1-415-555-0100")) == [ANN]


def test_the_same_person_twice_is_an_error_that_names_both_rows():
    found = people(ANN, BEN, "+1 (415) 555-0100")
    assert outcomes(found) == [ANN, BEN, Outcome.DUPLICATE]
    assert "line 2" in problem(found, "duplicate-recipient", line=4).message


def test_the_same_person_twice_in_one_line_is_found():
    class OneLine(Listed):
        def rows(self):
            return (row._replace(line=1) for row in super().rows())

    found = list(find_people(OneLine((ANN, ANN)), Recipients(file="list.json")))
    assert outcomes(found) == [ANN, Outcome.DUPLICATE]


def test_the_first_or_the_last_of_each_may_be_kept():
    rows = (ANN, BEN, ANN, CLEO, ANN)
    again = Outcome.DUPLICATE
    assert outcomes(people(*rows, duplicates="first")) == [ANN, BEN, again, CLEO, again]
    assert outcomes(people(*rows, duplicates="last")) == [again, BEN, again, CLEO, ANN]


def test_suppression_comes_after_duplicates():
    rows = (ANN, BEN, ANN)
    assert outcomes(people(*rows, duplicates="first", suppressed={ANN})) == [Outcome.SUPPRESSED, BEN, Outcome.DUPLICATE]
    assert outcomes(people(*rows, duplicates="last", suppressed={ANN})) == [Outcome.DUPLICATE, BEN, Outcome.SUPPRESSED]


def test_only_named_countries_are_called():
    found = people(ANN, CLEO, countries=["US"])
    assert outcomes(found) == [ANN, Outcome.INVALID]
    assert "GB" in problem(found, "country-not-allowed", line=3).message


def test_a_number_of_no_country_is_not_called_where_countries_are_named():
    found = people("1234567890", countries=["US"], invalid_numbers="send")
    assert "no known country" in problem(found, "country-not-allowed").message


@pytest.mark.parametrize("duplicates", ["first", "last"])
def test_what_reading_said_is_passed_on(duplicates):
    rejected = LeftOut(3, Outcome.INVALID, error("row-width", "the row has 1 cell"))
    about_the_list = warning("delimiter-unused", "x")
    assert people(about_the_list, rejected, duplicates=duplicates) == [about_the_list, rejected]


numbers = st.sampled_from([ANN, "415-555-0100", BEN, CLEO, "1234567890", "", "n/a", None, 5])


@given(
    rows=st.lists(
        numbers | st.fixed_dictionaries({"phone_number": numbers, "s": st.sampled_from(["", "x"])}), max_size=8
    ),
    where=st.sampled_from([None, lambda row: row.values.get("s") != "x"]),
    options=st.fixed_dictionaries(
        {
            "duplicates": st.sampled_from(["error", "first", "last"]),
            "invalid_numbers": st.sampled_from(["error", "skip", "send"]),
            "number_format": st.sampled_from(["e164", "raw"]),
            "default_country": st.sampled_from([None, "US"]),
        }
    ),
    suppressed=st.sets(st.sampled_from([ANN, CLEO, "1234567890"])),
)
@settings(deadline=None)
def test_everyone_is_called_once_or_left_out_with_a_reason(rows, where, options, suppressed):
    found = people(*rows, where=where, suppressed=suppressed, **options)
    lines = [item.row.line if isinstance(item, Recipient) else item.line for item in found]
    assert lines == list(range(2, len(rows) + 2))
    identities = [item.number.identity for item in found if isinstance(item, Recipient)]
    assert len(set(identities)) == len(identities)
    assert not suppressed.intersection(identities)
    for row, item in zip(rows, found, strict=True):
        text = row["phone_number"] if isinstance(row, dict) else row
        if isinstance(item, Recipient):
            plain = normalise_plainly(text, options["default_country"])
            assert item.number.identity == plain.identity
            as_written = options["number_format"] == "raw" or not plain.valid
            assert item.number.sent == (text if as_written else plain.sent)
        elif item.outcome is Outcome.INVALID:
            assert item.problem is not None
