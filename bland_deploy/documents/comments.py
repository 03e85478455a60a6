"""Comments in which a file speaks to the tool: `# bland-deploy: …` in YAML, `{# bland-deploy: … #}` in templates.

YAML's readers drop comments, so they are looked for in the source: what stands in a text of the file is none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from bland_deploy.diagnostics import Place
from bland_deploy.documents.source import for_libyaml, place_at, with_colons_in_flow

MARK = "bland-deploy:"

_BREAK = re.compile(r"\r\n|\r|\n")
_YAML = re.compile(rf"(?<!\S)#[ \t]*{MARK}(?=([^\n\r]*))")
_TEMPLATE = re.compile(
    r"\{%[-+]?\s*raw\s*-?%\}.*?(?:\{%[-+]?\s*endraw\s*[-+]?%\}|\Z)"  # what stands in it is text
    r"|\{#[-+]?\s*(?P<content>.*?)[-+]?#\}",
    re.DOTALL,
)
_ONLY_COMMENT = {"#": re.compile(r"\s*(?:#.*)?"), "{#": re.compile(r"\s*(?:\{#.*#\}\s*)?")}


class Comment(NamedTuple):
    """What stands behind the mark, where the comment is, and the line that it is about.

    That is its own line, or, where it stands alone, the next one that is neither empty nor a comment.
    """

    text: str
    place: Place
    about: int


def find_comments(text: str, file: str, *, is_yaml: bool) -> list[Comment]:
    """The comments of a file that speak to the tool; none in YAML whose texts cannot be told."""
    if MARK not in text:
        return []
    text = text.removeprefix("\ufeff")
    lines = _BREAK.split(text)
    found = sorted(_of_yaml(text) if is_yaml else _of_template(text, 0, len(text)))
    return [_comment(text, file, lines, item) for item in found]


class _Found(NamedTuple):
    """A comment from `start` to `end`, which `opening` begins, and what stands behind its mark."""

    start: int
    end: int
    opening: str
    content: str


def _of_yaml(text: str) -> Iterator[_Found]:
    texts = _texts(text)
    if texts is None:
        return
    end = 0
    for match in _YAML.finditer(text):
        index = bisect_right(texts, match.start(), key=lambda span: span[0]) - 1
        if match.start() >= end and (index < 0 or match.start() >= texts[index][1]):
            end = match.end(1)
            yield _Found(match.start(), end, "#", match[1])
    for start, end in texts:
        yield from _of_template(text, start, end)


def _texts(text: str) -> list[tuple[int, int]] | None:
    """Where the file's texts stand, from the first character to behind the last; None where they cannot be told."""
    from _ruamel_yaml import CParser, ScalarToken, StreamEndToken  # noqa: PLC0415 - most files speak to nobody
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - the same

    spans = []
    try:
        parser = CParser(with_colons_in_flow(for_libyaml(text)).text)
        while type(token := parser.get_token()) is not StreamEndToken:
            if type(token) is ScalarToken:
                start, end = token.start_mark.index, token.end_mark.index
                head = _BREAK.search(text, start, end) if token.style in {"|", ">"} else None
                spans.append((head.start() if head else start, end))
    except YAMLError:
        return None
    return spans


def _of_template(text: str, start: int, end: int) -> Iterator[_Found]:
    for match in _TEMPLATE.finditer(text, start, end):
        content = match["content"]
        if content is not None and content.startswith(MARK):
            yield _Found(match.start(), match.end(), "{#", content.removeprefix(MARK))


def _comment(text: str, file: str, lines: list[str], found: _Found) -> Comment:
    place = place_at(text, found.start, file)
    last = place_at(text, found.end, file)
    assert place.line
    assert place.column
    assert last.line
    assert last.column
    about = last.line
    alone = not lines[place.line - 1][: place.column - 1].strip() and not lines[about - 1][last.column - 1 :].strip()
    if alone:
        empty = _ONLY_COMMENT[found.opening]
        about = next(
            (number for number in range(about + 1, len(lines) + 1) if not empty.fullmatch(lines[number - 1])), 0
        )
    return Comment(" ".join(found.content.split()), place, about)
