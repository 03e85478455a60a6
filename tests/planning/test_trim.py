"""Dropping people from a finished request gives the request that would have been made without them."""

from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.model.plan import NO_ATTEMPT, NO_LINEAGE, Content, Route, finish
from bland_deploy.model.stamp import Stamp
from bland_deploy.planning.assemble import Marks, assemble, encode
from bland_deploy.planning.trim import trim

LINEAGE = "0123456789abcdef0123456789abcdef"
ATTEMPT = "abcdefghijklmnop"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROUTE = Route("hello", "sandbox", "POST", "/", (), "calls")
STAMPED = st.booleans()


def call_of(number, variables, stamped, marks):
    metadata = {"metadata": {"own": variables, "bland_deploy": marks.stamp}} if stamped else {}
    return encode({"phone_number": number, "request_data": variables, **metadata})


def request_of(people, envelope, lineage=NO_LINEAGE, rings=None):
    """A request to people (number, variables, whether their call is stamped); the first `rings` of them are rung."""
    marks = Marks("stamp-" + "5" * 24, "a" * 16, "calls-" + "c" * 24)
    rings = len(people) if rings is None else rings
    stamp = Stamp(lineage, "hello", "1", NO_ATTEMPT, rings)
    body, slots = assemble(
        {
            "before": envelope,
            "global": {"metadata": {"bland_deploy": marks.stamp}},
            "description": f"Hello [{marks.attempt}]",
            "calls": marks.calls,
            "after": envelope,
        },
        [call_of(*person, marks) for person in people],
        stamp,
        marks,
    )
    numbers = tuple(number for number, _, _ in people)
    keys = tuple(number.encode() for number in numbers[:rings])
    return finish(ROUTE, lambda: Content(body, slots, keys, numbers)), stamp


def people_of(variables):
    return [(f"+1415555{index:04d}", value, stamped) for index, (value, stamped) in enumerate(variables)]


@given(st.lists(st.tuples(VALUES, STAMPED, st.booleans()), min_size=1, max_size=6), VALUES, st.booleans())
def test_what_is_left_is_the_request_that_would_have_been_made_without_those_who_dropped_out(rows, envelope, begins):
    people, kept = people_of([row[:2] for row in rows]), [row[2] for row in rows]
    request, stamp = request_of(people, envelope)
    lineage = LINEAGE if begins else NO_LINEAGE
    left = [person for person, stays in zip(people, kept, strict=True) if stays]
    expected = request_of(left, envelope, lineage)[0] if left else None
    trimmed = trim(request, kept, stamp, lineage)
    assert trimmed == expected
    if trimmed and expected:
        assert trimmed.read() == expected.read()
        assert trimmed.with_attempt(ATTEMPT) == expected.with_attempt(ATTEMPT)


def test_where_everybody_stays_and_the_lineage_too_the_request_is_the_same_object():
    request, stamp = request_of(people_of([(1, True), (2, False)]), {})
    assert trim(request, [True, True], stamp, NO_LINEAGE) is request


def test_text_that_reads_like_a_stamp_stays_as_it_is():
    request, stamp = request_of(
        people_of([(encode(Stamp(NO_LINEAGE, "hello", "1", NO_ATTEMPT, 2).to_json()).decode(), 1)] * 2), {}
    )
    trimmed = trim(request, [True, False], stamp, LINEAGE)
    assert trimmed.read().body.count(NO_LINEAGE.encode()) == 2  # in `request_data` and in `metadata.own`
    assert trimmed.read().body.count(LINEAGE.encode()) == 2


def test_without_the_first_call_nothing_is_left_of_a_test_that_rings_the_first_only():
    people = people_of([(1, False), (2, False), (3, False)])
    request, stamp = request_of(people, {}, rings=1)
    assert trim(request, [False, True, True], stamp, NO_LINEAGE) is None
    left = trim(request, [True, False, True], stamp, NO_LINEAGE)
    assert left == request_of([people[0], people[2]], {}, rings=1)[0]


def test_integers_of_any_size_pass():
    people = people_of([(10**4000, False), (2, False)])
    request, stamp = request_of(people, {})
    assert trim(request, [True, False], stamp, NO_LINEAGE) == request_of(people[:1], {})[0]


def test_requests_without_stamps_lose_calls_only():
    content = Content(b'{"c":[{"a":1},{"a":2}]}', (), (b"1", b"2"), ("1", "2"))
    request = finish(ROUTE._replace(calls_key="c"), lambda: content)
    trimmed = trim(request, [False, True], Stamp(NO_LINEAGE, "hello", "1", NO_ATTEMPT, 2), LINEAGE)
    assert trimmed.read() == Content(b'{"c":[{"a":2}]}', (), (b"2",), ("2",))
