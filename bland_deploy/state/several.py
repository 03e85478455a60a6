"""Entries that say the same of several attempts, as one: so a log of many small batches is short, and soon written."""

from collections.abc import Iterable, Iterator, Sequence

from bland_deploy.model.entries import Entry, Receipt, Receipts, Taken, Void, Voids


def together(entries: Iterable[Entry]) -> list[Entry]:
    """As few entries as say what these say of their attempts, each of which has one: the first kinds stay the first."""
    alike: dict[object, list[Entry]] = {}
    for entry in entries:
        alike.setdefault(_likeness(entry), []).append(entry)
    return [one for some in alike.values() for one in _as_one(some)]


def _likeness(entry: Entry) -> object:
    """Equal for entries that one can stand for."""
    match entry:
        case Receipt():
            return "receipt", entry.by
        case Void():
            return "void", entry.by, entry.reason
        case _:
            return id(entry)


def _as_one(entries: Sequence[Entry]) -> Iterator[Entry]:
    if len(entries) == 1:
        yield from entries
        return
    receipts = [entry for entry in entries if isinstance(entry, Receipt)]
    voids = [entry for entry in entries if isinstance(entry, Void)]
    if receipts:
        taken = tuple(Taken(at=one.at, attempt=one.attempt, batch_id=one.batch_id) for one in receipts)
        yield Receipts(at=receipts[0].at, by=receipts[0].by, taken=taken)
    if voids:
        attempts = tuple(one.attempt for one in voids)
        yield Voids(at=voids[0].at, by=voids[0].by, attempts=attempts, reason=voids[0].reason)
