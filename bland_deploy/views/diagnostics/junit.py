"""Diagnostics as JUnit XML, which test reports of CI systems read: a suite for each file, a case for each rule in it.

A case fails where a diagnostic fails the run; the others pass and have their diagnostics as output.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bland_deploy.diagnostics import Diagnostic, Severity, counted, is_at_least
from bland_deploy.views.diagnostics.checked import Checked, clean, sentence

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAME = "bland-deploy lint"


def render(diagnostics: Sequence[Diagnostic], checked: Checked, _color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """The document. A file in which nothing was found has one case, which passes."""
    from xml.etree.ElementTree import Element, indent, tostring  # noqa: PLC0415 - only for this format

    root = Element("testsuites", {"name": _NAME})
    files: dict[str, list[Diagnostic]] = {name: [] for name in checked.names}
    for diagnostic in diagnostics:
        files.setdefault(diagnostic.place.file or "", []).append(diagnostic)
    for file, found in sorted(files.items()):
        root.append(_suite(clean(file) or _NAME, found, checked.fails))
    _count(root)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(name: str, found: Sequence[Diagnostic], fails: Severity) -> "Element":
    from xml.etree.ElementTree import Element, SubElement  # noqa: PLC0415 - only for this format

    suite = Element("testsuite", {"name": name})
    rules: dict[str, list[Diagnostic]] = {}
    for diagnostic in found:
        rules.setdefault(diagnostic.rule, []).append(diagnostic)
    for rule, of_rule in sorted(rules.items()):
        case = SubElement(suite, "testcase", {"classname": name, "name": rule, "time": "0"})
        text = "\n".join(map(_line, of_rule))
        failing = [item for item in counted(of_rule) if is_at_least(item, fails)]
        if failing:
            attributes = {"message": sentence(failing[0].message), "type": failing[0].severity.value}
            SubElement(case, "failure", attributes).text = text
        else:
            SubElement(case, "system-out").text = text
    if not rules:
        SubElement(suite, "testcase", {"classname": name, "name": "lint", "time": "0"})
    _count(suite)
    return suite


def _count(element: "Element") -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("errors", "0")


def _line(diagnostic: Diagnostic) -> str:
    place = str(diagnostic.place)
    help_text = f" (help: {diagnostic.help})" if diagnostic.help else ""
    ignored = "" if diagnostic.ignored is None else f" (ignored: {diagnostic.ignored})"
    return sentence(f"{place}{': ' if place else ''}{diagnostic.severity}: {diagnostic.message}{help_text}{ignored}")
