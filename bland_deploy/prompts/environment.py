"""The sandbox that templates run in: keys of data, no attribute of any Python object, and an allowance."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from functools import wraps
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    UndefinedError,
    nodes,
    pass_context,
)
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace, missing

from bland_deploy.prompts import spending
from bland_deploy.prompts.bounds import (
    ALLOWANCE,
    ELEMENT,
    MACRO,
    MAX_INT_BITS,
    MAX_RANGE,
    OMIT,
    TURN,
    TemplateProblem,
    TooMuch,
    operate,
    to_text,
    weigh,
)
from bland_deploy.prompts.filters import COMPARING, FILTERS_OF_OURS, FREE, TESTS_OF_OURS

_OF_LOOPS = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0"}
    | {"previtem", "nextitem", "cycle", "changed"}
)


class Absent(UndefinedError):
    """Something undefined was used: its name, and what was asked for it."""

    def __init__(self, message: str, name: object, owner: object) -> None:
        super().__init__(message)
        self.name = name
        self.owner = owner


class Missing(StrictUndefined):
    """An undefined name: any use but `default` and `is defined` raises Absent."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = None) -> None:
        raised: Any = exc or (lambda message: Absent(message, name, obj))
        super().__init__(hint, obj, name, raised)


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise TooMuch(f"`range` gives at most {MAX_RANGE} numbers")
    return numbers


FUNCTIONS: dict[str, Callable[..., Any]] = {"range": _range, "dict": dict, "namespace": Namespace}
"""What templates may call, besides their own macros."""

_GLOBALS = {**FUNCTIONS, "omit": OMIT}
_CALLABLE = (Macro, BlockReference, LoopContext)


class Scope(Context):
    """The names of one render: what the template set, the scopes, and the functions."""

    def resolve_or_missing(self, key: str) -> Any:
        for names in (self.vars, self.parent, _GLOBALS):
            if key in names:
                return names[key]
        return missing


class Parsed(BaseLoader):
    """Jinja's way to files that templates import or extend. They have been read and judged before anything runs."""

    def __init__(self) -> None:
        self.trees: dict[str, nodes.Template] = {}

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - the parameter's name is Jinja's
    ) -> Template:
        tree = spending.add_bounds(self.trees[name], environment)
        tree.body.insert(0, spending.charge(tree))
        tree.set_environment(environment)
        return Template.from_code(environment, environment.compile(tree, name, name), globals or {})


class Sandbox(SandboxedEnvironment):
    """Where templates run. `left` is what the render at hand may still spend; one render at a time.

    `loader` has the files of the template at hand.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    context_class = Scope

    def __init__(self) -> None:
        super().__init__(undefined=Missing, cache_size=-1, auto_reload=False, optimized=False, autoescape=False)
        self.left = ALLOWANCE
        self.finalize = self.show
        self.globals.clear()
        self.filters = {name: self._bounded(function) for name, function in FILTERS_OF_OURS.items()}
        self.filters.update({name: FILTERS_OF_OURS[name] for name in FREE})
        self.filters.update(
            {
                spending.LOOP: self._loop,
                spending.CALL: self._call,
                spending.JOIN: self._join,
                spending.WEIGH: self._weigh,
            }
        )
        self.tests = {
            name: self._weighed(function) if name in COMPARING else function for name, function in TESTS_OF_OURS.items()
        }

    def spend(self, amount: int) -> None:
        """Take from the allowance. Raises TooMuch when it is used up."""
        self.left -= amount
        if self.left < 0:
            raise TooMuch("the template makes too much text or takes too many steps")

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a mapping; of other objects only what loops, namespaces and imported files offer."""
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, StrictUndefined):
            str(obj)  # raises
        if _offers(obj, attribute):
            return super().getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A key of a mapping or an element of a list or text."""
        if isinstance(obj, dict | list | tuple | str | range):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                return self.undefined(obj=obj, name=argument)
        return self.getattr(obj, str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        """Macros, blocks, loops and our functions; nothing else can be called."""
        return (
            isinstance(obj, _CALLABLE)
            or obj in FUNCTIONS.values()
            or isinstance(getattr(obj, "__self__", None), LoopContext)
        )

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what may be called."""
        if isinstance(obj, StrictUndefined):
            str(obj)  # raises
        if not self.is_safe_callable(obj):
            raise TemplateProblem("only macros can be called; what data needs goes through a filter")
        self.spend(weigh([args, kwargs], self.left))
        return context.call(obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An arithmetic step, after judging what it would make."""
        self.spend(operate(operator, left, right))
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, int) and result.bit_length() > MAX_INT_BITS:
            raise TooMuch("the number is too big")
        return result

    def show(self, value: Any) -> str:
        """The text of a value that is printed."""
        text = value if type(value) is str else to_text(value)
        self.left -= len(text)
        if self.left < 0:
            self.spend(0)
        return text

    def _loop(self, values: Any, weight: int) -> list[Any]:
        """What a loop goes over; a turn costs its own steps and the text that its body writes."""
        if isinstance(values, bool | int | float | None | str):
            raise TemplateProblem("a loop needs a list or a mapping")
        turns = list(values)
        self.spend(len(turns) * (TURN + weight))
        return turns

    @pass_context
    def _call(self, _context: Context, _value: str, weight: int) -> str:
        """The cost of a call of a macro, put in front of its body; with a context, so that Jinja never folds it."""
        self.spend(MACRO + weight)
        return ""

    def _join(self, values: list[Any]) -> str:
        """What `~` makes."""
        texts = [to_text(value) for value in values]
        self.spend(sum(map(len, texts)))
        return "".join(texts)

    def _weigh(self, value: Any) -> Any:
        """A value that is about to be looked through."""
        self.spend(weigh(value, self.left))
        return value

    def _bounded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that pays for what it takes in and gives out, and gives lists in place of generators."""
        position = 1 if hasattr(function, "jinja_pass_arg") else 0

        @wraps(function)
        def bounded(*args: Any, **kwargs: Any) -> Any:
            value = args[position]
            if not isinstance(value, StrictUndefined):
                self.spend(weigh(value, self.left))
            result = function(*args, **kwargs)
            if isinstance(result, str):
                self.spend(len(result))
            elif isinstance(result, Iterator):
                result = list(self._counted(result))
            return result

        return bounded

    def _weighed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A test that pays for what it compares."""

        def weighed(*values: Any) -> Any:
            self.spend(weigh(values, self.left))
            return function(*values)

        return weighed

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.spend(ELEMENT)
            yield value


def _offers(obj: Any, attribute: str) -> bool:
    """Whether an object of Jinja's lets templates see an attribute; Jinja's sandbox keeps private ones back."""
    if isinstance(obj, LoopContext):
        return attribute in _OF_LOOPS
    return isinstance(obj, Namespace | TemplateModule)
