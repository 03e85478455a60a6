"""The console script. `--version` is answered before anything is imported."""

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from bland_deploy import __version__  # noqa: PLC0415 - nothing else is needed for this answer

        print(f"bland-deploy {__version__}")  # noqa: T201 - the answer itself
        return
    # a run makes very many objects and few cycles: looking for those seldom saves a tenth of a long lint
    gc.set_threshold(50_000, 20, 100)
    # pydantic would look through everything that is installed for plugins, a tenth of a short run
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from bland_deploy.cli.boundary import run  # noqa: PLC0415 - click is imported only past this line

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
