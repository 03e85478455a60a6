"""CSV that is cut into lumps has the rows of the whole: lines, quotes, mistakes and all."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.bytes import NamelessFile
from bland_deploy.recipients.formats import cuts
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.stored import stored_rows


class Stored:
    """A list of these bytes under a name."""

    def __init__(self, data, name="list.csv"):
        self.name = name
        self.kept = NamelessFile(lambda file: file.write(data))

    def open(self):
        return self.kept.open()


def read(data, delimiter=None):
    """The rows, those that come in lumps, and how many lumps there were."""
    listed = ListFormat(file="list.csv", delimiter=delimiter)
    whole, cut = (stored_rows(Stored(data), listed) for _ in range(2))
    rows = list(whole.rows())
    pieces = list(cut.pieces())
    lumps = [piece for piece in pieces if isinstance(piece, Lump)]
    found = [row for piece in pieces for row in (piece.rows() if isinstance(piece, Lump) else [piece])]
    assert whole.sha256() in {None, cut.sha256()}  # None where it was not read to the end
    return rows, found, len(lumps)


@pytest.fixture
def _small_lumps():
    before = cuts.SIZE, cuts.LARGEST
    cuts.SIZE, cuts.LARGEST = 12, 48
    yield
    cuts.SIZE, cuts.LARGEST = before


ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\r\n"])
CELLS = st.sampled_from(
    [
        "",
        "a",
        '"b"',
        '"c, d"',
        '"e\nf"',
        '"g\r\nh"',
        '"i ""j"" k"',
        '""',
        '""""',
        'l "m" n',
        "5' 10\"",
        '"o',
        'p"',
        "ä€",
    ]
)
ODD = st.text(alphabet='a,"\r\n\té', max_size=12)
LINES = st.lists(st.tuples(st.one_of(st.lists(CELLS, min_size=1, max_size=3).map(",".join), ODD), ENDS), max_size=40)
HEADERS = st.sampled_from(
    ["phone_number,a\n", 'phone_number,"a\nb"\n', "phone_number\r", '"phone_number",a\r\n', "a,b\n", "\n", ""]
)


@pytest.mark.usefixtures("_small_lumps")
@settings(max_examples=500)
@given(HEADERS, LINES, st.sampled_from(["", "\ufeff"]))
@example("phone_number\n", [("5' 10\",big", "\n"), ('"x', "\n"), ('y"', "\n")] * 4, "")
def test_rows_in_lumps_are_those_of_the_whole(header, lines, mark):
    data = (mark + header + "".join(row + end for row, end in lines)).encode()
    rows, found, _ = read(data)
    assert found == rows


def long_list(row, rows=20_000):
    return ("phone_number,name\n" + "".join(row % index for index in range(rows))).encode()


@pytest.mark.parametrize(
    ("row", "delimiter"),
    [
        ("+1415555%04d,Ann\n", None),
        ("+1415555%04d,Ann\r\n", None),
        ('+1415555%04d,"Smith, ""Sons"" & Co"\n', None),
        ('+1415555%04d,"two\nlines"\n', None),
        ("+1415555%04d;Ann\n", ";"),
        ("+1415555%04d^Ann]\n", "^"),
    ],
)
def test_a_long_list_comes_in_lumps(row, delimiter):
    data = long_list(row).replace(b"phone_number,", f"phone_number{delimiter or ','}".encode())
    rows, found, lumps = read(data, delimiter)
    assert len(rows) == 20_000
    assert found == rows
    assert lumps == pytest.approx(len(data) / cuts.SIZE, abs=2)


@pytest.mark.parametrize(
    ("row", "at_least"),
    [
        ("+1415555%04d,Ann\r", 0),  # no line feeds
        ('+1415555%04d,5" tall\n', 0),  # quotes inside of cells
        ('+1415555%04d,"Ann" x\n', 0),  # a mistake in each row
    ],
)
def test_a_list_of_which_nothing_is_sure_is_left_whole(row, at_least):
    rows, found, lumps = read(long_list(row))
    assert found == rows
    assert lumps == at_least


@pytest.mark.parametrize("odd", [b'+14155550100,"open\n', b'+14155550100,a "b" c\n', b"+14155550100," + b"x" * 900_000])
def test_what_is_not_sure_is_left_whole_from_there_on(odd):
    data = long_list("+1415555%04d,Ann\n", 10_000) + odd + long_list("+1415555%04d,Ann\n", 10_000)
    rows, found, lumps = read(data)
    assert found == rows
    assert lumps


@pytest.mark.parametrize(("odd", "rule"), [(b"\0", "binary-file"), (b"\xff\n", "wrong-encoding")])
def test_what_is_no_text_is_refused_in_lumps_too(odd, rule):
    rows, found, _ = read(long_list("+1415555%04d,Ann\n") + odd)
    assert found[-1] == rows[-1]
    assert found[-1].rule == rule


def test_other_delimiters_than_ascii_are_left_whole():
    rows, found, lumps = read("phone_number§name\n+14155550100§Ann\n".encode(), "§")
    assert found == rows
    assert lumps == 0


def test_an_empty_list_has_no_lumps():
    assert list(cuts.Cuts(io.BufferedReader(io.BytesIO(b"")), ",")) == []
