"""Workspaces for tests of the command line, and the command line run inside the process."""

import contextlib
import io
import json
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from bland_deploy.cli.boundary import run
from bland_deploy.sandbox.books import rings

ADA, GRACE, ALAN, LINUS = (f"+1415555010{digit}" for digit in range(4))
HELLO = {
    "version": 1,
    "campaign": "hello",
    "prompt": "Greet {{name}}.",
    "recipients": {"inline": [{"phone_number": ADA, "name": "Ada"}, {"phone_number": GRACE, "name": "Grace"}]},
}
AT = "2026-03-15T09:00:00+00:00"


class Result(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def everything(self):
        return self.out + self.err

    @property
    def rules(self):
        return [found["rule"] for found in self.json["diagnostics"]]

    def only(self, rule):
        """The one diagnostic of a rule."""
        (found,) = [found for found in self.json["diagnostics"] if found["rule"] == rule]
        return found


class Workspace:
    """A folder with `bland-deploy.yaml` and, mostly, one campaign called hello in `campaigns/hello.yaml`."""

    def __init__(self, root):
        self.root = Path(root)
        self.settings()

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else textwrap.dedent(content).encode()
        path.write_bytes(data)
        return path

    def settings(self, environments=None, **keys):
        """Write bland-deploy.yaml; JSON is YAML."""
        environments = {"sandbox": {"provider": "sandbox"}, **(environments or {})}
        content = {"version": 1, "default_environment": "sandbox", "environments": environments, **keys}
        self.write("bland-deploy.yaml", json.dumps(content, indent=1))

    def hello(self, name="hello", **changes):
        """Write a campaign: the usual one with some keys changed; None takes a key away."""
        content = {key: value for key, value in (HELLO | {"campaign": name} | changes).items() if value is not None}
        self.write(f"campaigns/{name}.yaml", json.dumps(content, ensure_ascii=False, indent=1))
        return self

    def people(self, *rows, **recipients):
        """Write the usual campaign with these rows."""
        return self.hello(recipients={"inline": list(rows), **recipients})

    def listed(self, text, name="people.csv", **recipients):
        """Write the usual campaign with a list in a file."""
        self.write(name, text)
        return self.hello(recipients={"file": name, **recipients}, prompt="Greet.")

    def run(self, *arguments, **variables):
        """Run the command line in this process, with some environment variables; capitals only, None takes one away."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
            return call(["-C", str(self.root), *map(str, arguments)])

    def render(self, *arguments, **variables):
        """The bodies that `render` gives, unmasked."""
        done = self.run("render", "hello", "--format", "json", "--show-pii", *arguments, **variables)
        assert done.code == 0, done.everything
        return [request["body"] for request in done.json["requests"]]

    def body(self, **changes):
        """The one body of the usual campaign with some keys changed."""
        (body,) = self.hello(**changes).render()
        return body

    def lint(self, *arguments, **variables):
        return self.run("lint", "--format", "json", *arguments, **variables)

    def plan(self, *arguments, **variables):
        return self.run("plan", "--format", "json", *arguments, **variables)

    def apply(self, *arguments, **variables):
        return self.run("apply", "--format", "json", "--auto-approve", *arguments, **variables)

    def counts(self, *arguments, **variables):
        """The calls of the one campaign of a plan by what becomes of them; zeros left out."""
        done = self.plan(*arguments, **variables)
        assert done.code == 0, done.everything
        (campaign,) = done.json["campaigns"]
        return {name: number for name, number in campaign["calls"].items() if number}

    @property
    def books(self):
        return self.root / ".bland-deploy" / "sandbox.sqlite"

    def rung(self):
        """The numbers that the embedded sandbox took on, in order."""
        return [ring.number for ring in rings(self.books)] if self.books.exists() else []


def call(arguments):
    """Run the command line in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    return Result(int(code), out.buffer.getvalue().decode(), err.buffer.getvalue().decode())
