"""Durations on the command line, written as in the files: `90s`, `30m`, `2h`, `1h30m`."""

from typing import Any

import click


class _Seconds(click.ParamType[float]):
    """A duration, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds of a written duration."""
        from bland_deploy.model.durations import parse_duration  # noqa: PLC0415 - loads pydantic, which help is without

        try:
            return parse_duration(value)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


SECONDS = _Seconds()

interval_option = click.option(
    "--interval", type=SECONDS, envvar="BLAND_DEPLOY_INTERVAL", help="Time between two looks. [default: 15s]"
)
