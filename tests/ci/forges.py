"""Stand-ins for GitHub and GitLab on loopback: as strict as the real ones about tokens, sizes, pages and forms."""

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from graphql import GraphQLError, build_schema, graphql_sync

TOKEN = "token-of-the-job"
READ_ONLY = "token-of-a-fork"
US = "github-actions[bot]"
PAGE = 2  # pages are short, so that every list has several

# What is used of GitHub's published schema, word for word.
SCHEMA = build_schema("""
interface Actor { login: String! }
type Bot implements Actor { login: String! }
type User implements Actor { login: String! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type IssueComment {
  id: ID! body: String! isMinimized: Boolean! minimizedReason: String author: Actor editor: Actor
}
type IssueCommentConnection { nodes: [IssueComment] pageInfo: PageInfo! totalCount: Int! }
type PullRequest {
  id: ID! number: Int! headRefOid: String!
  comments(first: Int, last: Int, after: String, before: String): IssueCommentConnection!
}
type Repository { pullRequest(number: Int!): PullRequest }
enum ReportedContentClassifiers { ABUSE DUPLICATE OFF_TOPIC OUTDATED RESOLVED SPAM }
input AddCommentInput { subjectId: ID! body: String! clientMutationId: String }
input UpdateIssueCommentInput { id: ID! body: String! clientMutationId: String }
input MinimizeCommentInput { subjectId: ID! classifier: ReportedContentClassifiers! clientMutationId: String }
type AddCommentPayload { clientMutationId: String }
type UpdateIssueCommentPayload { clientMutationId: String }
type MinimizeCommentPayload { clientMutationId: String }
type Query {
  viewer: User!
  repository(owner: String!, name: String!, followRenames: Boolean): Repository
}
type Mutation {
  addComment(input: AddCommentInput!): AddCommentPayload
  updateIssueComment(input: UpdateIssueCommentInput!): UpdateIssueCommentPayload
  minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
}
""")


@dataclass
class Note:
    """A comment: who wrote it, who changed it last, and whether it is hidden."""

    id: str
    body: str
    author: str = US
    editor: str | None = None
    hidden: bool = False
    system: bool = False
    history: list = field(default_factory=list)


@dataclass
class Pull:
    number: int
    head: str = "a" * 40
    branch: str = "main"
    merge: str | None = None
    notes: list = field(default_factory=list)


@dataclass
class Books:
    """What a forge knows, and what it was asked."""

    pulls: dict = field(default_factory=dict)
    checks: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    answers: list = field(default_factory=list)  # (status, headers, body) to give instead, the first first
    longest: int = 65_536
    url: str = ""

    def pull(self, number=7, **facts):
        return self.pulls.setdefault(number, Pull(number, **facts))

    def write(self, pull, body, author=US, **facts):
        note = Note(f"IC_{pull.number}_{len(pull.notes) + 1}", body, author, **facts)
        pull.notes.append(note)
        return note

    def note(self, key):
        return next(note for pull in self.pulls.values() for note in pull.notes if note.id == key)


class Refused(Exception):
    def __init__(self, status, message, kind="UNPROCESSABLE"):
        super().__init__(message)
        self.status, self.kind = status, kind


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536

    def log_message(self, *_):
        pass

    def handle_any(self):
        books = self.server.books
        content = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "null")
        books.asked.append((self.command, self.path, content))
        if books.answers:
            status, headers, body = books.answers.pop(0)
        else:
            status, headers, body = self.answer(books, content)
        data = json.dumps(body).encode() if not isinstance(body, bytes) else body
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(data)), "content-type": "application/json"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - the names that the server looks for

    def answer(self, books, content):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        try:
            found = self.route(books, url.path, query, content)
        except Refused as refusal:
            return refusal.status, {}, {"message": str(refusal)}
        if isinstance(found, list) and "per_page" in query:
            return self.page(books, url, query, found)
        return (201 if self.command == "POST" and "graphql" not in url.path else 200), {}, found

    def page(self, books, url, query, found):
        number = int(query.get("page", 1))
        headers = {}
        if len(found) > number * PAGE:
            rest = "&".join(f"{name}={value}" for name, value in {**query, "page": number + 1}.items())
            headers["link"] = f'<{books.url}{url.path}?{rest}>; rel="next", <{books.url}{url.path}>; rel="first"'
        return 200, headers, found[(number - 1) * PAGE : number * PAGE]


