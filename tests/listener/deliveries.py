"""Deliveries of webhooks by the thousand, in every way they can go wrong, and whether the events are right afterwards.

    python -m tests.listener.deliveries --deliveries 100000 --report REPORT.json

Every event is delivered until it is acknowledged, then sometimes again; in any order, by several senders; between them
come forged, unsigned, oversized and garbled ones. The receiver is a process that is killed (SIGKILL) again and again
and started anew. In the end each event is there once, nothing forged is, and nothing that was acknowledged is lost.
"""

import argparse
import hashlib
import hmac
import http.client
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from bland_deploy.events import open_events

SECRET = "canary-signing-secret"
SETTINGS = {
    "version": 1,
    "environments": {"sandbox": {"provider": "sandbox", "webhooks": {"secret": {"env": "WEBHOOK_SECRET"}}}},
    "default_environment": "sandbox",
}
MOST_BYTES = 20_000
SENDERS = 4
STATES = ("validating", "in_progress", "completed")
KINDS = ("event", "event", "event", "again", "forged", "unsigned", "oversized", "garbled")


class Receiver:
    """`bland-deploy listen` as a process of its own, on a port that stays the same."""

    def __init__(self, root):
        self.root, self.port, self.process, self.kills = root, 0, None, 0
        (root / "bland-deploy.yaml").write_text(json.dumps(SETTINGS))
        self.start()

    def start(self):
        arguments = ["listen", "--port", str(self.port), "--most-bytes", str(MOST_BYTES), "-q"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bland_deploy", "-C", str(self.root), *arguments],
            env={**os.environ, "WEBHOOK_SECRET": SECRET},
            stdout=subprocess.PIPE,
            text=True,
        )
        address = self.process.stdout.readline().split()[-1]
        self.port = urlsplit(address).port

    def kill(self):
        self.process.kill()
        self.stop()
        self.kills += 1
        self.start()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    @property
    def file(self):
        return self.root / ".bland-deploy" / "events.sqlite"


class Sender:
    """One connection that delivers, and delivers again what was not acknowledged."""

    def __init__(self, receiver):
        self.receiver, self.connection, self.failures, self.seconds = receiver, None, 0, []

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def post(self, body, headers):
        """The status of the answer, however often it takes to get one."""
        while True:
            try:
                self.connection = self.connection or http.client.HTTPConnection(
                    "127.0.0.1", self.receiver.port, timeout=30
                )
                begun = time.perf_counter()
                self.connection.request("POST", "/", body, headers)
                answer = self.connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.close()
                self.failures += 1
                time.sleep(0.01)
            else:
                self.seconds.append(time.perf_counter() - begun)
                return answer.status


def sign(body, secret=SECRET):
    return {"X-Webhook-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def event(number, chance):
    """The body of one event: of a batch, or of a call with a number that must not be kept."""
    if number % 3:
        content = {"batch_id": f"b-{number // 9}", "status": STATES[number % 9 % 3], "n": number}
        content["timestamp"] = f"2026-02-20T15:{number // 60 % 60:02}:{number % 60:02}Z"
    else:
        content = {
            "call_id": f"c-{number}",
            "batch_id": f"b-{number // 9}",
            "to": "+14155550100",
            "status": "completed",
        }
        content["concatenated_transcript"] = "canary words " * chance.randrange(20)
    return json.dumps(content).encode()


def deliveries(amount, seed):
    """What is delivered: its kind, body, headers and the status that it must be answered with."""
    chance = random.Random(seed)
    made, number = [], 0
    for _ in range(amount):
        kind = chance.choice(KINDS)
        if kind == "again" and made:
            yield kind, made[chance.randrange(len(made))], 200
            continue
        number += 1
        body = event(number, chance)
        if kind in {"event", "again"}:
            made.append((body, sign(body)))
            yield "event", made[-1], 200
        elif kind == "forged":
            yield kind, (body, sign(body, "another secret")), 401
        elif kind == "unsigned":
            yield kind, (body, {}), 202 if number % 3 else 401
        elif kind == "oversized":
            yield kind, (body + b" " * MOST_BYTES, sign(body + b" " * MOST_BYTES)), 413
        else:
            yield kind, (body[:-1], sign(body[:-1])), 400


def run(root, amount, seed, kills):
    """Deliver, kill, look; a report of what was found."""
    receiver = Receiver(root)
    todo = list(deliveries(amount, seed))
    random.Random(seed).shuffle(todo)
    wrong, done, lock = Counter(), Counter(), threading.Lock()
    senders = [Sender(receiver) for _ in range(SENDERS)]

    def work(sender, share):
        for kind, (body, headers), expected in share:
            status = sender.post(body, headers)
            with lock:
                done[kind] += 1
                if status != expected:
                    wrong[f"{kind}: {status}"] += 1
        sender.close()

    threads = [
        threading.Thread(target=work, args=(sender, todo[index::SENDERS])) for index, sender in enumerate(senders)
    ]
    for thread in threads:
        thread.start()
    marks = sorted(random.Random(seed + 1).sample(range(1, amount), kills))
    for mark in marks:
        while done.total() < mark and any(thread.is_alive() for thread in threads):
            time.sleep(0.001)
        receiver.kill()
    for thread in threads:
        thread.join()
    receiver.stop()
    return {**report(receiver, todo, wrong), "deliveries": dict(done), **waited(senders)}


def waited(senders):
    """How long senders waited for answers, in milliseconds, by nothing but their own clock."""
    answers = sorted(1000 * seconds for sender in senders for seconds in sender.seconds)
    shares = {"median": 0.5, "p99": 0.99, "p99.9": 0.999}
    return {
        "repeated_after_failure": sum(sender.failures for sender in senders),
        "answered_in_ms": {name: round(answers[int(share * len(answers))], 1) for name, share in shares.items()}
        | {"longest": round(answers[-1], 1), "over_100": sum(answer > 100 for answer in answers)},
    }


def report(receiver, todo, wrong):
    acknowledged = {hashlib.sha256(body).digest() for kind, (body, _), _ in todo if kind in {"event", "again"}}
    refused = {hashlib.sha256(body).digest() for kind, (body, _), _ in todo if kind not in {"event", "again"}}
    with open_events(receiver.file) as events:
        amount, hints = events.amount()
    with closing(sqlite3.connect(f"file:{receiver.file}?mode=ro", uri=True)) as books:
        stored = [row[0] for row in books.execute("SELECT digest FROM events")]
    content = b"".join(path.read_bytes() for path in receiver.file.parent.iterdir())
    return {
        "kills": receiver.kills,
        "events": amount,
        "hints": hints,
        "lost": len(acknowledged - set(stored)),
        "twice": len(stored) - len(set(stored)),
        "forged_but_stored": len((refused - acknowledged) & set(stored)),
        "wrong_answers": dict(wrong),
        "personal_data_kept": any(word in content for word in (b"canary words", b"14155550100")),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {"seed": asked.seed, **run(Path(folder), asked.deliveries, asked.seed, asked.kills)}
    text = json.dumps(found, indent=1)
    sys.stdout.write(text + "\n")
    if asked.report:
        asked.report.write_text(text + "\n")
    bad = found["lost"] or found["twice"] or found["forged_but_stored"] or found["wrong_answers"]
    sys.exit(bool(bad) or found["personal_data_kept"])


if __name__ == "__main__":
    main()
