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


def duration(seconds: float) -> str:
    """The two largest units: `45 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`."""
    left, parts = round(seconds), []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, size)
        parts.append((amount, unit))
    first = next((index for index, (amount, _) in enumerate(parts) if amount), len(parts) - 1)
    shown = [f"{amount} {unit}" for amount, unit in parts[first : first + 2] if amount]
    return " ".join(shown) or "0 s"
