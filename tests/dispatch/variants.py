"""The protocol with some of its functions replaced, without touching the modules that others use."""

from collections.abc import Callable, Mapping
from types import FunctionType

WITHIN = ("bland_deploy.operations.", "bland_deploy.state.log")


def variant(function: FunctionType, replaced: Mapping[Callable, Callable]) -> Callable:
    """A copy of a function that calls replacements in place of some functions, with all of `operations` and the log.

    AssertionError where a function that should be replaced is not called from there at all.
    """
    copies: dict[Callable, Callable] = dict(replaced)
    met: set[Callable] = set()

    def copy(value):
        if value in copies:
            met.add(value)
            return copies[value]
        space: dict[str, object] = {}
        made = FunctionType(value.__code__, space, value.__name__, value.__defaults__, value.__closure__)
        made.__kwdefaults__ = value.__kwdefaults__
        copies[value] = made
        for name, item in value.__globals__.items():
            known = isinstance(item, FunctionType) and (item in replaced or item.__module__.startswith(WITHIN))
            space[name] = copy(item) if known else item
        return made

    made = copy(function)
    assert met >= replaced.keys(), f"not called: {sorted(item.__name__ for item in replaced.keys() - met)}"
    return made
