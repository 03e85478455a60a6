"""What libyaml's complaints mean, in plain words. Its texts are those of `scanner.c` and `parser.c` of libyaml 0.2."""

import re
from typing import Any, NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.documents.source import place_at

RULE = "yaml-syntax"


class _Wording(NamedTuple):
    message: str
    help: str | None = None
    at_start: bool = False


_QUOTE_IT = "put the text in quotes"
_INDENT = "check the indentation, and that texts with special characters are in quotes"
_WORDINGS = {
    "mapping values are not allowed in this context": _Wording(
        "a second `: ` stands here, in a text without quotes or under a wrong indentation", _INDENT
    ),
    "block sequence entries are not allowed in this context": _Wording("a list item may not begin here", _INDENT),
    "mapping keys are not allowed in this context": _Wording("a key may not begin here", _INDENT),
    "could not find expected ':'": _Wording(
        "a key without its colon", "write `key: value`; a text over several lines begins with `|`", at_start=True
    ),
    "found unexpected end of stream": _Wording(
        "the quote that opens here is never closed", "close the text with the same quote", at_start=True
    ),
    "found unexpected document indicator": _Wording(
        "the quote that opens here is never closed", "close the text with the same quote", at_start=True
    ),
    "found unknown escape character": _Wording(
        "a backslash with a character that is no escape",
        r"in double quotes write \\ for a backslash, or use single quotes",
    ),
    "did not find expected hexdecimal number": _Wording("an escape without its hexadecimal digits"),
    "found invalid Unicode character escape code": _Wording("an escape that is no character"),
    "found a tab character that violates indentation": _Wording("a tab in the indentation", "indent with spaces"),
    "found a tab character where an indentation space is expected": _Wording(
        "a tab in the indentation", "indent with spaces"
    ),
    "found an indentation indicator equal to 0": _Wording("an indentation of 0 for a text block", "write `|`"),
    "did not find expected comment or line break": _Wording(
        "text after `|` or `>`", "begin the text on the next line, indented, or put it in quotes"
    ),
    "did not find expected alphabetic or numeric character": _Wording(
        "`&` and `*` begin an anchor or an alias, and no name follows", _QUOTE_IT
    ),
    "did not find expected '-' indicator": _Wording("a key stands where the list goes on with `- `", _INDENT),
    "did not find expected key": _Wording("this does not fit what stands before it", _INDENT),
    "did not find expected ',' or ']'": _Wording("the list that opens here is not closed", "close it with `]`", True),
    "did not find expected ',' or '}'": _Wording(
        "the mapping that opens here is not closed", "close it with `}`", True
    ),
    "did not find expected node content": _Wording("a value is missing here"),
    "did not find expected <document start>": _Wording("this does not belong to the mapping above", _INDENT),
    "found unexpected ':'": _Wording("a colon in a text without quotes", _QUOTE_IT),
    "found undefined tag handle": _Wording(
        "an unknown tag", "`!` begins a tag; put a text that begins with it in quotes"
    ),
    "found incompatible YAML document": _Wording("files are YAML 1.2", "remove the %YAML line"),
    "found unknown directive name": _Wording(
        "an unknown directive", "a line that begins with % is a directive; put a text in quotes"
    ),
}
_CANNOT_START = "found character that cannot start any token"
# what the YAML reader refuses: its specification, chapter 5.1
_NOT_PRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def syntax_error(problem: Any, text: str, file: str) -> Diagnostic:
    """The diagnostic for an exception of libyaml's parser over `text`."""
    mark = getattr(problem, "problem_mark", None)
    if mark is None:
        return _unreadable_character(text, file)
    wording = _wording(problem.problem, text[mark.index : mark.index + 1])
    if (wording.at_start or mark.index >= len(text)) and problem.context_mark is not None:
        mark = problem.context_mark
    return error(RULE, wording.message, place_at(text, min(mark.index, len(text.rstrip())), file), wording.help)


def _wording(problem: str, character: str) -> _Wording:
    if problem != _CANNOT_START:
        return _WORDINGS.get(problem, _Wording(f"the YAML cannot be read here: {problem}", _INDENT))
    if character == "\t":
        return _Wording("a tab in the indentation", "indent with spaces")
    return _Wording(f"a text without quotes may not begin with {character}", _QUOTE_IT)


def _unreadable_character(text: str, file: str) -> Diagnostic:
    match = re.search(_NOT_PRINTABLE, text)
    if match is None:
        return error(RULE, "the file cannot be read as YAML", Place(file))
    return error(
        RULE,
        f"the control character U+{ord(match[0]):04X} may not stand in YAML",
        place_at(text, match.start(), file),
        r"remove it, or write it as an escape in double quotes: \x.. or \u....",
    )
