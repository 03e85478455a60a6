"""Files that GitHub Actions gives a step to write to: the summary of the job, and outputs for later steps."""

from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

LONGEST_SUMMARY = 1024 * 1024


def add_summary(path: Path, text: str) -> None:
    """Add Markdown to the summary of a step."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def summary_room(path: Path) -> int:
    """How many bytes the summary of this step may still hold: GitHub shows none of one that is longer."""
    return LONGEST_SUMMARY - (path.stat().st_size if path.exists() else 0) - 1


def add_outputs(path: Path, outputs: Mapping[str, str]) -> None:
    """Add outputs of a step, each between delimiters that no value can guess."""
    with path.open("a", encoding="utf-8") as file:
        for name, value in outputs.items():
            delimiter = f"bland-deploy-{token_hex(16)}"
            file.write(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
