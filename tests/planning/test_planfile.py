"""The file of a saved plan: what comes out is what went in, and nothing else comes out."""

import io
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.errors import AuthenticationFailed
from bland_deploy.model.keys import key_id, plan_seal, recipient_key
from bland_deploy.model.plan import Content, Cost, Route, finish
from bland_deploy.planning.planfile import (
    MAGIC,
    Header,
    PlanAltered,
    SavedCampaign,
    decode_plan,
    encode_plan,
    looks_saved,
)

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
SHA = "ab" * 32
NUMBERS = ("+14155550100", "+14155550101", "+14155550102")


def campaign_of(name, **changes):
    given = {
        "file": f"campaigns/{name}.yaml",
        "api": "v2",
        "round": "1",
        "counts": {"create": 2},
        "text": "{}",
        "repeated": 0,
        "cost": Cost(0.56, 1.4),
        "pause": 0.0,
    }
    return SavedCampaign(campaign=name, **(given | changes))


def header_of(*campaigns):
    return Header(
        environment="production",
        address="https://api.example",
        digest=SHA,
        key_id=key_id(KEY),
        at="2026-03-15T09:00:00Z",
        expires="2026-03-16T09:00:00Z",
        inputs={"campaigns/hello.yaml": SHA, "bland-deploy.yaml": SHA},
        variables=SHA,
        campaigns=campaigns,
    )


def request_of(campaign, body=b"{}", numbers=NUMBERS, rings=None):
    rung = numbers[: len(numbers) if rings is None else rings]
    route = Route(campaign, "production", "POST", "/v2/batches/create", ("authorization",), "call_objects")
    keys = tuple(recipient_key(KEY, campaign, "1", number) for number in rung)
    return finish(route, lambda: Content(body, (3, 17), keys, numbers))


def decoded(data, key=KEY):
    return decode_plan(io.BytesIO(data), key)


HEADER = header_of(campaign_of("hello"), campaign_of("later", lineage="0" * 32, number=4, head=SHA))
REQUESTS = (
    request_of("hello", b'{"a":"\n"}'),
    request_of("later", b"{}\n{}", NUMBERS[:2], rings=1),
    request_of("hello"),
)
DATA = b"".join(encode_plan(HEADER, REQUESTS, KEY))


def resealed(content, key=KEY):
    """What somebody with a state key could make of a content."""
    digest = sha256(content).digest()
    return content + f"{digest.hex()} {plan_seal(key, digest)}\n".encode()


@given(
    st.lists(
        st.tuples(st.sampled_from(["hello", "later"]), st.binary(min_size=1), st.integers(1, 3), st.integers(1, 3))
    )
)
def test_what_is_read_is_what_was_written(batches):
    requests = [request_of(name, body, NUMBERS[:many], min(many, rings)) for name, body, many, rings in batches]
    data = b"".join(encode_plan(HEADER, requests, KEY))
    saved = decoded(data)
    assert saved.header == HEADER
    assert saved.requests == {
        name: tuple(request for request in requests if request.campaign == name) for name in ("hello", "later")
    }
    assert saved.id == sha256(data[:-98]).hexdigest()
    for name, read in saved.requests.items():
        assert [request.read() for request in read] == [one.read() for one in requests if one.campaign == name]


def test_the_same_plan_gives_the_same_bytes():
    assert b"".join(encode_plan(HEADER, REQUESTS, KEY)) == DATA


def test_a_file_is_written_piece_by_piece():
    pieces = list(encode_plan(HEADER, REQUESTS, KEY))
    assert [piece for piece in pieces if piece in {request.read().body for request in REQUESTS}] == [
        request.read().body for request in REQUESTS
    ]


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_no_changed_byte_is_overlooked(position, change):
    altered = bytearray(DATA)
    altered[position] ^= change
    with pytest.raises(PlanAltered):
        decoded(bytes(altered))


@given(st.integers(0, len(DATA) - 1))
def test_a_file_that_is_cut_off_is_refused(length):
    with pytest.raises(PlanAltered):
        decoded(DATA[:length])


@given(st.binary(max_size=300))
def test_nothing_else_is_a_plan_not_even_under_a_good_seal(content):
    for data in (content, DATA + content + b".", resealed(content), resealed(MAGIC + content)):
        with pytest.raises(PlanAltered):
            decoded(data)


def test_who_has_not_the_state_key_cannot_seal_a_plan():
    content = DATA[:-98].replace(NUMBERS[0].encode(), b"+14155550199")
    with pytest.raises(PlanAltered, match="seal"):
        decoded(resealed(content, OTHER_KEY))
    assert decoded(resealed(content)).requests["hello"][0].read().numbers[0] == "+14155550199"


def test_a_plan_of_another_state_key_is_no_forgery_but_needs_that_key():
    with pytest.raises(AuthenticationFailed, match=key_id(KEY)):
        decoded(DATA, OTHER_KEY)


def test_a_batch_of_a_campaign_that_the_header_lacks_is_refused():
    with pytest.raises(PlanAltered):
        decoded(b"".join(encode_plan(header_of(campaign_of("hello")), REQUESTS, KEY)))


def test_a_body_that_would_end_behind_the_end_is_refused():
    content = DATA[:-98].replace(b'"size":2', b'"size":3')
    with pytest.raises(PlanAltered):
        decoded(resealed(content))


def test_plans_of_whatever_version_are_recognised_by_their_beginning():
    assert looks_saved(DATA)
    assert looks_saved(b"bland-deploy plan 27\n")
    assert not looks_saved(b"version: 1\ncampaign: hello\n")


def test_a_file_that_is_altered_while_it_is_carried_out_is_noticed():
    file = io.BytesIO(DATA)
    saved = decode_plan(file, KEY)
    file.seek(DATA.index(b'{"a":'))
    file.write(b'{"b":')
    with pytest.raises(PlanAltered, match="while"):
        saved.requests["hello"][0].read()
    assert saved.requests["hello"][1].read() == REQUESTS[2].read()
