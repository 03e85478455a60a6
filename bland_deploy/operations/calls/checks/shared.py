"""What all calls of a batch share, and the recipients' variables, checked; and where a finding belongs in the files."""

from collections.abc import Iterable, Iterator

from bland_deploy.api.check import Finding, check_call, check_request, check_variables
from bland_deploy.api.check import Parts as RequestParts
from bland_deploy.api.stamps import Stamped
from bland_deploy.diagnostics import Diagnostic, note, warning
from bland_deploy.documents.nodes import place_of
from bland_deploy.operations.calls.prepare import Parts, Prepared
from bland_deploy.recipients.check import check_country
from bland_deploy.recipients.check import check_recipients as check_list

# Findings that are about a key rather than its value: the caret belongs under the key.
_ABOUT_KEYS = frozenset(
    {"unknown-field", "obsolete-field", "misplaced-field", "other-version-key", "two-sources", "number-in-global"}
)


def check_parts(prepared: Prepared, parts: Parts) -> Iterator[Diagnostic]:
    """Mistakes and doubts in what all calls share."""
    api = prepared.version.name
    for level, fields in (("call", parts.call), ("batch", parts.batch)):
        yield from placed(prepared, check_call(fields, api, level), (level,))
    request = RequestParts(parts.prompt, parts.call, parts.batch, parts.description)
    yield from placed(prepared, check_request(request, api), ())
    yield from _check_stamp(prepared)


def check_recipients(prepared: Prepared) -> Iterator[Diagnostic]:
    """Mistakes and doubts about the recipients' variables, before any row is read."""
    recipients, version = prepared.campaign.recipients, prepared.version
    under = recipients.variables_under
    names = {*prepared.computed, *(recipients.variables if isinstance(recipients.variables, dict) else ())}
    if isinstance(recipients.variables, list):
        names |= {name for name in recipients.variables if isinstance(name, str)}
    elif recipients.variables == "all":
        names |= set(prepared.source.columns or ())
    found = check_variables(
        names, version.variables_under if under is None else under, version.name, phone=recipients.phone
    )
    yield from placed(prepared, found, ("recipients",))
    yield from check_list(recipients, prepared.source.columns, prepared.place_of)
    for index, country in enumerate(prepared.campaign.countries):
        yield from check_country(country, prepared.place_of(("countries", index)))


def _check_stamp(prepared: Prepared) -> Iterator[Diagnostic]:
    if prepared.campaign.stamp == "none" or not prepared.campaign.stamp:
        yield warning(
            "unstamped",
            "requests carry no stamp, so after a lost answer nothing can show whether calls were placed: they are held",
            place_of(prepared.node, ("stamp",)),
            "remove `stamp: none` unless the provider refuses metadata",
        )


def stamp_notes(prepared: Prepared, stamped: Stamped) -> Iterator[Diagnostic]:
    """What to know of a stamp that could not be put everywhere."""
    if stamped.suffix_refused:
        yield note(
            "stamp-suffix-left-out",
            "the description has no room for the stamp's 19 characters within 60; the stamp is in the metadata alone",
            place_of(prepared.node, ("description",)),
        )
    if stamped.metadata_refused:
        yield warning(
            "stamp-metadata-refused",
            "`metadata` is no mapping, so the stamp cannot be put into it",
            place_of(prepared.node, ("call", "metadata")),
            "make it a mapping",
        )


def placed(
    prepared: Prepared, findings: Iterable[Finding], base: tuple[str, ...], suffix: str = ""
) -> Iterator[Diagnostic]:
    """Findings as diagnostics at their place in the campaign's files; `base` is the path of what was checked."""
    for finding in findings:
        path = (*base, *finding.path)
        about_key = finding.rule in _ABOUT_KEYS
        place = place_of(prepared.node, path, key=about_key)
        yield Diagnostic(finding.rule, finding.severity, finding.message + suffix, place, finding.help)
