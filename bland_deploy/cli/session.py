"""Wires a command to the world: the workspace's settings to a store, a client and a clock."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import TypeAdapter, ValidationError

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.root import find_root
from bland_deploy.cli.variables import read_variables
from bland_deploy.documents.choose import choose_campaigns
from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.documents.load import LoadedCampaign, LoadedWorkspace, load_campaigns, load_workspace
from bland_deploy.errors import AuthenticationFailed, InvalidInput
from bland_deploy.model.campaign import Round
from bland_deploy.model.json import JsonObject
from bland_deploy.model.workspace import Workspace
from bland_deploy.operations.guards.feedback import Feedback
from bland_deploy.operations.guards.frequency import Frequency
from bland_deploy.operations.guards.past import Past
from bland_deploy.operations.guards.watch import InState
from bland_deploy.recipients.reach import Reach
from bland_deploy.settings import Settings, check_store, choose_environment, make_settings, read_secret, write_state_key
from bland_deploy.state.backends import open_store
from bland_deploy.state.log import find_logs
from bland_deploy.state.store import Store
from bland_deploy.state.suppressed import has_suppressed

if TYPE_CHECKING:
    from bland_deploy.client.connection import Client

BOOKS = ".bland-deploy/sandbox.sqlite"


class Session(NamedTuple):
    """A workspace that could be read, one environment of it, and the variables of this run."""

    loaded: LoadedWorkspace
    workspace: Workspace
    settings: Settings
    variables: JsonObject
    round: str | None = None

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.loaded.root

    @property
    def reach(self) -> Reach:
        """From where lists are read: the workspace, and with its secrets from elsewhere."""
        key = self.settings.state_key
        return Reach(
            self.root, lambda reference: read_secret(reference, self.root, os.environ, words=True).reveal(), key
        )

    def campaigns(self, wanted: Sequence[str]) -> tuple[LoadedCampaign, ...]:
        """The campaigns that a command names, as this environment sees them. InvalidInput for a name that is none."""
        everything = load_campaigns(self.loaded, self.settings.environment)
        chosen = choose_campaigns(everything, wanted, self.root, Path.cwd())
        return chosen if self.round is None else tuple(_in_round(campaign, self.round) for campaign in chosen)

    def store(self) -> Store:
        """The state store of the environment; nothing is read yet."""
        return open_store(self.settings.state, self.root)

    def in_state(self) -> InState | None:
        """Who is suppressed in the state; None without the state's key."""
        key = self.settings.state_key
        return InState(self.store(), key) if key is not None else None

    def past(self, now: datetime, *, applies: bool) -> Past | None:
        """What the state says of calls until a time (aware), for a plan or an apply; None without the state's key."""
        key, rings_nobody = self.settings.state_key, self.settings.rings_nobody
        if key is None:
            return None
        store = self.store()
        frequency = Frequency(store, key, self.workspace.caps, now, rings_nobody)
        return Past(frequency, None if rings_nobody else Feedback(store, key, now, applies))

    def check_store(self) -> None:
        """InvalidInput where this store must not be used here."""
        _, environment = choose_environment(self.workspace, self.settings.environment)
        check_store(environment, self.settings.state, self.settings.base_url, os.environ)


def _in_round(loaded: LoadedCampaign, round_: str) -> LoadedCampaign:
    """The campaign in another round. InvalidInput for a name that no round can have."""
    try:
        TypeAdapter(Round).validate_python(round_)
    except ValidationError:
        raise InvalidInput(
            "--round is not the name of a round", help="1 to 40 letters, digits, dots, underscores and hyphens"
        ) from None
    campaign = loaded.campaign.model_copy(update={"round": round_}) if loaded.campaign else None
    return replace(loaded, campaign=campaign)


def open_session(invocation: Invocation, *, needs_key: bool = False) -> Session:
    """The session of a command. InvalidInput with the diagnostics of a workspace file that has errors."""
    loaded = load_workspace(find_root(invocation))
    if loaded.workspace is None:
        problem = InvalidInput(f"{WORKSPACE_FILE} has errors", diagnostics=loaded.diagnostics)
        problem.read_source = loaded.reader.text_or_none
        raise problem
    settings = make_settings(loaded.workspace, invocation.environment, loaded.root, os.environ, needs_key=needs_key)
    variables = read_variables(invocation.variables, invocation.variable_files, os.environ)
    return Session(loaded, loaded.workspace, settings, variables, invocation.round)


@contextmanager
def open_provider(settings: Settings) -> Iterator["Client"]:
    """A client of the environment's API; the embedded sandbox takes the network's place."""
    from bland_deploy.client.connection import Credentials, open_client  # noqa: PLC0415 - httpx is slow to import

    assert settings.api_key is not None
    encrypted = settings.encrypted_key.reveal() if settings.encrypted_key else None
    credentials = Credentials(settings.api_key.reveal(), encrypted)
    if settings.provider == "sandbox":
        from bland_deploy.sandbox.transport import BASE_URL, embedded  # noqa: PLC0415 - only where it is the provider

        books = settings.root / BOOKS
        books.parent.mkdir(mode=0o700, exist_ok=True)
        with open_client(BASE_URL, credentials, transport=embedded(books)) as client:
            yield client
    else:
        assert settings.base_url is not None
        with open_client(settings.base_url, credentials) as client:
            yield client


def parse_time(text: str | None) -> datetime:
    """The time of the run: as pinned by --at, or now. InvalidInput for a time without an offset."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("--at is not a time", help="for example --at 2026-03-15T09:00:00+00:00") from None
    if moment.tzinfo is None:
        raise InvalidInput("--at has no offset", help="for example --at 2026-03-15T09:00:00+00:00")
    return moment.astimezone(UTC)


def ensure_state_key(session: Session) -> Session:
    """The session with a state key: the sandbox makes one by itself where no state exists yet.

    Raises AuthenticationFailed where it is missing.
    """
    if session.settings.state_key is not None:
        return session
    if find_logs(session.store()) or has_suppressed(session.store()):
        raise AuthenticationFailed(
            "the state key is missing, and people were called under it before",
            help="set BLAND_DEPLOY_STATE_KEY, or put the key into .bland-deploy/state.key",
        )
    if session.settings.provider != "sandbox":
        raise AuthenticationFailed(
            "there is no state key, under which people are remembered",
            help="`bland-deploy state key` makes one; in CI set BLAND_DEPLOY_STATE_KEY",
        )
    key = write_state_key(session.root)
    return session._replace(settings=replace(session.settings, state_key=key))


def who(variables: Mapping[str, str]) -> str:
    """Who applies, for the log: the address of the CI run, else user and host. No secret."""
    server, repository, run = (
        variables.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    )
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    if variables.get("CI_JOB_URL"):
        return variables["CI_JOB_URL"]
    import socket  # noqa: PLC0415 - only where something is recorded

    return f"{variables.get('USER') or variables.get('LOGNAME') or 'unknown'}@{socket.gethostname()}"
