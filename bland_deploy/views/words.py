"""Small words of the views: counts, lengths of time and money."""

_PLURALS = {"batch": "batches", "entry": "entries", "person": "people"}


def count(number: int, noun: str) -> str:
    """`1 call`, `1,204 calls`, `2 batches`."""
    return f"{number:,} {noun if number == 1 else _PLURALS.get(noun, noun + 's')}"


def duration(seconds: float) -> str:
    """`90s` as `1m 30s`: the two largest units."""
    parts, rest = [], round(seconds)
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        amount, rest = divmod(rest, length)
        parts += [f"{amount}{unit}"] if amount else []
    return " ".join(parts[:2]) or f"{seconds:g}s"


def dollars(amount: float) -> str:
    """`$1,204.50`."""
    return f"${amount:,.2f}"
