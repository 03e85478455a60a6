from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.client.redact import MASK, redact


@settings(deadline=None)
@given(st.text(max_size=20), st.lists(st.text("abc", min_size=1, max_size=4), max_size=3), st.text(max_size=20))
def test_no_secret_is_left(before, secrets, after):
    redacted = redact(before + "".join(secrets) + after, secrets)
    assert not any(secret in redacted for secret in secrets)


def test_a_secret_within_another_is_no_hindrance():
    assert redact("sk-12345", ["sk-1", "sk-12345"]) == MASK


def test_passwords_in_addresses_are_taken_out():
    assert (
        redact("proxy http://me:hunter2@proxy.example:3128/ refuses", [])
        == f"proxy http://{MASK}@proxy.example:3128/ refuses"
    )


def test_nothing_else_is_touched():
    assert redact("mail someone@example.org about https://api.example/x@y", ["", "sk-1"]) == (
        "mail someone@example.org about https://api.example/x@y"
    )
