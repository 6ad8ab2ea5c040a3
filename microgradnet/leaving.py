"""The doors of the record: how a value leaves it as a number or as text, and what is said then.

A number of Python's doesn't remember how it was made, so what is computed from it has no gradient. Where a
function is run to be differentiated, no number is made of a tensor that is being recorded, except by the methods
that say that a constant is meant (``.item()``, ``.numpy()``, ``.tolist()``). Elsewhere, where people print
``float(loss)``, it is remembered, and the reverse pass that meets the tensor again warns.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable, Collection
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import Any
from weakref import WeakKeyDictionary

from microgradnet.record import Array, Node, Recorded, TracingError, current_scope

__all__ = [
    "LostGradient",
    "Running",
    "argument_names",
    "array_of",
    "called",
    "constant_of",
    "followed",
    "frozen",
    "number_of",
    "refuse_numbers",
    "running",
    "warn",
    "warn_of_numbers",
]


class LostGradient(TypeError):
    """Something was about to leave the record that the result of a function to differentiate may depend on."""


_running: ContextVar[Running | None] = ContextVar("microgradnet_running", default=None)
running = _running.get
"""What runs a function in this context now, or None."""


class Running:
    """While a function runs to be differentiated or compiled.

    Attributes
    ----------
    caller : str
        Whose name errors begin with.
    outer : Running or None
        What ran in this context before.
    of, arguments : callable, tuple
        The function, and what it is called with by position.
    compiling : bool
        Whether the function is being compiled, so that what leaves the record is that of the first call for ever.
    constants : list of str
        How values have left the record as constants: ``.item() of the result of sum``.
    """

    __slots__ = ("_refused", "arguments", "caller", "compiling", "constants", "of", "outer")

    of: Callable[..., Any]
    arguments: tuple[Any, ...]

    _refused: tuple[TypeError, CodeType, int] | None

    def __init__(self, caller: str, compiling: bool = False) -> None:
        self.caller = caller
        self.outer = running()
        self.compiling = compiling
        self.constants: list[str] = []
        self._refused = None

    def call(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the function.

        An error that says how a gradient would be lost comes out as itself, also where NumPy has put its own in its
        place, at the same line of code ("setting an array element with a sequence").
        """
        self.of, self.arguments = f, args
        token = _running.set(self)
        try:
            return f(*args, **kwargs)
        except Exception as error:
            refused = self._hidden_by(error)
            if refused is None:
                raise
            raise refused from None
        finally:
            _running.reset(token)

    def _hidden_by(self, error: Exception) -> TypeError | None:
        if self._refused is None or error is self._refused[0]:
            return None
        refused, *line = self._refused
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        same = last is not None and line == [last.tb_frame.f_code, last.tb_lineno]
        return refused.with_traceback(error.__traceback__) if same else None

    def refuse(self, error: TypeError) -> TypeError:
        """Remember an error that a method of a tensor is about to raise, and the line of code that called for it."""
        frame, _ = _outside()
        self._refused = error, frame.f_code, frame.f_lineno
        return error


_PACKAGE = __name__.partition(".")[0] + "."


def _outside() -> tuple[FrameType, int]:
    """Find the innermost frame that runs code of somebody else, and how many stand between."""
    frame, between = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        frame, between = frame.f_back, between + 1
    return frame, between


def warn(message: str) -> None:
    """Warn whoever called the package."""
    warnings.warn(message, UserWarning, stacklevel=_outside()[1])


_taken: WeakKeyDictionary[Node, str] = WeakKeyDictionary()
"""Of which nodes a number was made outside of any transform, and how."""