class GitHubHandler(Handler):
    def route(self, books, path, query, content):
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in {TOKEN, READ_ONLY}:
            raise Refused(401, "Bad credentials")
        if path == "/graphql":
            return graphql_answer(books, content, may_write=token == TOKEN)
        if found := re.fullmatch(r"/repos/acme/calls/commits/([0-9a-f]{40})/pulls", path):
            return [
                {"number": pull.number, "merged_at": pull.merge and "2026-03-15T09:00:00Z",
                 "base": {"ref": pull.branch}, "merge_commit_sha": pull.merge}
                for pull in books.pulls.values()
                if found[1] in {pull.head, pull.merge}
            ]  # fmt: skip
        if path == "/repos/acme/calls/check-runs" and self.command == "POST":
            if token != TOKEN:
                raise Refused(403, "Resource not accessible by integration")
            return self.check(books, content)
        raise Refused(404, "Not Found")

    def check(self, books, content):
        output = content["output"]
        if len(output["summary"]) > 65_535 or len(output["annotations"]) > 50:
            raise Refused(422, "Invalid request")
        assert content["status"] == "completed"
        assert content["conclusion"] in {"success", "neutral", "failure"}
        assert re.fullmatch(r"[0-9a-f]{40}", content["head_sha"])
        for annotation in output["annotations"]:
            assert annotation["annotation_level"] in {"notice", "warning", "failure"}
            assert annotation["start_line"] > 0
        books.checks.append(content)
        return {"id": len(books.checks)}


def actor(login):
    """How GitHub shows somebody to others."""
    kind = "Bot" if login.endswith("[bot]") else "User"
    return {"__typename": kind, "login": login.removesuffix("[bot]")}


