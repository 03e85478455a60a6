"""Keys of our files and fields of the API: for a terminal, and as the page `docs/fields.md`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from bland_deploy.api.fields import SOURCES, Field

_HEAD = """\
# Keys and fields

What may stand in the files of a workspace, and what is known of Bland's own fields. `bland-deploy explain NAME` shows
one of them.
"""
_FIELDS = """\

## Fields of the API

Under `call` they hold for every call, under `each` and in a row's own `call` for one call, under `batch` for the
create request. A field that is not listed here can be sent all the same: it is sent as written, with a warning. `null`
is accepted everywhere.

"""


class OwnKey(Protocol):
    """What is shown of a key of our own files."""

    @property
    def file(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def default(self) -> str | None: ...
    @property
    def required(self) -> bool: ...


def describe(key: OwnKey) -> str:
    """A key for a terminal, in the manner of fields of the API."""
    lines = [
        f"{key.name}: {key.type.replace('`', '')}",
        f"  {key.description}",
        "",
        f"  stands:    in {_file(key.file)}",
    ]
    if key.required:
        lines.append("  required:  yes")
    if key.default is not None:
        lines.append(f"  default:   {key.default}")
    return "\n".join(lines)


def render_markdown(keys: Sequence[OwnKey], fields: Iterable[Field]) -> str:
    """The page with all of them."""
    parts = [_HEAD]
    for file in dict.fromkeys(key.file for key in keys):
        own = [key for key in keys if key.file == file]
        parts += [f"\n## Keys of {_file(file)}\n\n", *_table(("key", "type", "default", ""), map(_key_cells, own))]
    parts += [_FIELDS, *_table(("field", "type", "under", ""), map(_field_cells, fields))]
    parts += ["\nSources:\n\n", *(f"* {name}: {source}\n" for name, source in SOURCES.items())]
    return "".join(parts)


def _file(name: str) -> str:
    return {"campaign": "a campaign file", "workspace": "bland-deploy.yaml"}[name]


def _key_cells(key: OwnKey) -> tuple[str, ...]:
    default = "required" if key.required else "" if key.default is None else f"`{key.default}`"
    return (f"`{key.name}`", key.type.replace("{", "`{").replace("}", "}`"), default, key.description)


def _field_cells(field: Field) -> tuple[str, ...]:
    under = f"{', '.join(f'`{level}`' for level in field.levels)} ({', '.join(field.apis)})"
    return (f"`{field.name}`", " or ".join(field.types), under, " ".join([field.note, *_facts(field)]))


def _facts(field: Field) -> Iterator[str]:
    if field.values:
        yield f"{'Such as' if field.open else 'Values:'} {', '.join(f'`{value}`' for value in field.values)}."
    if field.default is not None:
        yield f"Default: {field.default}."
    if field.until:
        yield f"Obsolete since {field.until}{f'; use `{field.replacement}`' if field.replacement else ''}."
    if field.bland_fills:
        yield "Bland fills `{{name}}` in it."
    yield f"[{field.source}]"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |\n"
