"""The console script. `--version` and pages of `--help` are answered before anything is imported."""

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from bland_deploy import __version__  # noqa: PLC0415 - nothing else is needed for this answer

        print(f"bland-deploy {__version__}")  # noqa: T201 - the answer itself
        return
    from bland_deploy.cli.pages import page  # noqa: PLC0415 - it imports nothing either

    if (text := page(sys.argv[1:])) is not None:
        sys.exit(_write(text))
    # a run makes very many objects and few cycles: to look for those seldom saves a tenth of a long lint, and a small
    # plan is over before
    gc.set_threshold(200_000, 20, 100)
    _keep_from_plugins()
    sys.unraisablehook = repeat_lost_signal
    from bland_deploy.cli.boundary import run  # noqa: PLC0415 - click is imported only past this line

    code = run(sys.argv[1:])
    # all that is left ends with the process: to look through it for cycles first takes another tenth
    gc.freeze()
    sys.exit(code)


def _keep_from_plugins() -> None:
    """Pydantic would look through everything that is installed for plugins, a tenth of a short run."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__":
        from types import ModuleType  # noqa: PLC0415 - only where models are made

        loader = ModuleType("pydantic.plugin._loader")  # pydantic's own imports the mail package, to find none
        loader.__dict__["get_plugins"] = tuple
        sys.modules.setdefault(loader.__name__, loader)


def _write(text: str) -> int:
    """Write a page, and give the exit code: 1, as click has it, where nobody reads it any more."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would fail again at the end
        return 1
    return 0


def repeat_lost_signal(lost: "sys.UnraisableHookArgs") -> None:
    """A `sys.unraisablehook`: where Python may raise nothing, it would throw the exception of a signal away.

    That is so in callbacks of weak references, of which imports have many: the program would print a traceback and go
    on as if nobody had asked it to stop. So the signal comes again a moment later, when something can be raised.
    """
    import signal  # noqa: PLC0415 - hardly ever needed
    import threading  # noqa: PLC0415 - the same

    from bland_deploy.errors import ExitCode, SecondSignal  # noqa: PLC0415 - the same

    match lost.exc_value:
        case SecondSignal(code=ExitCode.TERMINATED):
            number = signal.SIGTERM
        case KeyboardInterrupt() | SecondSignal():
            number = signal.SIGINT
        case _:
            sys.__unraisablehook__(lost)
            return
    again = threading.Timer(_A_MOMENT, os.kill, (os.getpid(), number))
    again.daemon = True
    again.start()


_A_MOMENT = 0.01
"""Seconds."""


if __name__ == "__main__":
    main()
