"""Writing a workspace that lints, and that applies to the sandbox, at once."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from bland_deploy.diagnostics import Place, error
from bland_deploy.errors import InvalidInput

TEMPLATES = (
    "bland-deploy.yaml",
    "campaigns/hello.yaml",
    "campaigns/prompts/hello.md.j2",
    "campaigns/recipients/people.csv",
)
IGNORED = ".bland-deploy/"
NOTHING: Mapping[str, str] = MappingProxyType({})


def init(directory: Path, further: Mapping[str, str] = NOTHING) -> tuple[Path, ...]:
    """Write a new workspace into a folder, made where needed, and return the files written, in order.

    `further` holds more texts by path from the folder, such as schemas. All or nothing: where one of the files exists,
    or cannot be written, InvalidInput says which, and the folder is as before.
    """
    texts = {name: read_template(name) for name in TEMPLATES} | dict(further)
    _refuse_what_exists(directory, texts)
    written: list[Path] = []
    try:
        for name, text in texts.items():
            _write_new(directory / name, text, written)
        return (*written, *_ignore_local_files(directory / ".gitignore"))
    except OSError as failure:
        for path in written:
            path.unlink(missing_ok=True)
        reason = failure.strerror or type(failure).__name__
        raise InvalidInput(f"{failure.filename} cannot be written: {reason}; no file was left behind") from failure


def read_template(name: str) -> str:
    """The text of one of the TEMPLATES."""
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _refuse_what_exists(directory: Path, texts: Mapping[str, str]) -> None:
    problems = tuple(
        error("file-exists", f"{name} exists; init overwrites nothing", Place(name), "choose an empty folder")
        for name in texts
        if (directory / name).exists() or (directory / name).is_symlink()
    )
    if problems:
        raise InvalidInput(
            f"{directory} holds files that init would write",
            help="name another folder: bland-deploy init DIR",
            diagnostics=problems,
        )


def _write_new(path: Path, text: str, written: list[Path]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="") as file:
        written.append(path)
        file.write(text)


def _ignore_local_files(gitignore: Path) -> tuple[Path, ...]:
    """Keep the state key and the sandbox's books out of git; a line is added to a file that lacks it."""
    text = gitignore.read_text(encoding="utf-8", errors="replace") if gitignore.exists() else ""
    if any(line.strip().strip("/") == IGNORED.strip("/") for line in text.splitlines()):
        return ()
    separator = "" if not text or text.endswith("\n") else "\n"
    with gitignore.open("a", encoding="utf-8", newline="") as file:
        file.write(f"{separator}{IGNORED}\n")
    return (gitignore,)
