"""Lists to people: how fast, beside the plain csv module and beside a naive script; and whether phones are exact.

python benchmarks/phones.py [ROWS]                time and memory of a list of that many rows (100,000)
python benchmarks/phones.py --compare N [SEED]    the fast path against the library on N texts of all countries
python benchmarks/phones.py --north-america       the same on every area code and exchange
"""

import csv
import resource
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import phonenumbers

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bland_deploy.model.campaign import Recipients  # noqa: E402 - the path is set first
from bland_deploy.model.recipient import Recipient  # noqa: E402 - the path is set first
from bland_deploy.recipients.people import find_people  # noqa: E402 - the path is set first
from bland_deploy.recipients.phone import normalise_plainly, number_reader  # noqa: E402 - the path is set first
from bland_deploy.recipients.sources import read_rows  # noqa: E402 - the path is set first
from tests.recipients.phone_texts import make_pairs  # noqa: E402 - the path is set first

AREAS = (201, 202, 212, 213, 303, 305, 312, 404, 415, 416, 503, 604, 617, 702)
HEADER = ("phone_number", "first_name", "service", "date", "city", "status", "amount", "note")
RECIPIENTS = Recipients(file="list.csv", default_country="US", duplicates="first")
REPEATS = 5


def write_list(path, rows):
    random = Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for index in range(rows):
            area, exchange, line = random.choice(AREAS), random.randrange(200, 1000), index % 10_000
            form = random.choice(("+1{}{}{:04}", "({}) {}-{:04}", "+1 {} {}{:04}"))
            number = form.format(area, exchange, line)
            writer.writerow((number, "Ann", "Netflix", "September 4th", "Springfield", "active", f"{index}.50", ""))


def only_read(path):
    with path.open(newline="") as file:
        return sum(1 for _ in csv.reader(file))


def naive(path):
    people = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            number = phonenumbers.parse(row["phone_number"], "US")
            if phonenumbers.is_valid_number(number):
                people.setdefault(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), row)
    return len(people)


def rows(path):
    return sum(1 for _ in read_rows(RECIPIENTS, path.parent).rows())


def people(path):
    return sum(isinstance(found, Recipient) for found in find_people(read_rows(RECIPIENTS, path.parent), RECIPIENTS))


def fastest(work, path, repeats):
    times = []
    for _ in range(repeats):
        start = time.process_time()
        found = work(path)
        times.append(time.process_time() - start)
    return min(times), found


def measure(count):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(path, count)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        results = {}
        for work in (only_read, rows, people):
            results[work.__name__] = fastest(work, path, REPEATS)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        results["naive"] = fastest(naive, path, 1)
        unit = results["only_read"][0]
        for name, (seconds, found) in results.items():
            print(f"{name:10} {seconds:8.3f} s  {seconds / unit:6.1f} × csv.reader  {found:,} found")
        print(f"peak memory {after / 1024:.0f} MB, of which {(after - before) / 1024:.0f} MB while reading")


def differences(pairs):
    answered = wrong = 0
    for text, country in pairs:
        fast = number_reader(country)(text)
        answered += fast is not None
        if fast is not None and fast != normalise_plainly(text, country):
            wrong += 1
            print(f"differs: {text!r} in {country}")
    return answered, wrong


def north_america():
    for area in range(200, 1000):
        for exchange in range(1000):
            yield f"+1{area}{exchange:03}{area * 7 % 10_000:04}", None


def main(arguments):
    match arguments:
        case ["--compare", count, *seed]:
            answered, wrong = differences(make_pairs(int(*seed or ["0"]), int(count)))
        case ["--north-america"]:
            answered, wrong = differences(north_america())
        case _:
            return measure(int(*arguments or ["100000"]))
    print(f"{answered:,} answered by the fast path, {wrong} of them wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
