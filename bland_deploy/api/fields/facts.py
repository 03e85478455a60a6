"""What is known about one field of the API: a row of the table."""

from typing import NamedTuple

SOURCES = {
    "batches": "https://docs.bland.ai/api-v2/post/batches",
    "batches-v1": "docs.bland.ai api-v1/post/batches, as published until 2025-05-08",
    "send-1000": "https://docs.bland.ai/tutorials/send-1000-calls-at-once",
    "batches-agents": "github.com/CINTELLILABS/docs pull request 387 (2026-08-21)",
    "call": "https://docs.bland.ai/api-v1/post/calls",
    "call-agents": "github.com/CINTELLILABS/docs api-v1/post/calls-agent.mdx (October 2026)",
    "call-history": "earlier versions of https://docs.bland.ai/api-v1/post/calls",
    "cli": "Bland's command-line client bland-cli 0.6.1; in no document",
    "wild": "public user code; in no document of this endpoint",
}


def words(text: str) -> tuple[str, ...]:
    """The words of a text: how long lists of values are written."""
    return tuple(text.split())


class Field(NamedTuple):
    """One field. `name` is its path from the level it stands on: `voicemail.sms.message`, `keywords[]`.

    `type` is JSON's word, several joined by `|`; null is accepted everywhere. `least` and `most` bound a number, the
    length of a string in characters, or the length of an array. `values` are all there are, or with `open` mere
    examples; `old_values` are pairs of an obsolete one and its replacement. `form` names a check in `values.py`.
    `default` is what Bland takes when the field is left out. `since` and `until` are dates of appearance in the
    documentation; with `until` the field is obsolete, and `replacement` says what took its place. `source` is a key of
    SOURCES. In the texts of a field that `bland_fills`, Bland fills `{{name}}`; `from_file` may be {file: PATH}.
    """

    name: str
    type: str
    note: str
    source: str = "call"
    levels: tuple[str, ...] = ("call", "each")
    apis: tuple[str, ...] = ("v1", "v2")
    required: bool = False
    least: float | None = None
    most: float | None = None
    values: tuple[str, ...] = ()
    open: bool = False
    old_values: tuple[tuple[str, str], ...] = ()
    form: str | None = None
    default: str | None = None
    since: str | None = None
    until: str | None = None
    replacement: str | None = None
    bland_fills: bool = False
    from_file: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """JSON's words for the type."""
        return tuple(self.type.split("|"))

    @property
    def documented(self) -> bool:
        """Whether any document of Bland's names the field here; the official client counts."""
        return self.source != "wild"
