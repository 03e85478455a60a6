"""Workspaces made up for measuring: the same seed gives the same bytes.

Every number is in an exchange without subscribers: 555 (fiction, information), 958 and 959 (tests of the networks).
"""

import csv
import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

SEED = 20_260_101
EXCHANGES = (555, 958, 959)
COLUMNS = ("customer_id", "phone_number", "first_name", "company", "service", "amount", "renews_on", "status")

_STRIDE = 1_299_709  # a prime that divides no count of numbers, so that its multiples meet each number once

_FIRST_NAMES = ("Ada", "Björn", "Chloé", "Dmitri", "Eve", "Farah", "Grace", "Hugo", "Ines", "José", "", "Kwame")
_COMPANIES = ("ABC co.", "XYZ inc.", "Smith, Sons & Co", 'The "Corner" Shop', "Northwind", "Contoso")
_SERVICES = ("Netflix", "Window Cleaning", "Hosting", "Insurance", "Gym")

_WORKSPACE = """\
version: 1
campaigns: [campaigns/*.yaml]
default_environment: sandbox
environments:
  sandbox: {provider: sandbox}
"""

_PROMPT = """\
You are Mara, a friendly agent who calls on behalf of {{ vars.company }}. This is round {{ campaign.round }}.

You speak with {{first_name}} of {{company}}. Greet them by their name and ask whether this is a good time to talk.
{% if vars.tone == 'formal' %}Speak formally, and never use a first name without being asked to.{% else %}Speak as \
you would with a neighbour: plainly, warmly, without hurry.{% endif %}

The reason for the call: their subscription to {{service}} renews on {{renews_on}} for {{amount}} dollars. Tell them \
so, and ask whether they want to keep it, change it, or end it. Whatever they answer, thank them.

If they want to keep it, say that nothing more has to be done. If they want to change it, ask what they have in mind \
and note it in their own words; say that a colleague of {{ vars.company | upper }} will write to them within two days. \
If they want to end it, ask for the reason once, accept it, and say that the end of {{service}} will be confirmed in \
writing. Never argue, never offer a discount that is not in these lines, and never ask for a card number.

If somebody else answers, ask when {{first_name}} can be reached, say that it is not urgent, and say nothing about the \
subscription. If a machine answers, leave the message and end the call. If the line is bad, say that you will call \
again and end the call. If they ask whether you are a person, say that you are an automated agent. If they ask not to \
be called again, apologise, confirm that their number is taken off the list, and end the call at once.
"""

_CAMPAIGN = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json
version: 1
campaign: renewal-{index:04d}
description: Renewal reminder, wave {index}
api: v2
round: "1"
timezone: America/New_York

vars:
  company: Acme {index}
  tone: formal
  hours: 9 to 5

prompt: {{file: campaigns/prompts/renewal-{index:04d}.md.j2}}

call:
  voice: June
  model: base
  language: en
  max_duration: 10
  temperature: 0.6
  wait_for_greeting: true
  record: true
  noise_cancellation: true
  interruption_threshold: 120
  block_interruptions: false
  ivr_mode: false
  background_track: office
  summary_prompt: Summarise in two sentences what {{{{ vars.company }}}} has to do next.
  keywords: [renewal, subscription, "{{{{ vars.company }}}}"]
  voicemail:
    action: leave_message
    message: This is {{{{ vars.company }}}} about your renewal. We call again between {{{{ vars.hours }}}}.
  metadata:
    team: renewals
    wave: {index}
    company: "{{{{ vars.company }}}}"

each:
  first_sentence: "Hi {{{{ row.first_name | default('there', true) }}}}, this is {{{{ vars.company }}}}!"
  metadata:
    customer: "{{{{ row.customer_id }}}}"
    status: "{{{{ row.status }}}}"

batch:
  status_webhook: https://example.com/bland/status

recipients:
  file: campaigns/recipients/people.csv
  phone: phone_number
  default_country: US
  variables: all
  where: "row.status == 'active'"
  defaults:
    service: your plan
  empty: keep

split:
  size: 500
  pause: 0s
