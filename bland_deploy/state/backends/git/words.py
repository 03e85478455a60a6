"""What git's complaints mean for somebody who keeps state on a branch. They are in English: git runs with LC_ALL=C."""

import re

from bland_deploy.errors import DeployError, InvalidInput
from bland_deploy.state.store import StoreFailed, StoreForbidden, StoreUnreachable

_LONGEST = 300
_UNCHANGED = "what the log holds is unchanged"
UNCERTAIN = "what was being written may be in the log or not; running again finds out"

_FORBIDDEN = re.compile(
    r"Authentication failed|could not read (Username|Password)|terminal prompts disabled|Permission denied"
    r"|Permission to \S+ denied|Access denied|returned error: 40[13]|Invalid username or (token|password)"
    r"|not allowed to (push|upload|download)|Write access to repository not granted|insufficient permission"
    r"|Host key verification failed|repository .*not found|don't have permission",
    re.IGNORECASE,
)
_BUSY = re.compile(
    r"cannot lock ref|failed to (lock|update ref)|incorrect old value|reference already exists|remote failed to report"
    r"|stale info|fetch first|non-fast-forward|[Ii]nternal [Ss]erver [Ee]rror|timeout"
)
_PUSH_RIGHT = (
    "give this user or job the right to push to that branch; in GitHub Actions `permissions: contents: write`, "
    "in GitLab allow Git push requests for job tokens"
)


def quoted(err: str) -> str:
    """What git said, short enough for a sentence, without secrets in addresses and without control characters."""
    lines = [
        re.sub(r"://[^/@\s]*@", "://", "".join(filter(str.isprintable, line))).strip() for line in err.splitlines()
    ]
    telling = [line for line in lines if re.match(r"(remote|fatal|error|ssh):? ", line)] or lines
    kept = dict.fromkeys(re.sub(r"^(remote|fatal|error): *", "", line) for line in telling)
    text = "; ".join(line for line in kept if re.search(r"\w", line))
    return text[:_LONGEST] + "…" if len(text) > _LONGEST else text or "git says nothing more"


def local_failure(err: str) -> DeployError:
    """A command that concerns only the clone failed."""
    if "dubious ownership" in err:
        return InvalidInput(
            "git does not trust the clone that holds the workspace: it belongs to another user",
            help="git config --global --add safe.directory FOLDER_OF_THE_CLONE",
        )
    if "not a git repository" in err:
        return InvalidInput(
            "the state lies on a branch of a git remote, and the workspace is in no git clone",
            help="run in a clone, or keep the state elsewhere (`state:` of the environment)",
        )
    return StoreFailed(f"git failed in this clone: {quoted(err)}", help="`git fsck` says more", outcome=_UNCHANGED)


def remote_failure(place: str, err: str) -> StoreFailed:
    """The remote could not be asked, or did not answer to the end."""
    if _FORBIDDEN.search(err):
        return StoreForbidden(f"{place} cannot be used with these credentials: {quoted(err)}", help=_PUSH_RIGHT)
    return StoreUnreachable(
        f"{place} cannot be reached: {quoted(err)}", help="see that `git ls-remote` works here, and run again"
    )


def hung(place: str, seconds: float) -> StoreFailed:
    """The remote was silent for too long."""
    return StoreUnreachable(f"{place} did not answer within {seconds:g} seconds", help="run again later")


def refusal(place: str, reason: str, err: str) -> StoreFailed:
    """The remote took the push and said no. `reason` is its word in brackets."""
    said = quoted("\n".join(line for line in err.splitlines() if line.startswith("remote:")))
    both = f"{reason}: {said}" if "nothing more" not in said else reason
    if _FORBIDDEN.search(reason):
        return StoreForbidden(f"{place} may not be written with these credentials: {both}", help=_PUSH_RIGHT)
    return StoreFailed(
        f"{place} refuses our push: {both}",
        help="let bland-deploy push to this branch: it needs no pull requests, no checks and no force",
        outcome=_UNCHANGED,
    )


def is_passing(reason: str) -> bool:
    """Whether the remote refused only because it was busy with another push, or had trouble of its own."""
    return _BUSY.search(reason) is not None
