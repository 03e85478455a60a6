"""The two scripts that a plan of the long list is measured against: the one people write, and the best one.

    python benchmarks/scripts.py naive|optimum LIST

Both read the list of `data.make_big_list`, keep valid numbers once each and who was not called before, and make the
bodies of v2 requests of 1,000 calls with their SHA-256. Neither checks anything else, and neither knows campaigns,
templates or state.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from hashlib import blake2b, sha256
from pathlib import Path

BATCH = 1000
KEY = bytes(32)
TASK = "You are Mara, a friendly agent. " * 48


def naive(path: Path) -> Iterator[bytes]:
    """The script that somebody writes in half an hour: dictionaries, the phone library, the json module."""
    import phonenumbers  # noqa: PLC0415 - the other script does without, until it meets a number that needs it

    seen, known = set(), set()
    calls = []
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            parsed = phonenumbers.parse(row.pop("phone_number"), "US")
            if not phonenumbers.is_valid_number(parsed):
                continue
            number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            if number in seen or number in known:
                continue
            seen.add(number)
            sentence = f"Hi {row['first_name'] or 'there'}!"
            calls.append({"phone_number": number, "request_data": row, "first_sentence": sentence})
            if len(calls) == BATCH:
                yield json.dumps({"global": {"task": TASK}, "call_objects": calls}).encode()
                calls = []
    if calls:
        yield json.dumps({"global": {"task": TASK}, "call_objects": calls}).encode()


def optimum(path: Path) -> Iterator[bytes]:  # noqa: PLR0915 - a straight line, as scripts are
    """The best that plain Python can do for this very list: every step by its fastest means, nothing between them."""
    import orjson  # noqa: PLC0415 - the other script does without

    read, seen, known = _reader(), set(), set()
    mac = blake2b(b"call\0big\0001\0", key=KEY, digest_size=16)
    calls = []
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        at, name_at = header.index("phone_number"), header.index("first_name") - 1
        del header[at]
        for cells in rows:
            number = read(cells.pop(at))
            if number is None:
                continue
            person = int(number)
            if person in seen:
                continue
            seen.add(person)
            key = mac.copy()
            key.update(number.encode())
            if key.digest() in known:
                continue
            sentence = f"Hi {cells[name_at] or 'there'}!"
            calls.append(
                {"phone_number": number, "request_data": dict(zip(header, cells)), "first_sentence": sentence}  # noqa: B905 - any `strict` costs
            )
            if len(calls) == BATCH:
                yield orjson.dumps({"global": {"task": TASK}, "call_objects": calls})
                calls = []
    if calls:
        yield orjson.dumps({"global": {"task": TASK}, "call_objects": calls})


def _reader() -> Callable[[str], str | None]:
    """What the library says of numbers of the United States: by its own expressions, and by itself for the rest."""
    from bland_deploy.recipients.numbering import home_of, shortcut_abroad, shortcut_at_home  # noqa: PLC0415 - the same
    from bland_deploy.recipients.phone import normalise  # noqa: PLC0415 - the other script does without

    abroad, at_home = shortcut_abroad("+120").match, shortcut_at_home(home_of("US")).match

    def read(text: str) -> str | None:
        if text[:2] == "+1" and abroad(text):
            return text
        digits = text.replace(" ", "").replace("-", "").replace("(", "").replace(")", "").replace(".", "")
        if at_home(digits):
            return "+1" + digits
        number = normalise(text, "US")
        return number.identity if number.valid else None

    return read


SCRIPTS: dict[str, Callable[[Path], Iterator[bytes]]] = {"naive": naive, "optimum": optimum}


def main() -> None:
    """Run one of them, as a process of its own."""
    script, path = SCRIPTS[sys.argv[1]], Path(sys.argv[2])
    digests = [sha256(body).hexdigest() for body in script(path)]
    print(f"{len(digests)} bodies, the last one {digests[-1]}")


if __name__ == "__main__":
    main()