class Mutations:
    def __init__(self, books, *, may_write):
        self.books, self.may_write = books, may_write

    def viewer(self, _info):
        return {"login": US}

    def repository(self, _info, owner, name):
        if (owner, name) != ("acme", "calls"):
            raise Refused(200, f"Could not resolve to a Repository with the name '{owner}/{name}'.", "NOT_FOUND")
        return {"pullRequest": self.pull}

    def pull(self, _info, number):
        pull = self.books.pulls.get(number)
        if pull is None:
            raise Refused(200, "Could not resolve to a PullRequest.", "NOT_FOUND")

        def comments(_info, first, after=None):
            assert 0 < first <= 100
            start = int(after or 0)
            nodes = [
                {"id": note.id, "body": note.body, "isMinimized": note.hidden, "author": actor(note.author),
                 "editor": note.editor and actor(note.editor)}
                for note in pull.notes[start : start + PAGE]
            ]  # fmt: skip
            more = len(pull.notes) > start + PAGE
            return {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": str(start + PAGE)}}

        return {"id": f"PR_{number}", "number": number, "headRefOid": pull.head, "comments": comments}

    def check(self, body):
        if not self.may_write:
            raise Refused(200, "Resource not accessible by integration", "FORBIDDEN")
        if len(body) > self.books.longest:
            raise Refused(200, f"Body is too long (maximum is {self.books.longest} characters)")

    def addComment(self, _info, **arguments):  # noqa: N802 - the name in the schema
        input_ = arguments["input"]
        self.check(input_["body"])
        self.books.write(self.books.pulls[int(input_["subjectId"].removeprefix("PR_"))], input_["body"])
        return {}

    def updateIssueComment(self, _info, **arguments):  # noqa: N802 - the name in the schema
        input_ = arguments["input"]
        self.check(input_["body"])
        note = self.books.note(input_["id"])
        note.history.append(note.body)
        note.body, note.editor = input_["body"], US
        return {}

    def minimizeComment(self, _info, **arguments):  # noqa: N802 - the name in the schema
        input_ = arguments["input"]
        self.check("")
        assert input_["classifier"] == "OUTDATED"
        self.books.note(input_["subjectId"]).hidden = True
        return {}


def graphql_answer(books, content, *, may_write):
    done = graphql_sync(
        SCHEMA,
        content["query"],
        Mutations(books, may_write=may_write),
        variable_values=content["variables"],
        type_resolver=lambda value, *_: value["__typename"],
    )
    answer = {"data": done.data}
    if done.errors:
        answer["errors"] = [graphql_error(error) for error in done.errors]
    return answer


def graphql_error(error: GraphQLError):
    if isinstance(error.original_error, Refused):
        return {"type": error.original_error.kind, "message": str(error.original_error)}
    assert error.original_error is None, error.original_error
    return {"message": error.message}


class GitLabHandler(Handler):
    def route(self, books, path, query, content):
        if self.headers.get("private-token") != TOKEN:
            raise Refused(401, "401 Unauthorized")
        path = path.removeprefix("/api/v4")
        if path == "/user":
            return {"id": 1, "username": "project_42_bot"}
        if found := re.fullmatch(r"/projects/42/repository/commits/([0-9a-f]{40})/merge_requests", path):
            return [
                {"iid": pull.number, "state": "merged" if pull.merge else "opened", "target_branch": pull.branch,
                 "merge_commit_sha": pull.merge, "squash_commit_sha": None, "sha": pull.head}
                for pull in books.pulls.values()
                if found[1] in {pull.head, pull.merge}
            ]  # fmt: skip
        if found := re.fullmatch(r"/projects/42/statuses/([0-9a-f]{40})", path):
            assert len(content["description"]) <= 140
            assert content["state"] in {"pending", "running", "success", "failed", "canceled"}
            if any((old["name"], old["state"]) == (content["name"], content["state"]) for old in books.checks):
                raise Refused(400, "Cannot transition status via :enqueue from :success")
            books.checks.append(content)
            return {"id": len(books.checks)}
        if found := re.fullmatch(r"/projects/42/merge_requests/(\d+)(?:/(notes)(?:/(\w+))?)?", path):
            return self.merge_request(books, found, content)
        raise Refused(404, "404 Not Found")

    def merge_request(self, books, found, content):
        pull = books.pulls.get(int(found[1]))
        if pull is None:
            raise Refused(404, "404 Not found")
        if found[2] is None:
            return {"iid": pull.number, "sha": pull.head}
        if self.command == "GET":
            return [
                {
                    "id": note.id,
                    "body": note.body,
                    "system": note.system,
                    "author": {"id": 1 if note.author == US else 2},
                }
                for note in pull.notes
            ]
        if len(content["body"]) > 1_000_000:
            raise Refused(400, {"note": ["is too long (maximum is 1000000 characters)"]})
        if self.command == "PUT":
            note = books.note(found[3])
            note.history.append(note.body)
            note.body = content["body"]
        else:
            note = books.write(pull, content["body"])
        return {"id": note.id}


@contextmanager
def serving(handler):
    """A forge on loopback; gives its books."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    server.books = Books(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.books
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def github_variables(books, **more):
    """The variables of a job of GitHub Actions."""
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": books.url,
        "GITHUB_GRAPHQL_URL": f"{books.url}/graphql",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "acme/calls",
        "GITHUB_RUN_ID": "1",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REF_NAME": "main",
        **more,
    }


def gitlab_variables(books, **more):
    """The variables of a job of GitLab CI."""
    return {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{books.url}/api/v4",
        "CI_PROJECT_ID": "42",
        "CI_JOB_URL": "https://gitlab.example/acme/calls/-/jobs/1",
        "CI_COMMIT_BRANCH": "main",
        "GITLAB_TOKEN": TOKEN,
        **more,
    }
