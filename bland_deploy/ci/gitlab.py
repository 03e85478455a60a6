"""GitLab: notes on merge requests, and statuses of commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from bland_deploy.ci.forge import Check, Comment, Thread
from bland_deploy.ci.job import Job
from bland_deploy.ci.web import ForgeRefused, Web, exchange, needed, open_web, pages

_LONGEST = 900_000
_DESCRIPTION = 140
_SAME_AGAIN = "Cannot transition status"
"""What GitLab says where a status is already what it would become."""
_STATES = {"success": "success", "neutral": "success", "failure": "failed"}


class GitLab:
    """A project at GitLab."""

    longest = _LONGEST

    def __init__(self, web: Web, project: str, url: str) -> None:
        self._web = web
        self._project = f"projects/{project}"
        self._url = url

    @cached_property
    def _us(self) -> int:
        return int(exchange(self._web, "GET", "user").content["id"])

    def merged_pull(self, commit: str, branch: str) -> int | None:
        """The number of the merge request through which a commit came to a branch: rather the one whose merge it is."""
        found = [
            request
            for request in pages(self._web, f"{self._project}/repository/commits/{commit}/merge_requests?per_page=100")
            if request["state"] == "merged" and request["target_branch"] == branch
        ]
        made = ("merge_commit_sha", "squash_commit_sha", "sha")
        found.sort(key=lambda request: commit not in [request.get(name) for name in made])
        return int(found[0]["iid"]) if found else None

    def thread(self, pull: int) -> Thread:
        """The notes of a merge request. GitLab does not tell who changed one; only its author and maintainers may."""
        place = f"{self._project}/merge_requests/{pull}"
        head = exchange(self._web, "GET", place).content["sha"]
        notes = pages(self._web, f"{place}/notes?per_page=100&sort=asc&order_by=created_at")
        comments = [
            Comment(id=str(note["id"]), body=note["body"], ours=note["author"]["id"] == self._us)
            for note in notes
            if not note["system"]
        ]
        return Thread(place, head, comments)

    def add(self, thread: Thread, body: str) -> None:
        """Write a new note."""
        exchange(self._web, "POST", f"{thread.id}/notes", {"body": body}, again=False)

    def change(self, thread: Thread, comment: Comment, body: str) -> None:
        """Write a note anew."""
        exchange(self._web, "PUT", f"{thread.id}/notes/{comment.id}", {"body": body})

    def fold(self, thread: Thread, comment: Comment) -> None:
        """Nothing: GitLab hides no notes. Their text folds itself."""

    def tell(self, commit: str, check: Check) -> None:
        """The status of a commit."""
        title = check.title if len(check.title) <= _DESCRIPTION else f"{check.title[: _DESCRIPTION - 1]}…"
        status = {"state": _STATES[check.conclusion], "name": check.name, "description": title, "target_url": self._url}
        try:
            exchange(self._web, "POST", f"{self._project}/statuses/{commit}", status)
        except ForgeRefused as problem:
            if _SAME_AGAIN not in problem.message:
                raise


@contextmanager
def open_gitlab(job: Job) -> Iterator[GitLab]:
    """The project of a job."""
    web = open_web(job.api, {"private-token": needed(job.token, job.token_name)}, job.token_name)
    with web.http:
        yield GitLab(web, job.repository, job.url)
