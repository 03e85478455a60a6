"""What can be wrong between the events of a document: each complaint with its place and its way out."""

from typing import Any, NoReturn

from bland_deploy.diagnostics import Diagnostic, Place, error, shown
from bland_deploy.documents.nodes import Node, Scalar
from bland_deploy.documents.source import place_at
from bland_deploy.documents.syntax import RULE

_STANDARD = "tag:yaml.org,2002:"


class Stopped(Exception):
    """Nothing after this place can be read."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Complaints:
    """What is wrong with one document, in the order in which it was found."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.found: list[Diagnostic] = []

    def report(self, rule: str, message: str, event: Any, help_text: str | None = None) -> None:
        """An error at the start of an event."""
        self.found.append(error(rule, message, self.place(event), help_text))

    def stop(self, rule: str, message: str, event: Any) -> NoReturn:
        """An error after which nothing is read."""
        help_text = "keep lists of people in files of their own (`recipients.file`)"
        raise Stopped(error(rule, message, self.place(event), help_text))

    def duplicate(self, name: str, key: Scalar, first: Scalar) -> None:
        """A key that is given twice."""
        self.found.append(
            error(
                "duplicate-key",
                f"`{shown(name)}` is given twice; the first is on line {first.line}",
                key.place,
                "remove one of the two",
            )
        )

    def is_merge(self, key: Scalar, event: Any) -> bool:
        """Whether `<<` is the merge key of YAML 1.1, which is an error."""
        if key.style == "":
            self.report(
                "merge-key",
                "`<<` merges in YAML 1.1 only",
                event,
                "write the keys out, or put what campaigns share under `defaults` in bland-deploy.yaml",
            )
        return key.style == ""

    def missing_space(self, key: Scalar, value: Node) -> None:
        """`{a:1}` has a key `a:1` and no value."""
        colon = key.text.find(":")
        if colon > 0 and key.style == "" and isinstance(value, Scalar) and not value.text and not value.style:
            place = Place(self.file, key.line, key.column + colon)
            self.found.append(error(RULE, "a space is missing after the colon", place, "write `key: value`"))

    def collection_tag(self, event: Any, expected: str) -> None:
        """A mapping or a list with a tag."""
        if event.tag != f"{_STANDARD}{expected}":
            shown_tag = event.tag.replace(_STANDARD, "!!")
            self.report("unknown-tag", f"the tag {shown(shown_tag)} means nothing here", event, "remove the tag")

    def begins_template(self, event: Any) -> bool:
        """Whether a mapping as key is `{{ … }}` without quotes."""
        index = event.start_mark.index
        if self.text[index - 1 : index + 1] != "{{":
            return False
        self.found.append(
            error(
                "unquoted-template",
                "a text that begins with {{ is a mapping to YAML",
                place_at(self.text, index - 1, self.file),
                'put it in quotes: "{{ … }}"',
            )
        )
        return True

    def place(self, event: Any) -> Place:
        """Where an event begins."""
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)
