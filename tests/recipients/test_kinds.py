"""Numbers that cost somebody extra, in any country."""

import pytest
from phonenumbers import SUPPORTED_REGIONS, PhoneNumberFormat, PhoneNumberType, example_number_for_type, format_number

from bland_deploy.recipients.kinds import kind_of

KINDS = {PhoneNumberType.TOLL_FREE: "toll_free", PhoneNumberType.PREMIUM_RATE: "premium", PhoneNumberType.MOBILE: None}


@pytest.mark.parametrize("type_", KINDS)
def test_the_kind_of_a_number_is_that_of_libphonenumber(type_):
    examples = {region: example_number_for_type(region, type_) for region in SUPPORTED_REGIONS}
    written = {region: format_number(found, PhoneNumberFormat.E164) for region, found in examples.items() if found}
    assert len(written) > 100
    assert {region: number for region, number in written.items() if kind_of(number) != KINDS[type_]} == {}


@pytest.mark.parametrize("identity", ["", "911", "+", "+999", "+0", "1234567890"])
def test_what_is_no_number_has_no_kind(identity):
    assert kind_of(identity) is None