def followed(value: Any) -> bool:
    """Whether somebody differentiates or traces a value, so that what is made of it must be recorded."""
    return isinstance(value, Recorded) and (
        value._node.traced or (value._node.requires_grad and current_scope() is not None)
    )


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Return what f calls its first positional arguments: by the signature, else by position."""
    names: list[str] = []
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # some built-in functions have no signature
        parameters = []
    for p in parameters:
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            names.append(p.name)
        elif p.kind is p.VAR_POSITIONAL:
            names += [f"{p.name}[{i}]" for i in range(count - len(names))]
    names += [f"argument {i}" for i in range(len(names), count)]
    return names[:count]


def called(node: Node) -> str:
    """Say which tensor belongs to a node, in words that its user knows."""
    name = node.name
    if name is not None:
        return f"the tensor {name!r}"
    if node.primitive is None or node.primitive.name == "argument":
        run = running()
        while run is not None:
            if not (getattr(run.of, "__module__", None) or "").startswith(_PACKAGE):
                for i, argument in enumerate(run.arguments):
                    if isinstance(argument, Recorded) and argument._node is node:
                        return f"the argument {argument_names(run.of, i + 1)[i]!r}"
            run = run.outer
        return "an argument or parameter"
    return f"the result of {node.primitive.name}"


def _lost(caller: str, kind: str, node: Node) -> LostGradient:
    return LostGradient(
        f"{caller}: the Python {kind} made of {called(node)} would have no gradient. Instead of math.exp(t), call "
        "mg.exp(t) or np.exp(t); instead of out[i] = t, collect the elements in a list and mg.stack(list); instead of "
        "float(t), use t itself, and t.item() or t.detach() where a constant is meant, for instance to print it"
    )


def number_of(tensor: Recorded, kind: str) -> Array:
    """Return the value to one who makes a number of Python's of it.

    Raises
    ------
    LostGradient
        If the function that is being run to be differentiated would lose a gradient by it.
    TracingError
        If the tensor is being traced.
    """
    node = tensor._node
    run = running()
    if node.traced:
        try:
            return tensor.concrete(f"{kind}()")
        except TracingError as error:
            raise error if run is None else run.refuse(error) from None
    if node.requires_grad and current_scope() is not None:
        if run is not None:
            raise run.refuse(_lost(run.caller, kind, node))
        _taken[node] = kind
    return tensor._value


def array_of(tensor: Recorded) -> Array:
    """Return the value to NumPy, which makes an array of whatever it doesn't hand to `Tensor` itself.

    Raises
    ------
    LostGradient
        If the tensor is being recorded.
    TracingError
        If it is being traced.
    """
    node = tensor._node
    if node.traced or not node.requires_grad or current_scope() is None:
        return tensor.concrete("a NumPy array")
    error = LostGradient(
        f"making a NumPy array of a tensor that is being recorded ({called(node)}) would lose its gradient; "
        "np.<function>(t) and mg.<function>(t) take the tensor itself, X @ t stands for X.dot(t), mg.stack([t, u]) "
        "makes one tensor of several, and t.detach() or t.numpy() leaves the record, to plot, print or save it"
    )
    run = running()
    raise error if run is None else run.refuse(error)


def constant_of(tensor: Recorded, how: str) -> Array:
    """Return the value to one who says that a constant is meant, and remember it for a function that runs."""
    value = tensor.concrete(how)
    run = running()
    if run is not None and followed(tensor):
        run.constants.append(f"{how} of {called(tensor._node)}")
    return value


def frozen(tensor: Recorded) -> bool:
    """Whether the text of a tensor would be that of the first call for ever: it is traced to be compiled."""
    run = running() if tensor._node.traced else None
    while run is not None and not run.compiling:
        run = run.outer
    return run is not None


def refuse_numbers(seen: Collection[Node], root: Node, caller: str) -> None:
    """Raise if a number was made of what a root was computed from where nobody was there to refuse it: in a thread."""
    for node in numbers_in(seen, root) if _taken.data else ():  # type: ignore[attr-defined] # `len` takes 0.2 us
        raise _lost(caller, _taken[node], node)


def numbers_in(seen: Collection[Node], root: Node) -> list[Node]:
    """Find of which nodes, the root left out, a number was made; each is found once."""
    some = (reference() for reference in _taken.keyrefs()) if len(_taken) < len(seen) else seen
    found = [node for node in some if node is not None and node is not root and node in seen and node in _taken]
    return sorted(found, key=lambda node: node.index)


def warn_of_numbers(seen: Collection[Node], root: Node, caller: str) -> None:
    """Warn if a number was made of what a root was computed from, so that part of a gradient may be missing."""
    found = numbers_in(seen, root) if _taken.data else []  # type: ignore[attr-defined]
    if found:
        kind = _taken[found[-1]]
        others = f" (and of {len(found) - 1} others)" if found[1:] else ""
        warn(
            f"{caller}: a number was made of {called(found[-1])}{others} by {kind}() or a function of math's. If the "
            "output depends on it through that number, this part of the gradient is missing: use mg's functions. "
            "If it was only printed, nothing is wrong, and .item() instead says so"
        )
        for node in found:
            _taken.pop(node, None)
