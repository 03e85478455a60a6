"""Assembling a request's bytes, against the plain way: build the whole object, then encode it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.model.plan import NO_ATTEMPT, Content
from bland_deploy.model.stamp import Stamp
from bland_deploy.planning.assemble import Marks, assemble, encode

ATTEMPT = "abcdefghijklmnop"

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
objects = st.dictionaries(
    st.text(), st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
)
texts_with_zeros = st.text() | st.just(NO_ATTEMPT) | st.just(f'"attempt":"{NO_ATTEMPT}"')


@given(
    envelope=objects,
    calls=st.lists(st.tuples(objects, st.booleans(), texts_with_zeros), max_size=6),
    note=texts_with_zeros,
)
def test_assembling_equals_encoding_the_whole_object_with_the_attempt_in_place(envelope, calls, note):
    marks = Marks.make()
    stamp = Stamp("0" * 32, "hello", "1", NO_ATTEMPT, len(calls))

    def whole(stamp_value, suffix):
        entries = [
            {**fields, "note": text} | ({"metadata": {"bland_deploy": stamp_value}} if stamped else {})
            for fields, stamped, text in calls
        ]
        return {
            **envelope,
            "global": {"metadata": {"bland_deploy": stamp_value}},
            "calls": entries,
            "description": f"{note} [{suffix}]",
        }

    marked = whole(marks.stamp, marks.attempt)
    body, slots = assemble({**marked, "calls": marks.calls}, [encode(call) for call in marked["calls"]], stamp, marks)
    sent = Content(body, slots, (), ()).with_attempt(ATTEMPT)

    assert json.loads(body) == whole(stamp.to_json(), NO_ATTEMPT)
    assert json.loads(sent) == whole(stamp._replace(attempt=ATTEMPT).to_json(), ATTEMPT)
    assert len(slots) == 2 + sum(stamped for _, stamped, _ in calls)


def test_integers_of_any_size_are_encoded_exactly():
    assert encode({"big": 2**80, "ä": "ö"}) == '{"big":1208925819614629174706176,"ä":"ö"}'.encode()
