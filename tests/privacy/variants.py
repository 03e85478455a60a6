"""Campaigns about the canaries: one that works, and one for each way in which a message could quote them."""

import json

from tests.privacy.canaries import LIST, NAME, NUMBER, OTHER, ROW, VALUE, people


def csv(text, **changes):
    """A campaign whose list is this CSV."""

    def write(workspace):
        workspace.write("people.csv", text)
        workspace.hello(prompt="Greet {{name}} about {{account}}.", **(LIST | changes))

    return write


def inline(*rows, **changes):
    """A campaign whose list stands in its file."""

    def write(workspace):
        workspace.hello(prompt="Greet {{name}}.", **({"recipients": {"inline": list(rows)}} | changes))

    return write


def raw(text, name="campaigns/hello.yaml", **changes):
    """A campaign some file of which is written as it stands."""

    def write(workspace):
        if changes:
            workspace.hello(**changes)
        workspace.write(name, text)

    return write


_HEAD = "version: 1\ncampaign: hello\nprompt: Greet.\nrecipients:\n  inline:\n"

VARIANTS = {
    "a list that works": csv(people()),
    "rows that work": inline(ROW),
    "a number that is none": csv(people(f"{NAME},{NAME},{VALUE}\n")),
    "a number that is too long": csv(people(f"{NUMBER}{NUMBER[1:]},{NAME},{VALUE}\n")),
    "the same person twice": csv(people(f"{NUMBER},{NAME},{VALUE}\n")),
    "a row with a cell too many": csv(people(f"{NUMBER},{NAME},{VALUE},{VALUE}\n")),
    "a quote that does not end": csv(people(f'{NUMBER},"{NAME},{VALUE}\n')),
    "a header that is a person": csv(f"{NUMBER},{NAME},{VALUE}\n{OTHER},{NAME},{VALUE}\n"),
    "a cell that is no integer": csv(people(), each={"metadata": {"n": "{{ row.account | int }}"}}),
    "a comparison that fails": csv(people(), recipients={"file": "people.csv", "where": "row.account > 3"}),
    "a value as the name of an attribute": csv(people(), each={"metadata": {"n": "{{ row[row.account] }}"}}),
    "a value as the name of a filter's zone": csv(
        people(), each={"metadata": {"n": "{{ run.started_at | in_zone(row.account) | format('%A') }}"}}
    ),
    "a value as a pattern of time": csv(people(), each={"metadata": {"n": "{{ row.account | shift(minutes=3) }}"}}),
    "a value of the wrong type": csv(people(), each={"max_duration": "{{ row.account }}", "webhook": "{{ row.name }}"}),
    "an empty cell that must not be": csv(
        people(f"{OTHER},{NAME},\n"), recipients={"file": "people.csv", "empty": "error", "duplicates": "first"}
    ),
    "a suppression list with a cell that is none": lambda workspace: (
        workspace.write("no.csv", f"phone\n{NAME}\n{NUMBER}\n"),
        csv(people(), suppression=[{"file": "no.csv", "phone": "phone"}])(workspace),
    ),
    "a suppression list that works": lambda workspace: (
        workspace.write("no.csv", f"phone\n{NUMBER}\n"),
        csv(people(), suppression=[{"file": "no.csv", "phone": "phone"}])(workspace),
    ),
    "an override of one call that is unknown": inline(ROW | {"call": {"voicee": VALUE, "max_duration": NAME}}),
    "an override that clashes": inline(ROW | {"call": {"phone_number": OTHER, "call_data": VALUE}}),
    "a number without quotes": raw(f"{_HEAD}    - {{phone_number: {NUMBER}, name: {NAME}, account: {VALUE}}}\n"),
    "a row that is no mapping": raw(f"{_HEAD}    - {NAME} {NUMBER}\n"),
    "a key twice in a row": raw(f"{_HEAD}    - {{phone_number: '{NUMBER}', name: {NAME}, name: {VALUE}}}\n"),
    "rows that are no YAML": raw(f"{_HEAD}    - {{phone_number: '{NUMBER}', name: {NAME}: {VALUE}\n"),
    "a column that is not there": inline(ROW | {"phone": NUMBER}, recipients={"inline": [ROW], "phone": "mobile"}),
    "a list that is no JSON": raw(
        json.dumps([ROW])[:-1] + ",}", "people.json", prompt="Greet.", recipients={"file": "people.json"}
    ),
    "a list of strings": raw(json.dumps([NAME, NUMBER]), "people.json", recipients={"file": "people.json"}),
    "a list that has a key twice": raw(
        f'[{{"phone_number": "{NUMBER}", "name": "{NAME}", "name": "{VALUE}"}}]',
        "people.json",
        prompt="Greet.",
        recipients={"file": "people.json"},
    ),
    "a line that is no JSON": raw(
        f"{json.dumps(ROW)}\n{NAME} {NUMBER}\n", "people.jsonl", prompt="Greet.", recipients={"file": "people.jsonl"}
    ),
}
