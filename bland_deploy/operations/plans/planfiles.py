"""Files of saved plans on the disk. They hold phone numbers: only their owner may read them."""

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from weakref import finalize

from bland_deploy.errors import InvalidInput
from bland_deploy.planning.planfile import AGAIN, MAGIC, PlanAltered, SavedPlan, decode_plan, looks_saved


def find_plan_file(wanted: Sequence[str]) -> Path | None:
    """The file of a saved plan among what is to be applied. InvalidInput where something else stands beside it."""
    found = [name for name in wanted if _begins_as_plan(Path(name))]
    if not found:
        return None
    if len(wanted) > 1:
        raise InvalidInput(f"{found[0]} is a saved plan, which is applied alone", help=f"apply {found[0]}")
    return Path(found[0])


def refuse_damaged_plan(wanted: Sequence[str], cause: Exception) -> None:
    """PlanAltered where what is no campaign is a file after all, other than YAML: it may have been a saved plan."""
    for name in wanted:
        if os.path.isfile(name) and Path(name).suffix not in {".yaml", ".yml"}:  # noqa: PTH113 - as above
            raise PlanAltered(f"{name} is no campaign, and no saved plan or an altered one", help=AGAIN) from cause


def _begins_as_plan(path: Path) -> bool:
    try:
        return os.path.isfile(path) and looks_saved(_start(path))  # noqa: PTH113 - Path.is_file raises for names that are too long
    except OSError:  # it may not be read; whoever takes it for a campaign says so
        return False


def read_plan_file(path: Path, state_key: bytes) -> SavedPlan:
    """The plan in a file, which stays open. Raises as `decode_plan` does, and InvalidInput where it cannot be read."""
    with ExitStack() as opened:
        try:
            plan = decode_plan(opened.enter_context(path.open("rb")), state_key)
        except OSError as problem:
            raise InvalidInput(f"{path} cannot be read: {_reason(problem)}") from problem
        finalize(plan, opened.pop_all().close)
    return plan


def write_plan_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write the bytes of a plan, whole or not at all, readable by this user only.

    InvalidInput where that cannot be done, or where another kind of file would be lost.
    """
    target = Path(os.path.realpath(path))
    try:
        _refuse_loss(path, target)
        _replace(target, pieces)
    except OSError as problem:
        raise InvalidInput(
            f"{path} cannot be written: {_reason(problem)}", help="name a file in a folder that exists"
        ) from problem


def _refuse_loss(path: Path, target: Path) -> None:
    if not target.exists():
        return
    start = _start(target) if target.is_file() else None
    if start is None or (start and not looks_saved(start)):
        raise InvalidInput(f"{path} exists and is no saved plan", help="name another file: nothing was overwritten")


def _replace(target: Path, pieces: Iterable[bytes]) -> None:
    temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(MAGIC))


def _reason(problem: OSError) -> str:
    return (problem.strerror or "the disk refuses").lower()
