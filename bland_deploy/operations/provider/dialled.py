"""Whom the provider dialled, as far as its list of calls says: numbers as it writes them, matched to people by key."""

from collections.abc import Callable, Container, Iterable

from bland_deploy.api.outcomes import ListedCall
from bland_deploy.recipients.phone import normalise

KeyOf = Callable[[str], bytes]
_NATIONAL_DIGITS = 10
_TEN_DIGITS_ARE = "US"


def identities(listed: str, default_country: str | None = None) -> tuple[str, ...]:
    """Who may be meant by a number as the provider lists it, the likeliest first.

    The plus may be lacking, and ten digits without one are North American to Bland (docs.bland.ai, Send Call).
    """
    digits = "".join(character for character in listed if character.isdigit())
    if not digits:
        return ()
    meant = [(listed, default_country), (f"+{digits}", None)]
    if len(digits) == _NATIONAL_DIGITS and not listed.lstrip().startswith("+"):
        meant.insert(1, (listed, _TEN_DIGITS_ARE))
    numbers = sorted(
        (normalise(text, country) for text, country in meant),
        key=lambda number: (not number.valid, not number.identity.startswith("+")),
    )
    return tuple(dict.fromkeys([*(number.identity for number in numbers), digits]))


def dialled_keys(calls: Iterable[ListedCall], keys: Container[bytes], key_of: KeyOf) -> frozenset[bytes]:
    """Whose phone may have rung, of the people with these keys. A call counts unless it plainly never got that far."""
    dialled = (call for call in calls if not call.undialled)
    found = (key_of(identity) for call in dialled for identity in identities(call.to))
    return frozenset(key for key in found if key in keys)
