"""`bland-deploy ci`: what a job of GitHub Actions or GitLab CI tells the pull or merge request."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bland_deploy.ci.comments import approved_digest
from bland_deploy.ci.header import Header, Subject
from bland_deploy.ci.job import Job, read_job
from bland_deploy.cli.lint import find_problems
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.plan import open_logs, plan_of
from bland_deploy.cli.session import Session, open_session, parse_time
from bland_deploy.cli.show import privacy_of
from bland_deploy.cli.telling import Said, Telling, Wanted, open_forge
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.diagnostics import Severity, counted, has_errors
from bland_deploy.documents.repository import folder_in_repository
from bland_deploy.errors import Blocked, DeployError, ExitCode, InvalidInput
from bland_deploy.model.applied import Applied, BatchFate
from bland_deploy.model.plan import Plan
from bland_deploy.operations.plans.proposal import propose
from bland_deploy.operations.read_applied import Failure, read_applied
from bland_deploy.views import comment as views
from bland_deploy.views.diagnostics import FORMATS, github
from bland_deploy.views.diagnostics.checked import Checked
from bland_deploy.views.diagnostics.text import summary
from bland_deploy.views.failure import diagnostics_of
from bland_deploy.views.plan import markdown, outline, text
from bland_deploy.views.words import count


def lint(invocation: Invocation, campaigns: Sequence[str], check_run: bool, changed_since: str | None) -> ExitCode:
    """Lint, and say what was found in the log, the summary, the outputs and at the commit."""
    job = read_job(os.environ)
    found, checked = find_problems(invocation, campaigns, changed_since)
    shown = FORMATS["github" if job.forge == "github" else "text"]
    write_document(shown(found, checked, False))
    severities = [diagnostic.severity for diagnostic in counted(found)]
    errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
    code = ExitCode.INVALID if errors else ExitCode.DONE
    outputs = {"exit_code": str(int(code)), "errors": str(errors), "warnings": str(warnings)}
    Telling(invocation, job, checked.folder, "never", check_run).tell(
        Said(
            header=None,
            blocks=views.linted(found),
            line=f"Lint: {summary(found)}.",
            conclusion="failure" if errors else "neutral" if warnings else "success",
            outputs=outputs,
            findings=tuple(counted(found)),
        )
    )
    return code


def comment(
    invocation: Invocation,
    campaigns: Sequence[str],
    applied: Path | None,
    reported: bool,
    commit: str | None,
    wanted: Wanted,
    check_run: bool,
    at: str | None,
) -> ExitCode:
    """Keep the comment with the plan up to date; or say what was done, or what became of the calls, instead."""
    if (reported and applied is not None) or (commit is not None and not reported):
        raise InvalidInput("--applied stands alone, and --commit goes with --report", help="run `ci comment` twice")
    job = read_job(os.environ)
    session = open_session(invocation, needs_key=reported)
    folder = folder_in_repository(session.root)
    telling = Telling(invocation, job, folder, wanted, check_run)
    subject = _subject(session, folder, campaigns)
    if applied is not None:
        telling.tell(_said_of_apply(Header("apply", subject, job.head), read_applied(applied.read_bytes())))
        return ExitCode.DONE
    if reported:
        telling.tell(_said_of_report(Header("report", subject, commit or job.head), invocation, session, campaigns))
        return ExitCode.DONE
    header = Header("plan", subject, job.head)
    try:
        plan = _plan(session, campaigns, at)
    except DeployError as problem:
        telling.tell(_said_of_failure(header, Failure(problem.exit_code, diagnostics_of(problem), problem.outcome)))
        raise
    _write(job, folder, plan)
    telling.tell(_said_of_plan(header, plan))
    return ExitCode.BLOCKED if has_errors(plan.diagnostics) else ExitCode.DONE


def approved(invocation: Invocation, campaigns: Sequence[str]) -> ExitCode:
    """Print the digest of the plan that was approved by merging it."""
    job = read_job(os.environ)
    session = open_session(invocation)
    folder = folder_in_repository(session.root)
    if job.pull is not None:
        raise Blocked(
            "this job is for a request that is not merged, and nobody has approved it yet",
            help="run it in a job of the branch that requests are merged into",
        )
    with open_forge(job, folder) as forge:
        pull = forge.merged_pull(job.head, job.branch)
        if pull is None:
            raise Blocked(
                f"commit {job.head[:12]} came to {job.branch} by no pull or merge request, so that nobody approved it",
                help="read `bland-deploy plan`, and approve it by hand: `bland-deploy apply --approved DIGEST`",
            )
        digest = approved_digest(forge.thread(pull), _subject(session, folder, campaigns))
    write_document(f"{digest}\n")
    return ExitCode.DONE


def _subject(session: Session, folder: str, campaigns: Sequence[str]) -> Subject:
    chosen = session.campaigns(campaigns) if campaigns else ()
    names = tuple(sorted({campaign.id or campaign.name for campaign in chosen}))
    return Subject(folder.rstrip("/") or ".", session.settings.environment, names, session.round)


def _plan(session: Session, campaigns: Sequence[str], at: str | None) -> Plan:
    moment = parse_time(at)
    works, found = make_all(session, campaigns, moment)
    proposal = propose(works, aim_of(session), found, session.in_state(), session.past(moment, applies=False))
    return plan_of(session, proposal, open_logs(session, proposal), moment)


def _write(job: Job, folder: str, plan: Plan) -> None:
    """The plan into the log of the job, with annotations where GitHub makes them of lines."""
    if job.forge == "github" and plan.diagnostics:
        write_document(github.render(plan.diagnostics, Checked(folder=folder), False))
    write_document(text.render(plan, privacy_of(show_pii=False), False))


def _said_of_plan(header: Header, plan: Plan) -> Said:
    verbs = [outline.verb(plan, campaign) for campaign in plan.campaigns]
    stopped = has_errors(plan.diagnostics)
    outputs = {
        "changes": "true" if plan.calls else "false",
        "exit_code": str(int(ExitCode.BLOCKED if stopped else ExitCode.DONE)),
        "to_launch": str(verbs.count(outline.CALL)),
        "calls": str(plan.calls),
        "batches": str(plan.batches),
        "blocked": str(verbs.count(outline.BLOCKED)),
        "unknown": str(sum(campaign.counts.held for campaign in plan.campaigns)),
        "cost_estimate": f"{sum(campaign.cost.estimate for campaign in plan.campaigns):.2f}",
        "digest": plan.digest,
    }
    return Said(
        header=Header(header.kind, header.subject, header.head, plan.digest),
        blocks=markdown.blocks(plan, privacy_of(show_pii=False)),
        line=outline.summary(plan),
        conclusion="failure" if stopped else "success",
        outputs=outputs,
        findings=plan.diagnostics,
        empty=not plan.calls and not stopped,
    )


def _said_of_failure(header: Header, failure: Failure) -> Said:
    worst = next(found for found in failure.diagnostics if found.severity is Severity.ERROR)
    return Said(
        header=header,
        blocks=views.failed(header.kind, header.subject.environment, failure.diagnostics, failure.outcome),
        line=f"{header.kind} failed: {worst.message}",
        conclusion="failure",
        outputs={"exit_code": str(int(failure.exit_code))},
        findings=failure.diagnostics,
    )


def _said_of_apply(header: Header, result: Applied | Failure) -> Said:
    if isinstance(result, Failure):
        return _said_of_failure(header, result)
    if result.environment != header.subject.environment:
        raise InvalidInput(
            f"the document is of an apply to {result.environment}, not to {header.subject.environment}",
            help=f"name the environment: -e {result.environment}",
        )
    done = result.exit_code == ExitCode.DONE
    counts = {fate.value: str(result.calls(fate)) for fate in BatchFate}
    return Said(
        header=Header(header.kind, header.subject, header.head, done=done),
        blocks=views.applied(result),
        line=views.headline(result),
        conclusion="success" if done else "failure",
        outputs={"exit_code": str(result.exit_code), "unknown": str(result.open_holds), **counts},
        findings=result.diagnostics,
        empty=done and not result.batches,
    )


def _said_of_report(header: Header, invocation: Invocation, session: Session, campaigns: Sequence[str]) -> Said:
    """The short form: the funnel, outcomes and cost. None of its tables names anything out of a row."""
    from bland_deploy.cli.report import collected  # noqa: PLC0415 - only where results are wanted
    from bland_deploy.views.report import markdown as report_views  # noqa: PLC0415 - the same

    report = collected(invocation, session, campaigns, ())
    figures = report.figures
    line = f"Report: {figures.completed:,} of {count(report.ledger.sent, 'call')} ended, {figures.answered:,} answered."
    blocks = report_views.blocks(report, short=True)
    return Said(
        header=header,
        blocks=replace(blocks, footer=f"{blocks.footer}\n\n**{line}**"),
        line=line,
        conclusion="neutral",
        outputs={
            "exit_code": "0",
            "sent": str(report.ledger.sent),
            "ended": str(figures.completed),
            "answered": str(figures.answered),
            "cost": f"{figures.cost:.2f}",
        },
        empty=not report.ledger.sent,
    )
