"""One live comment a request and subject: written, kept up to date, closed, and read as the approval of its plan."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from bland_deploy.ci.forge import Comment, Forge, Thread
from bland_deploy.ci.header import Header, Subject, without_header
from bland_deploy.errors import Blocked

_ROOM_TO_FOLD = 200
_AGAIN = "have the plan job run again, or approve the plan by hand: `bland-deploy apply --approved DIGEST`"


class Written(StrEnum):
    """What became of a comment, in words for people."""

    ADDED = "added"
    CHANGED = "brought up to date"
    SAME = "up to date already"
    NOT_WANTED = "not written: there is nothing to say"
    OVERTAKEN = "not written: a newer commit was pushed, whose job will write it"


def room(forge: Forge, header: Header) -> int:
    """How many characters of text a comment with this header may have."""
    return forge.longest - len(replace(header, truncated=True, closed=True, outdated=True).render()) - _ROOM_TO_FOLD


def show_plan(forge: Forge, pull: int, header: Header, text: str, *, empty: bool = False) -> Written:
    """Keep the one comment of a plan up to date; earlier ones that were carried out are folded.

    An `empty` plan opens no comment, but changes one that is open.
    """
    thread = forge.thread(pull)
    if thread.head != header.head:
        return Written.OVERTAKEN
    live = _live(thread, "plan", header.subject)
    still_open = [comment for comment, seen in live if not seen.closed]
    current = still_open[-1] if still_open else None
    _fold(forge, thread, [item for item in live if item[0] is not current])
    body = f"{header.render()}\n{text}"
    if current is None:
        if empty:
            return Written.NOT_WANTED
        forge.add(thread, body)
        return Written.ADDED
    if _same(current.body, body):
        return Written.SAME
    forge.change(thread, current, body)
    return Written.CHANGED


def show_result(forge: Forge, pull: int, header: Header, text: str, *, empty: bool = False) -> Written:
    """Say what an apply did, in a comment of its own: that is how people hear of it.

    One that is `done` closes the comment of the plan and folds what earlier ones said that were not. An `empty` one,
    which sent nothing because nothing was left, has nothing new to say.
    """
    thread = forge.thread(pull)
    if header.done:
        _close(forge, thread, header.subject)
        results = _live(thread, "apply", header.subject)
        _fold(forge, thread, [item for item in results if not item[1].done])
    if empty:
        return Written.NOT_WANTED
    forge.add(thread, f"{header.render()}\n{text}")
    return Written.ADDED


def show_report(forge: Forge, pull: int, header: Header, text: str, *, empty: bool = False) -> Written:
    """Keep the one comment of a report up to date, whatever was pushed meanwhile. An `empty` one opens none."""
    thread = forge.thread(pull)
    live = _live(thread, "report", header.subject)
    body = f"{header.render()}\n{text}"
    if not live:
        if empty:
            return Written.NOT_WANTED
        forge.add(thread, body)
        return Written.ADDED
    current = live[-1][0]
    if _same(without_header(current.body), text):
        return Written.SAME
    forge.change(thread, current, body)
    return Written.CHANGED


def approved_digest(thread: Thread, subject: Subject) -> str:
    """The digest of the plan that a request shows. Blocked where it shows none that could be approved."""
    live = _live(thread, "plan", subject)
    if not live:
        raise Blocked(f"its comments show no plan for {subject.environment}", help=_AGAIN)
    comment, header = live[-1]
    if comment.altered:
        raise Blocked("somebody else has changed the comment that shows the plan", help=_AGAIN)
    if header.truncated:
        raise Blocked(
            "the comment shows only a part of the plan, so that nobody has approved the whole",
            help="read `bland-deploy plan`, and approve it by hand: `bland-deploy apply --approved DIGEST`",
        )
    if header.digest is None:
        raise Blocked("the plan that the comment is about had failed", help=_AGAIN)
    return header.digest


def _live(thread: Thread, kind: str, subject: Subject) -> list[tuple[Comment, Header]]:
    """Our comments about a subject that are not outdated, the oldest first."""
    return [
        (comment, header)
        for comment in thread.comments
        if comment.ours
        and not comment.folded
        and (header := comment.header) is not None
        and (header.kind, header.subject, header.outdated) == (kind, subject, False)
    ]


def _fold(forge: Forge, thread: Thread, superseded: Sequence[tuple[Comment, Header]]) -> None:
    for comment, header in superseded:
        text = without_header(comment.body).strip("\n")
        head = replace(header, outdated=True).render()
        forge.change(thread, comment, f"{head}\n<details>\n<summary>Outdated</summary>\n\n{text}\n\n</details>\n")
        forge.fold(thread, comment)


def _close(forge: Forge, thread: Thread, subject: Subject) -> None:
    for comment, header in _live(thread, "plan", subject):
        if not header.closed:
            text = without_header(comment.body)
            forge.change(thread, comment, f"{replace(header, closed=True).render()}\n**Carried out.**\n\n{text}")


def _same(one: str, other: str) -> bool:
    """Whether two comments read alike: forges may end lines their own way."""
    return one.split() == other.split()
