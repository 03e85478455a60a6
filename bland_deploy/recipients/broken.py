"""What a list cannot be read for. `BrokenList` never leaves the package: sources turn it into its diagnostic."""

from bland_deploy.diagnostics import Diagnostic, Place, error

MISSING = "list-missing"


class BrokenList(Exception):
    """A list that cannot be read to its end."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def damaged(name: str, what: str) -> BrokenList:
    """For bytes that are not what the list's ending promises, or that end too early."""
    message = f"the list cannot be read: {what} is damaged, cut off, or something else"
    return BrokenList(error("list-damaged", message, Place(name), "make the export again, and copy it whole"))


def needs_extra(name: str, what: str, extra: str) -> BrokenList:
    """For what takes a library that is not installed."""
    message = f"{what} need the extra `{extra}`, which is not installed"
    return BrokenList(error("extra-missing", message, Place(name), f'pip install "bland-deploy[{extra}]"'))
