"""The sandbox as a function of the creates that reached it."""

from datetime import timedelta
from urllib.parse import parse_qsl

import orjson

from bland_deploy.sandbox.exchange import Ask
from bland_deploy.sandbox.world import World as Sandbox
from tests.dispatch.campaigns import MOMENT


class Provider:
    """What the real sandbox answers after some creates, of which some may not be listed yet."""

    def __init__(self, creates):
        self._now = MOMENT
        self._sandbox = Sandbox(":memory:", clock=lambda: self._now)
        self._told = {}
        self.created, self.ids = [], []
        for path, body in creates:
            self.post(path, body)

    def post(self, path, body):
        """One create more."""
        self._told.clear()
        self._now = MOMENT + timedelta(seconds=len(self.created))
        self.created.append(self.ask("POST", path, body))
        self.ids.append(orjson.loads(self.created[-1][1])["data"]["batch_id"])

    def ask(self, method, path, body=b""):
        path, _, query = path.partition("?")
        headers = {"authorization": "sk-checked", "content-type": "application/json"}
        answer = self._sandbox.handle(Ask(method, path, dict(parse_qsl(query)), headers, body))
        return answer.status, answer.body

    def get(self, path, listed):
        """The answer to a question, when only batches with the numbers in `listed` are listed."""
        if (path, listed) not in self._told:
            self._told[path, listed] = self._get(path, listed)
        return self._told[path, listed]

    def _get(self, path, listed):
        status, body = self.ask("GET", path)
        if "/batches/list" not in path:
            return status, body
        hidden = {id_ for number, id_ in enumerate(self.ids) if number not in listed}
        answer = orjson.loads(body)
        answer["data"] = [item for item in answer["data"] if item["id"] not in hidden]
        return status, orjson.dumps(answer)
