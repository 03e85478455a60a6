"""GitHub: comments by GraphQL, which alone knows who wrote and who changed them; the rest by REST."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from bland_deploy.ci.forge import Check, Comment, Thread
from bland_deploy.ci.job import Job
from bland_deploy.ci.web import OUTCOME, ForgeRefused, Web, exchange, needed, open_web, pages
from bland_deploy.diagnostics import Diagnostic, Severity
from bland_deploy.errors import AuthenticationFailed, Unavailable
from bland_deploy.model.json import JsonObject

_LONGEST = 65_000
_MOST_FINDINGS = 50
_SUMMARY = 65_000
_LEVELS = {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTE: "notice"}

_THREAD = """query($owner: String!, $name: String!, $number: Int!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      headRefOid
      comments(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id body isMinimized author { __typename login } editor { __typename login } }
      }
    }
  }
}"""
_ADD = """mutation($subject: ID!, $body: String!) {
  addComment(input: {subjectId: $subject, body: $body}) { clientMutationId }
}"""
_CHANGE = """mutation($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { clientMutationId }
}"""
_FOLD = """mutation($id: ID!) {
  minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId }
}"""
_NO_ACCESS = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES", "NOT_FOUND"})


class GitHub:
    """A repository at GitHub."""

    longest = _LONGEST

    def __init__(self, web: Web, graphql: str, repository: str, folder: str) -> None:
        self._web = web
        self._graphql = graphql
        self._repository = repository
        self._folder = folder

    def merged_pull(self, commit: str, branch: str) -> int | None:
        """The number of the pull request through which a commit came to a branch: rather the one whose merge it is."""
        found = [
            pull
            for pull in pages(self._web, f"/repos/{self._repository}/commits/{commit}/pulls?per_page=100")
            if pull.get("merged_at") and pull["base"]["ref"] == branch
        ]
        found.sort(key=lambda pull: pull.get("merge_commit_sha") != commit)
        return int(found[0]["number"]) if found else None

    def thread(self, pull: int) -> Thread:
        """The comments of a pull request."""
        comments: list[Comment] = []
        after: str | None = None
        while True:
            content = self._ask(_THREAD, {**self._names, "number": pull, "after": after})
            request = content["repository"]["pullRequest"]
            us = _actor(content["viewer"]["login"])
            comments += [_comment(node, us) for node in request["comments"]["nodes"]]
            page = request["comments"]["pageInfo"]
            if not page["hasNextPage"]:
                return Thread(request["id"], request["headRefOid"], comments)
            after = page["endCursor"]

    def add(self, thread: Thread, body: str) -> None:
        """Write a new comment."""
        self._ask(_ADD, {"subject": thread.id, "body": body}, again=False)

    def change(self, thread: Thread, comment: Comment, body: str) -> None:  # noqa: ARG002 - GitLab needs the thread
        """Write a comment anew."""
        self._ask(_CHANGE, {"id": comment.id, "body": body})

    def fold(self, thread: Thread, comment: Comment) -> None:  # noqa: ARG002 - GitLab needs the thread
        """Hide a comment as outdated."""
        self._ask(_FOLD, {"id": comment.id})

    def tell(self, commit: str, check: Check) -> None:
        """A check run; of many findings the first ones, which GitHub takes at once."""
        placed = [item for item in check.findings if item.place.file and item.place.line]
        left_out = len(placed) - _MOST_FINDINGS
        more = f"\n\n{left_out:,} more findings are not shown at their lines.\n" if left_out > 0 else ""
        exchange(
            self._web,
            "POST",
            f"/repos/{self._repository}/check-runs",
            {
                "name": check.name,
                "head_sha": commit,
                "status": "completed",
                "conclusion": check.conclusion,
                "output": {
                    "title": check.title,
                    "summary": check.summary[:_SUMMARY] + more,
                    "annotations": self._annotations(placed[:_MOST_FINDINGS]),
                },
            },
        )

    def _annotations(self, findings: Sequence[Diagnostic]) -> list[JsonObject]:
        return [
            {
                "path": f"{self._folder}{item.place.file}",
                "start_line": item.place.line,
                "end_line": item.place.line,
                "annotation_level": _LEVELS[item.severity],
                "title": item.rule,
                "message": f"{item.message}\n{item.help}" if item.help else item.message,
            }
            for item in findings
        ]

    @property
    def _names(self) -> dict[str, str]:
        owner, _, name = self._repository.partition("/")
        return {"owner": owner, "name": name}

    def _ask(self, query: str, variables: JsonObject, *, again: bool = True) -> Any:
        reply = exchange(self._web, "POST", self._graphql, {"query": query, "variables": variables}, again=again)
        if reply.content.get("errors"):
            _refuse(self._web, reply.content["errors"])
        return reply.content["data"]


@contextmanager
def open_github(job: Job, folder: str) -> Iterator[GitHub]:
    """The repository of a job. `folder` is where the workspace lies in it, with a slash at its end, or nothing."""
    token = needed(job.token, job.token_name)
    headers = {"authorization": f"Bearer {token}", "x-github-api-version": "2022-11-28"}
    web = open_web(job.api, headers, job.token_name)
    with web.http:
        yield GitHub(web, job.graphql, job.repository, folder)


def _actor(login: str) -> tuple[str, bool]:
    """Who somebody is: a name, and whether a bot's. Bots see themselves with a mark that others do not see."""
    return login.removesuffix("[bot]"), login.endswith("[bot]")


def _comment(node: dict[str, Any], us: tuple[str, bool]) -> Comment:
    def is_us(actor: dict[str, str] | None) -> bool:
        return actor is not None and (actor["login"].removesuffix("[bot]"), actor["__typename"] == "Bot") == us

    editor = node["editor"]
    return Comment(
        id=node["id"],
        body=node["body"],
        ours=is_us(node["author"]),
        altered=editor is not None and not is_us(editor),
        folded=node["isMinimized"],
    )


def _refuse(web: Web, errors: Sequence[dict[str, Any]]) -> NoReturn:
    """The first of GraphQL's errors in our terms; it comes with HTTP 200."""
    kind, said = errors[0].get("type"), str(errors[0].get("message", ""))[:200]
    if kind == "RATE_LIMITED":
        raise Unavailable(f"{web.host} limits how often it may be asked", help="run it again later", outcome=OUTCOME)
    if kind in _NO_ACCESS:
        raise AuthenticationFailed(
            f"{web.host} refuses it: {said}",
            help=f"{web.token_name} needs `permissions: {{contents: read, pull-requests: write}}`",
            outcome=OUTCOME,
        )
    raise ForgeRefused(f"{web.host} refuses it: {said}", outcome=OUTCOME)
