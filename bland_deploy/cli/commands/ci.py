"""`bland-deploy ci`: what a job of GitHub Actions or GitLab CI tells the pull or merge request."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import Invocation, at_option, campaigns_argument, global_options, round_option
from bland_deploy.errors import ExitCode

_check_option = click.option(
    "--check-run", is_flag=True, envvar="BLAND_DEPLOY_CHECK_RUN", help="Show at the commit, too, how it went."
)


@click.group("ci")
@global_options()
def command() -> None:
    """Tell the pull or merge request of a CI job what would be dialled and what was, and read what it approved.

    For jobs of GitHub Actions (GITHUB_TOKEN) and GitLab CI (GITLAB_TOKEN).
    """


@command.command("lint")
@campaigns_argument
@click.option(
    "--changed-since",
    metavar="REF",
    envvar="BLAND_DEPLOY_CHANGED_SINCE",
    help="Only campaigns whose files differ from those of this commit.",
)
@_check_option
@global_options()
@click.pass_obj
def lint(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Lint, with annotations at GitHub, the summary and the outputs of the step, and a check at the commit.

    Needs no token but for --check-run.
    """
    from bland_deploy.cli.ci import lint

    return lint(invocation, **options)


@command.command("comment")
@campaigns_argument
@click.option(
    "--applied",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    envvar="BLAND_DEPLOY_APPLIED",
    help="Say what an apply did: the document of `apply --format json`.",
)
@click.option(
    "--report",
    "reported",
    is_flag=True,
    envvar="BLAND_DEPLOY_REPORT",
    help="Say what became of the calls, to the request that they were launched by; needs the API key.",
)
@click.option(
    "--commit",
    metavar="SHA",
    envvar="BLAND_DEPLOY_COMMIT",
    help="With --report: the commit by which that request was merged; that of the job where it is left out.",
)
@click.option(
    "--comment",
    "wanted",
    type=click.Choice(["always", "changes", "never"]),
    default="always",
    envvar="BLAND_DEPLOY_COMMENT",
    help="When there is a comment: always, only with calls to make, or never (summary and outputs only).",
    show_default=True,
)
@_check_option
@round_option
@at_option
@global_options()
@click.pass_obj
def comment(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Plan, and keep the one comment with the plan up to date; with --applied, say what was done instead.

    With --report, keep one with the short form of the report up to date: no number and no value of a row is in it.
    The plan goes to stdout as well, and to the summary and the outputs of the step where the job has them.
    """
    from bland_deploy.cli.ci import comment

    return comment(invocation, **options)


@command.command("approved")
@campaigns_argument
@round_option
@global_options()
@click.pass_obj
def approved(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Print the digest that was approved: of the plan in the comment of the request that this commit was merged by.

    Ends with 6 where there is none, where the comment shows only a part of the plan, or where somebody changed it.
    """
    from bland_deploy.cli.ci import approved

    return approved(invocation, **options)
