"""Small words of the text views: counts and money."""

_PLURALS = {"batch": "batches", "entry": "entries", "person": "people"}


def count(number: int, noun: str) -> str:
    """`1 call`, `1,204 calls`, `2 batches`."""
    return f"{number:,} {noun if number == 1 else _PLURALS.get(noun, noun + 's')}"


def dollars(amount: float) -> str:
    """`$1,204.50`."""
    return f"${amount:,.2f}"
