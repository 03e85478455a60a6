"""Every endpoint's answers, golden: a case is a list of asks, and beside it what the sandbox says to each."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


def remember(answer, known):
    """Keep the ids of the last batch and the last call that an answer names."""
    inner = answer.get("data") if isinstance(answer.get("data"), dict) else answer
    for name in ("batch_id", "call_id"):
        if inner.get(name):
            known[name] = inner[name]
    if answer.get("calls"):
        known["call_id"] = answer["calls"][0]["call_id"]


def play(api, step, known):
    api.clock.forward(seconds=step.get("after", 0))
    method, target = step["ask"].split(" ")
    for name, value in known.items():
        target = target.replace(f"<{name}>", value)
    parts = urlsplit(target)
    body = step["raw"].encode() if "raw" in step else step.get("body")
    status, answer = api.ask(method, parts.path, body, step.get("headers"), **dict(parse_qsl(parts.query)))
    remember(answer, known)
    wait = f" after {step['after']}s" if "after" in step else ""
    return f"# {step['ask']}{wait}\n{status} {json.dumps(answer, indent=2, ensure_ascii=False)}"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_answers_are_as_documented(api, golden, case):
    known = {}
    told = [play(api, step, known) for step in json.loads(case.read_text(encoding="utf-8"))]
    golden(case.with_suffix(".out"), "\n\n".join(told) + "\n")
