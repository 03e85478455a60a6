"""Numbers that may be real people's are found in texts and tables; made-up ones and other digits are not."""

import pytest
from phonenumbers import SUPPORTED_REGIONS, PhoneNumberFormat, PhoneNumberType, example_number_for_type, format_number

from bland_deploy.recipients.exposure import find_listed, find_numbers
from bland_deploy.recipients.fictional import is_fictional

# put together here, so that no file holds them
REAL = "+1" + "415" + "777" + "2671"
BARE = REAL[2:]
DASHED = f"{BARE[:3]}-{BARE[3:6]}-{BARE[6:]}"


def found(text, country="US"):
    return list(find_numbers(text, country))


@pytest.mark.parametrize(
    "text",
    [
        REAL,
        f"call {DASHED} now",
        f"({BARE[:3]}) {BARE[3:6]}-{BARE[6:]}",
        f'{{"phone_number": "{BARE}"}}',
        f"    phone: {BARE}",
        f"mobile_number = '{BARE}'",
        f"text {REAL[:2]} {BARE[:3]} {BARE[3:6]} {BARE[6:]}.",
        f'- {{phone_number: "{REAL}", name: Ada}}',
        f"# bland-deploy: allow-phone\n{REAL}",
        f"bland-deploy: allow-phone -->{REAL}",
    ],
)
def test_a_number_is_found(text):
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "+14155550123 and (212) 555-0199",
        "+447700900123 +44 20 7946 0123 +61 491 570 156 +33 1 99 00 12 34",
        f"run {BARE} of {BARE}",
        "2026-03-02 15:00:00.123456 +0000",
        "02caede0-b24e-407c-ada8-d0d0bfae2232",
        "sha256:" + "0123456789" * 6,
        "192.168.100.200:8787, version 1.2.3-20260302",
        "+1 800 555" + " 2671",
        f'    from: "{REAL}"',
        f'"transfer_phone_number": "{REAL}"',
        f"{REAL}  # bland-deploy: allow-phone our own switchboard",
        f"<!-- bland-deploy: allow-phone our own switchboard -->\n{REAL}",
    ],
)
def test_what_is_no_number_of_a_person_is_not_found(text):
    assert found(text) == []


def test_places_are_exact():
    assert found(f"a\n  b {REAL} and {DASHED}\n") == [(2, 5), (2, 5 + len(REAL) + 5)]


def test_an_allowance_ends_after_the_next_line():
    assert found(f"# bland-deploy: allow-phone ours\n{REAL}\n{REAL}\n") == [(3, 1)]


@pytest.mark.parametrize("region", sorted(SUPPORTED_REGIONS))
def test_mobile_numbers_of_every_country_are_found(region):
    number = example_number_for_type(region, PhoneNumberType.MOBILE)
    if number is None or is_fictional(format_number(number, PhoneNumberFormat.E164)[1:]):
        return
    assert len(found(f"ring {format_number(number, PhoneNumberFormat.INTERNATIONAL)} today")) == 1


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        (f"name,phone_number\nAda,{REAL}\nGrace,{BARE}\n", [2, 3]),
        (f'name,Mobile No.\n"A\nda",{BARE}\nGrace,+14155550100\n', [3]),
        (f"\ufeffPhone\n{BARE}\n", [2]),
        ("phone\n+14155550100\n\nn/a\n", []),
        (f"id,name\n{BARE},Ada\n", []),
        ("", []),
        ("phone\n" + "1" * 200_000, []),
    ],
)
def test_tables_are_known_by_their_columns(table, lines):
    assert find_listed(table, ",", "US") == lines
