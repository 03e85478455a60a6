"""What a stage has to say, and to whom a CI job says it: summary, outputs, comment and check."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from bland_deploy.ci.comments import room, show_plan, show_report, show_result
from bland_deploy.ci.forge import Check, Conclusion, Forge, Stage
from bland_deploy.ci.header import Header
from bland_deploy.ci.job import Job
from bland_deploy.ci.report import add_outputs, add_summary, summary_room
from bland_deploy.cli.options import Invocation
from bland_deploy.diagnostics import Diagnostic
from bland_deploy.views.markdown import Blocks, fit, render

Wanted = Literal["always", "changes", "never"]
_FORK = "The request comes from a fork, whose jobs may write nothing: what there is to see is in this job."
_NO_PULL = "There is no pull or merge request for this commit, so that there is no comment."


@dataclass(frozen=True, slots=True)
class Said:
    """What a stage has to say: as a document and as one line.

    `header` is that of its comment, None for `lint`, which has none; `empty` says that there was nothing to do.
    """

    header: Header | None
    blocks: Blocks
    line: str
    conclusion: Conclusion
    outputs: Mapping[str, str]
    findings: Sequence[Diagnostic] = ()
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """A CI job that tells. `folder` is the workspace's in the repository: empty, or with a slash at its end."""

    invocation: Invocation
    job: Job
    folder: str
    wanted: Wanted
    check: bool

    def tell(self, said: Said) -> None:
        """Say it everywhere, what needs no network first. Raises what a forge raises."""
        said = replace(said, blocks=_signed(said, self.job))
        if self.job.summary is not None:
            add_summary(self.job.summary, _text(said.blocks, summary_room(self.job.summary))[0])
        if self.job.outputs is not None:
            add_outputs(self.job.outputs, {**said.outputs, "summary": said.line})
        if self.job.foreign:
            self.invocation.say(_FORK)
        elif self.check or (said.header is not None and self.wanted != "never"):
            with open_forge(self.job, self.folder) as forge:
                self._tell(forge, said)

    def _tell(self, forge: Forge, said: Said) -> None:
        header = said.header
        if header is not None and self.wanted != "never":
            self.invocation.say(self._comment(forge, said, header))
        if self.check:
            stage: Stage = header.kind if header else "lint"
            environment = header.subject.environment if header else None
            text = render(said.blocks)
            forge.tell(self.job.head, Check(stage, environment, said.conclusion, said.line, text, said.findings))

    def _comment(self, forge: Forge, said: Said, header: Header) -> str:
        pull = self.job.pull
        if pull is None and header.kind != "plan":
            pull = forge.merged_pull(header.head, self.job.branch)
        if pull is None:
            return _NO_PULL
        text, truncated = _text(said.blocks, room(forge, header))
        header = replace(header, truncated=truncated)
        if header.kind == "plan":
            written = show_plan(forge, pull, header, text, empty=said.empty and self.wanted == "changes")
        else:
            show = show_report if header.kind == "report" else show_result
            written = show(forge, pull, header, text, empty=said.empty)
        return f"Comment on {pull}: {written}."


@contextmanager
def open_forge(job: Job, folder: str) -> Iterator[Forge]:
    """The forge of a job. AuthenticationFailed without a token."""
    if job.forge == "github":
        from bland_deploy.ci.github import open_github  # noqa: PLC0415 - only where it is the forge

        with open_github(job, folder) as github:
            yield github
    else:
        from bland_deploy.ci.gitlab import open_gitlab  # noqa: PLC0415 - only where it is the forge

        with open_gitlab(job) as gitlab:
            yield gitlab


def _text(blocks: Blocks, limit: int) -> tuple[str, bool]:
    """The document within a limit, and whether something had to go."""
    smaller, left_out = fit(blocks, limit)
    text = render(smaller)
    if len(text.encode()) <= limit:
        return text, left_out > 0
    return f"{blocks.title}\n\n*Too long to be shown here.*\n"[:limit], True


def _signed(said: Said, job: Job) -> Blocks:
    """The document with a last line that says of what run and commit it is."""
    run = f"[this run]({job.url})" if job.url else "a run"
    return replace(said.blocks, footer=f"{said.blocks.footer}\n\n<sub>By {run}, for commit {job.head[:12]}.</sub>")
