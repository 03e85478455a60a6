"""Every command, and how it is run on the canaries: a new one needs a line here."""

import click

from bland_deploy.cli.app import app

# Each command with the ways to run it; each runs in each of its formats. A command without a line here fails a test.
CASES = {
    "init": [["new"], ["."]],
    "lint": [[], ["--fail-level", "warning"]],
    "doctor": [[], ["--online"]],
    "no-pii": [["campaigns/hello.yaml", "people.csv"]],
    "fmt": [["--check"], ["--diff"]],
    "render": [["hello"], ["hello", "--recipient", "1"]],
    "plan": [[], ["--payloads"], ["--out", "saved.plan"], ["-v"]],
    "apply": [
        ["--auto-approve"],
        ["--dry-run"],
        ["--approved", "0" * 64],
        ["saved.plan"],
        ["-v"],
        ["--promote", "asked by mail"],
    ],
    "reconcile": [[], ["-v"]],
    "status": [[], ["hello"]],
    "suppress add": [["+14155550177", "--reason", "asked by mail"]],
    "suppress import": [["people.csv", "--phone", "phone_number", "--reason", "asked by mail"]],
    "suppress hash": [["people.csv", "--out", "stop-keys.csv"]],
    "suppress sync": [[]],
    "suppress list": [[]],
    "results": [[], ["--transcripts", "--column", "name"]],
    "report": [[], ["--compare", "name"]],
    "wait": [["--timeout", "0s"], ["--calls", "--timeout", "0s"]],
    "stop": [["--yes"]],
    "probe": [["--number", "+14155550177"], ["--number", "+1 415 555 0177"]],
    "state list": [[]],
    "state show": [["hello"], ["hello", "--compliance"]],
    "state verify": [[]],
    "state ended": [[]],
    "state adopt": [["--yes"]],
    "state key": [[]],
    "schema": [["campaign"]],
    "rules": [[]],
    "explain": [["voice"], ["phone-blank"]],
    "ci lint": [[], ["--check-run"]],
    "ci comment": [["--check-run"], ["--applied", "applied.json", "--check-run"], ["--report"]],
    "ci approved": [[]],
    "sandbox reset": [[]],
}
WITHOUT_PEOPLE = {
    "sandbox serve": "runs until it is stopped",
    "listen": "runs until it is stopped; its tests look at what it keeps",
    "completion": "knows the names of commands only",
}
# What may show values of rows where CI is not set, numbers masked: requests and files that somebody asked for.
SHOWS_VALUES = {
    "render",
    "plan --payloads",
    "apply --dry-run",
    "fmt --diff",
    "results",
    "report --compare",
}
# The same of pages, which show the requests.
PAGES_SHOW_VALUES = {"plan"}
# What lies in folders that git ignores, and holds people on purpose.
OWN_FILES = {"saved.plan", ".bland-deploy/calls.sqlite", ".bland-deploy/sandbox.sqlite", ".bland-deploy/state.key"}


def leaves(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def formats(command):
    """The values of --format, or none where a command has one way to write."""
    for parameter in command.params:
        if parameter.name == "format_":
            return [["--format", name] for name in parameter.type.choices]
    return [[]]


LEAVES = dict(leaves(app))
