"""What a canonical form changes, line by line. Phone numbers are made unreadable: a diff ends up in logs."""

from difflib import unified_diff

from bland_deploy.diagnostics import mask_text
from bland_deploy.views.diagnostics.checked import clean

_COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_RESET = "\x1b[0m"


def diff(name: str, before: str, after: str, *, color: bool = False) -> str:
    """The difference of two texts of a file, as `diff -u` writes it."""
    lines = unified_diff(
        before.split("\n"), after.split("\n"), f"{name} (as it is)", f"{name} (formatted)", lineterm=""
    )
    return "".join(f"{_shown(line, color=color)}\n" for line in lines)


def _shown(line: str, *, color: bool) -> str:
    text = clean(mask_text(line))
    paint = _COLORS.get(line[:1]) if color else None
    return f"{paint}{text}{_RESET}" if paint else text