"""

_BIG = """\
version: 1
campaign: big
description: Renewal reminder
prompt: {file: campaigns/prompts/big.md.j2}
vars: {company: Acme, tone: formal}
call: {voice: June, max_duration: 10, wait_for_greeting: true}
each: {first_sentence: "Hi {{ row.first_name | default('there', true) }}!"}
recipients: {file: campaigns/recipients/big.csv, default_country: US}
split: {size: 1000}
"""

_GATES = """\
purpose: marketing
schedule: {profile: us-standard, pace: {per_hour: 1000000, per_day: 10000000, at_once: 1000000}}
suppression: [{file: campaigns/recipients/never.csv, as_of: "2026-03-01", kind: own}]
consent: {type: written, source: web form, captured_at: "2026-02-01"}
"""
_SAYS = "This is the AI assistant of Acme calling. To be called no more, say so: you can opt out at any time."


@cache
def area_codes() -> tuple[int, ...]:
    """The area codes of places in the United States, by libphonenumber."""
    numbers = ((area, phonenumbers.parse(f"+1{area}5550100")) for area in range(200, 1000))
    return tuple(area for area, number in numbers if _is_of_a_place(number))


def _is_of_a_place(number: phonenumbers.PhoneNumber) -> bool:
    return (
        phonenumbers.is_valid_number_for_region(number, "US")
        and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE
        and time_zones_for_number(number) != (UNKNOWN_TIMEZONE,)
    )


def make_campaigns(root: Path, campaigns: int) -> None:
    """A workspace of many campaigns of 60 lines, each with a prompt of its own and 10 people."""
    _write(root / "bland-deploy.yaml", _WORKSPACE)
    _write_people(root / "campaigns/recipients/people.csv", 10)
    for index in range(campaigns):
        _write(root / f"campaigns/renewal-{index:04d}.yaml", _CAMPAIGN.format(index=index))
        _write(root / f"campaigns/prompts/renewal-{index:04d}.md.j2", f"Wave {index}. {_PROMPT}")


def make_big_list(root: Path, rows: int) -> Path:
    """A workspace of one campaign with a long list; gives the path of the list."""
    _write(root / "bland-deploy.yaml", _WORKSPACE)
    _write(root / "campaigns/big.yaml", _BIG)
    _write(root / "campaigns/prompts/big.md.j2", _PROMPT)
    people = root / "campaigns/recipients/big.csv"
    _write_people(people, rows)
    return people


def gate_big_list(root: Path) -> None:
    """All gates for the campaign with the long list: hours, suppression, consent, purpose, what is said, caps."""
    _write(root / "bland-deploy.yaml", _WORKSPACE + "caps: {per_day: 1, per_week: 3, per_month: 5}\n")
    text = _BIG.replace("'there', true) }}!", f"'there', true) }}}}! {_SAYS}")
    _write(root / "campaigns/big.yaml", text + _GATES)
    numbers = (f"+1{area}{exchange}{last:04d}\n" for area, exchange, last in islice(_numbers(), 0, 100_000, 10))
    _write(root / "campaigns/recipients/never.csv", "phone_number\n" + "".join(numbers))


def make_sends(root: Path, people: int, address: str, campaign: str, size: int = 1) -> None:
    """A workspace towards an API at an address, of one campaign whose batches are of so many calls each."""
    settings = {"base_url": address, "api_key": {"env": "BENCHMARK_KEY"}, "state": "state"}
    content = {"version": 1, "default_environment": "it", "environments": {"it": settings}}
    _write(root / "bland-deploy.yaml", json.dumps(content))
    recipients = {"file": "campaigns/recipients/people.csv", "default_country": "US", "variables": []}
    call = {"campaign": campaign, "prompt": "Greet.", "recipients": recipients, "split": {"size": size}}
    _write(root / f"campaigns/{campaign}.yaml", json.dumps(call))
    _write_people(root / "campaigns/recipients/people.csv", people)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_people(path: Path, rows: int) -> None:
    """Different people, four in five of them in E.164, the rest as people write numbers."""
    chance = random.Random(SEED)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row, (area, exchange, last) in enumerate(islice(_numbers(), rows), 1):
            written = f"+1{area}{exchange}{last:04d}" if row % 5 else f"({area}) {exchange}-{last:04d}"
            amount = f"{chance.randrange(500, 20_000) / 100:.2f}"
            day = f"2026-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
            who = (chance.choice(_FIRST_NAMES), chance.choice(_COMPANIES), chance.choice(_SERVICES))
            writer.writerow((f"{row:07d}", written, *who, amount, day, "active"))


def _numbers() -> Iterator[tuple[int, int, int]]:
    """Area code, exchange and last digits of every number there is, each once, in no apparent order."""
    areas = area_codes()
    for exchange in EXCHANGES:
        many = len(areas) * 10_000
        for step in range(many):
            area, last = divmod(step * _STRIDE % many, 10_000)
            yield areas[area], exchange, last
