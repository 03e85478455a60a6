"""What a CI job says about itself: where it runs, for which commit, and for which pull or merge request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bland_deploy.errors import InvalidInput
from bland_deploy.settings import Secret


@dataclass(frozen=True, slots=True)
class Job:
    """A job of GitHub Actions or GitLab CI.

    `repository` is `owner/name` at GitHub and the id of a project at GitLab. `pull` is the number of the request that
    the job is for, None for a job of a branch; `head` is the commit that was pushed, not the trial merge of it.
    `foreign` says that the request comes from a fork, whose jobs may write nothing.
    """

    forge: Literal["github", "gitlab"]
    api: str
    repository: str
    head: str
    branch: str
    url: str
    pull: int | None = None
    foreign: bool = False
    token: Secret | None = None
    graphql: str = ""
    summary: Path | None = None
    outputs: Path | None = None
    checkout: Path = field(default_factory=Path)

    @property
    def token_name(self) -> str:
        """The variable that holds the token."""
        return "GITHUB_TOKEN" if self.forge == "github" else "GITLAB_TOKEN"


def read_job(variables: Mapping[str, str]) -> Job:
    """The job that this process runs in. InvalidInput outside of both, and where the job lacks what is needed."""
    if variables.get("GITHUB_ACTIONS") == "true":
        return _github(variables)
    if variables.get("GITLAB_CI") == "true":
        return _gitlab(variables)
    raise InvalidInput(
        "this is no job of GitHub Actions or GitLab CI",
        help="`bland-deploy ci` belongs into one; elsewhere see `bland-deploy plan`",
    )


def _github(variables: Mapping[str, str]) -> Job:
    event = _event(variables.get("GITHUB_EVENT_PATH"))
    repository = _needed(variables, "GITHUB_REPOSITORY")
    pull = event.get("pull_request") or {}
    head = pull.get("head") or {}
    source = (head.get("repo") or {}).get("full_name")
    api = variables.get("GITHUB_API_URL") or "https://api.github.com"
    server = variables.get("GITHUB_SERVER_URL") or "https://github.com"
    return Job(
        forge="github",
        api=api,
        graphql=variables.get("GITHUB_GRAPHQL_URL") or f"{api.removesuffix('/v3')}/graphql",
        repository=repository,
        head=head.get("sha") or _needed(variables, "GITHUB_SHA"),
        branch=variables.get("GITHUB_REF_NAME", ""),
        url=f"{server}/{repository}/actions/runs/{variables.get('GITHUB_RUN_ID', '')}",
        pull=pull.get("number"),
        foreign=bool(pull) and source != repository,
        token=_token(variables, "GITHUB_TOKEN"),
        summary=_path(variables, "GITHUB_STEP_SUMMARY"),
        outputs=_path(variables, "GITHUB_OUTPUT"),
        checkout=_path(variables, "GITHUB_WORKSPACE") or Path(),
    )


def _gitlab(variables: Mapping[str, str]) -> Job:
    project = variables.get("CI_MERGE_REQUEST_PROJECT_ID") or _needed(variables, "CI_PROJECT_ID")
    source = variables.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    number = variables.get("CI_MERGE_REQUEST_IID")
    return Job(
        forge="gitlab",
        api=_needed(variables, "CI_API_V4_URL"),
        repository=project,
        head=variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or _needed(variables, "CI_COMMIT_SHA"),
        branch=variables.get("CI_COMMIT_BRANCH", ""),
        url=variables.get("CI_JOB_URL", ""),
        pull=int(number) if number else None,
        foreign=bool(number) and source != project,
        token=_token(variables, "GITLAB_TOKEN"),
        checkout=_path(variables, "CI_PROJECT_DIR") or Path(),
    )


def _event(path: str | None) -> dict[str, Any]:
    """The event that started a job of GitHub Actions; nothing where there is none."""
    if not path:
        return {}
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise InvalidInput("the event in GITHUB_EVENT_PATH cannot be read") from problem
    return event if isinstance(event, dict) else {}


def _needed(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name)
    if not value:
        raise InvalidInput(f"{name} is not set", help="jobs of GitHub Actions and GitLab CI have it by themselves")
    return value


def _token(variables: Mapping[str, str], name: str) -> Secret | None:
    value = variables.get(name, "").strip()
    return Secret(value) if value else None


def _path(variables: Mapping[str, str], name: str) -> Path | None:
    value = variables.get(name)
    return Path(value) if value else None
