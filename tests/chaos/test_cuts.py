"""A connection cut at each boundary of request and response, and everywhere in between by chance."""

import random

import pytest

from tests.chaos.bench import benching
from tests.chaos.proxy import proxying

PEOPLE = [f"+1415555018{digit}" for digit in range(2)]


def wire_of(bench):
    """The bytes of one create and of its answer."""
    with proxying(bench.address) as proxy:
        assert bench.apply(address=proxy.address).exit_code == 0
        return proxy.creates[0], next(answer for answer in proxy.answers if b'{"data":{"batch_id":' in answer)


@pytest.fixture(scope="module")
def sizes(tmp_path_factory):
    """Lengths of head and of the whole request, of head and of the whole answer, and of the request's first line."""
    with benching(tmp_path_factory.mktemp("sizes")) as bench:
        request, answer = wire_of(bench.campaign(PEOPLE[:1]))
    heads = [message.index(b"\r\n\r\n") + 4 for message in (request, answer)]
    return {"line": request.index(b"\n") + 1, "head": heads[0], "request": len(request)} | {
        "answer head": heads[1],
        "answer": len(answer),
    }


REQUEST = {
    "before its first byte": lambda sizes: 0,
    "after its first line": lambda sizes: sizes["line"],
    "after its head": lambda sizes: sizes["head"],
    "in its body": lambda sizes: (sizes["head"] + sizes["request"]) // 2,
    "before its last byte": lambda sizes: sizes["request"] - 1,
}
ANSWER = {
    "before its first byte": lambda sizes: 0,
    "after its first byte": lambda sizes: 1,
    "after its head": lambda sizes: sizes["answer head"],
    "before its last byte": lambda sizes: sizes["answer"] - 1,
}


@pytest.mark.parametrize("how", ["close", "reset", "stall"])
@pytest.mark.parametrize("where", REQUEST)
def test_a_request_cut_anywhere_rings_nobody_and_is_held_unless_it_was_provably_not_sent(bench, sizes, where, how):
    bench.campaign(PEOPLE)
    with proxying(bench.address) as proxy:
        proxy.cut_creates(sent=REQUEST[where](sizes), how=how)
        done = bench.apply(address=proxy.address)
        assert proxy.met == [how]
    held = done.exit_code == 8
    assert bench.rung == (PEOPLE[1:] if held else PEOPLE)
    assert held or bench.said, "rung only since it was sent again"
    again = bench.apply()
    assert again.exit_code == done.exit_code
    assert bench.verdict(again.exit_code) == []


@pytest.mark.parametrize("how", ["close", "reset", "stall"])
@pytest.mark.parametrize("where", ANSWER)
@pytest.mark.parametrize("api", ["v2", "v1"])
def test_an_answer_cut_anywhere_is_found_in_the_list(bench, sizes, where, how, api):
    bench.campaign(PEOPLE, api=api)
    with proxying(bench.address) as proxy:
        proxy.cut_creates(answered=ANSWER[where](sizes), how=how)
        done = bench.apply(address=proxy.address)
    assert (done.exit_code, sorted(bench.rung)) == (0, PEOPLE)
    assert bench.verdict(0) == []
    assert bench.apply().batches == ()


def test_cuts_at_random_bytes_ring_nobody_twice(bench, sizes, say):
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    bench.campaign([f"+1212555010{digit}" for digit in range(10)])
    with proxying(bench.address) as proxy:
        for _ in range(6):
            proxy.cut_creates(sent=chance.randrange(sizes["request"]), how=chance.choice(["close", "reset"]))
            proxy.cut_creates(answered=chance.randrange(sizes["answer"]), how=chance.choice(["close", "reset"]))
        for _ in range(4):
            bench.apply(address=proxy.address)
        proxy.cuts.clear()
        code = bench.apply(address=proxy.address).exit_code
    assert bench.verdict(code) == [], f"seed {seed}"


def test_an_answer_later_than_the_patience_for_a_create_is_found_in_the_list(bench):
    bench.campaign(PEOPLE[:1]).weather.set({"on": "create", "do": "delay", "seconds": 1.5})
    done = bench.apply()
    assert (done.exit_code, [batch.fate for batch in done.batches]) == (0, ["sent"])
    assert bench.kinds == ["claim", "sending", "held", "receipt", "verified"]
