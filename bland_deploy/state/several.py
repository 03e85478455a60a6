"""Entries that say the same of several attempts, as one: so a log of many small batches is short, and soon written."""

from collections.abc import Iterable, Iterator, Sequence

from bland_deploy.model.entries import Entry, Receipt, Receipts, Sending, Taken, Void, Voids


def together(entries: Iterable[Entry]) -> list[Entry]:
    """As few entries as say what these say of their attempts, of each of which one speaks: the first stay the first."""
    alike: dict[object, list[Entry]] = {}
    for entry in entries:
        alike.setdefault(_likeness(entry), []).append(entry)
    return [_as_one(some) for some in alike.values()]


def one_by_one(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The same, where none stands for several."""
    for entry in entries:
        match entry:
            case Receipts():
                for one in entry.taken:
                    yield Receipt(at=one.at, by=entry.by, attempt=one.attempt, batch_id=one.batch_id)
                if entry.sending:
                    yield Sending(at=entry.at, by=entry.by, attempts=entry.sending)
            case Voids():
                yield from (Void(at=entry.at, by=entry.by, attempt=id_, reason=entry.reason) for id_ in entry.attempts)
            case _:
                yield entry


def receipts(entries: Iterable[Entry]) -> Iterator[Receipt]:
    """What batches the provider took, one by one."""
    return (entry for entry in one_by_one(entries) if isinstance(entry, Receipt))


def _likeness(entry: Entry) -> object:
    """Equal for entries that one can stand for."""
    match entry:
        case Receipt() | Sending():
            return "on the way", entry.by
        case Void():
            return "void", entry.by, entry.reason
        case _:
            return id(entry)


def _as_one(entries: Sequence[Entry]) -> Entry:
    first, *others = entries
    if not others:
        return first
    if isinstance(first, Void):
        attempts = tuple(one.attempt for one in entries if isinstance(one, Void))
        return Voids(at=first.at, by=first.by, attempts=attempts, reason=first.reason)
    sending = tuple(attempt for one in entries if isinstance(one, Sending) for attempt in one.attempts)
    receipts = (one for one in entries if isinstance(one, Receipt))
    taken = tuple(Taken(at=one.at, attempt=one.attempt, batch_id=one.batch_id) for one in receipts)
    if not taken:
        return Sending(at=first.at, by=first.by, attempts=sending)
    return Receipts(at=first.at, by=first.by, taken=taken, sending=sending or None)
