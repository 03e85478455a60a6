"""What the models cannot say of a file, or say only when everything else is right."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic, error, nearest, shown
from bland_deploy.documents.merge import find_unset, without
from bland_deploy.documents.nodes import Items, Mapping, Node, Scalar, find, place_of
from bland_deploy.documents.wording import Path, any_of, named
from bland_deploy.documents.zones import is_zone, zone_names

Check: TypeAlias = Callable[[Mapping], Iterator[Diagnostic]]

_ENVIRONMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRETS = ("api_key", "encrypted_key")


def check_campaign(node: Mapping) -> Iterator[Diagnostic]:
    """What is wrong with a campaign beyond its types. Overlays are not looked into."""
    yield from check_unset(without(node, "environments"))
    yield from _unknown_zone(node, ("timezone",))
    yield from _unknown_zone(node, ("schedule", "timezone"), "recipient")
    yield from _one_source(node, ("recipients",), ("file", "inline", "url", "sql"))
    yield from _secrets_of_list(node, ("recipients",))
    yield from _bare_duration(node, ("split", "pause"))
    yield from _bare_duration(node, ("consent", "max_age"))
    lists = node.get("suppression")
    for index in range(len(lists.items) if isinstance(lists, Items) else 0):
        yield from _bare_duration(node, ("suppression", index, "max_age"))
        yield from _one_source(node, ("suppression", index), ("file", "url", "sql"))
        yield from _secrets_of_list(node, ("suppression", index))


def check_workspace(node: Mapping) -> Iterator[Diagnostic]:
    """What is wrong with a workspace file beyond its types."""
    yield from check_unset(node)
    yield from _escaping_globs(node)
    environments = node.get("environments")
    if not isinstance(environments, Mapping):
        return
    yield from _unknown_default(node, environments)
    for name in environments.entries:
        path = ("environments", name)
        if not _ENVIRONMENT.fullmatch(name):
            words = "letters, digits, dots, underscores and hyphens, at most 63, beginning with a letter or a digit"
            place = place_of(node, path, key=True)
            yield error("wrong-value", f"the name of the environment `{shown(name)}` must be {words}", place)
        yield from _bare_duration(node, (*path, "settle"))
        for key in _SECRETS:
            yield from _secret(node, (*path, key))


def check_unset(node: Node) -> Iterator[Diagnostic]:
    """Every `!unset` of a tree that is no overlay, or that an overlay could not use."""
    for scalar in find_unset(node):
        yield error(
            "misplaced-unset",
            "`!unset` deletes a key in an overlay, and nothing elsewhere",
            scalar.place,
            "use it as the value of a key under `environments`, or remove the key",
        )


def check_environment_names(node: Mapping, known: list[str]) -> Iterator[Diagnostic]:
    """Overlays of a campaign for environments that the workspace does not have, or that change what may not vary."""
    overlays = node.get("environments")
    if not isinstance(overlays, Mapping):
        return
    for name, (key, overlay) in overlays.entries.items():
        if name not in known:
            meant = nearest(name, known)
            help_text = f"did you mean `{meant}`?" if meant else f"the environments are {', '.join(known)}"
            yield error(
                "unknown-environment", f"the workspace has no environment `{shown(name)}`", key.place, help_text
            )
        for fixed in ("campaign", "environments"):
            if isinstance(overlay, Mapping) and fixed in overlay.entries:
                place = overlay.entries[fixed][0].place
                yield error(
                    "misplaced-key", f"`{fixed}` may not vary by environment", place, "set it at the top of the file"
                )


def _unknown_zone(node: Mapping, path: Path, *others: str) -> Iterator[Diagnostic]:
    zone = find(node, path)
    if not isinstance(zone, Scalar) or not isinstance(zone.value, str) or is_zone(zone.value) or zone.value in others:
        return
    by_name = {name.casefold(): name for name in zone_names()}
    meant = nearest(zone.value, by_name)
    yield error(
        "unknown-timezone",
        f"{named(path)} must be {''.join(f'`{other}` or ' for other in others)}an IANA time zone; "
        f"`{shown(zone.value)}` is none",
        zone.place,
        f"did you mean {by_name[meant]}?" if meant else "write one such as America/New_York",
    )


def _one_source(node: Mapping, path: Path, names: tuple[str, ...]) -> Iterator[Diagnostic]:
    """Of these keys exactly one must be there."""
    holder = find(node, path)
    if not isinstance(holder, Mapping):
        return
    given = sorted((holder.entries[name][0] for name in names if name in holder.entries), key=_position)
    if len(given) > 1:
        written = [f"`{name}`" for name in names if name in holder.entries]
        words = f"both {written[0]} and {written[1]}" if len(written) == 2 else ", ".join(written)  # noqa: PLR2004 - both of two
        yield error("two-sources", f"{named(path)} has {words}", given[-1].place, "keep one of them")
    elif not given and not any(nearest(key, names) for key in holder.entries):
        words = any_of(f"`{name}`" for name in names)
        adding = any_of(f"`{name}:`" for name in names)
        yield error("missing-key", f"{named(path)} needs {words}", holder.place, f"add {adding}")


def _position(key: Scalar) -> tuple[int, int]:
    return key.line, key.column


def _bare_duration(node: Mapping, path: Path) -> Iterator[Diagnostic]:
    """A float would pass the model, which keeps seconds."""
    value = find(node, path)
    if isinstance(value, Scalar) and isinstance(value.value, float):
        yield error("wrong-value", f'{named(path)} must be a duration such as "20s", "5m" or "24h"', value.place)


def _escaping_globs(node: Mapping) -> Iterator[Diagnostic]:
    globs = node.get("campaigns")
    for glob in globs.items if isinstance(globs, Items) else []:
        text = glob.value if isinstance(glob, Scalar) else None
        if isinstance(text, str) and (text.startswith("/") or ".." in text.split("/")):
            yield error(
                "outside-workspace",
                "campaigns lie inside the workspace",
                glob.place,
                "write a glob relative to the folder of bland-deploy.yaml",
            )


def _unknown_default(node: Mapping, environments: Mapping) -> Iterator[Diagnostic]:
    default = node.get("default_environment")
    if not isinstance(default, Scalar) or not isinstance(default.value, str) or default.value in environments.entries:
        return
    meant = nearest(default.value, environments.entries)
    yield error(
        "unknown-environment",
        f"`default_environment` is `{shown(default.value)}`, which is not one of the environments",
        default.place,
        f"did you mean `{meant}`?" if meant else f"the environments are {', '.join(map(shown, environments.entries))}",
    )


def _secrets_of_list(node: Mapping, path: Path) -> Iterator[Diagnostic]:
    """Secrets that stand where a list refers to them."""
    for key in ("headers", "credentials"):
        holder = find(node, (*path, key))
        for name in holder.entries if isinstance(holder, Mapping) else ():
            yield from _secret(node, (*path, key, name))
    database = (*path, "sql", "database")
    if isinstance(find(node, database), Mapping):  # its address alone may stand there too, without a password
        yield from _secret(node, database)


def _secret(node: Mapping, path: Path) -> Iterator[Diagnostic]:
    """A secret where only a reference may stand. It is never quoted."""
    reference = find(node, path)
    if isinstance(reference, Scalar) and reference.value is not None:
        yield _secret_in_file(path, reference)
    if not isinstance(reference, Mapping):
        return
    yield from _one_source(node, path, ("env", "file"))
    variable = reference.get("env")
    if isinstance(variable, Scalar) and isinstance(variable.value, str) and not _VARIABLE.fullmatch(variable.value):
        yield _secret_in_file((*path, "env"), variable)


def _secret_in_file(path: Path, value: Scalar) -> Diagnostic:
    return error(
        "secret-in-file",
        f"{named(path)} must name where the secret is found, and may never be the secret",
        value.place,
        "write {env: NAME_OF_A_VARIABLE} or {file: PATH}; if a key stood here, revoke it",
    )
