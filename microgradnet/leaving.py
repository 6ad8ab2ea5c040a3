"""How a value leaves the record, as a number or as text, and what is said then.

A number of Python's doesn't remember how it was made, so what is computed from it has no gradient. Where a
function is run to be differentiated, no number is made of a tensor that is being recorded, except by the methods
that say that a constant is meant (``.item()``, ``.numpy()``, ``.tolist()``). Elsewhere, where people print
``float(loss)``, it is remembered, and the reverse pass that meets the tensor again warns.
"""

from __future__ import annotations

import ast
import dis
import inspect
import linecache
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import CodeType, FrameType, FunctionType, MappingProxyType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

from microgradnet.record import Array, Node, Recorded, TracingError, current_scope, next_index, value_of
from microgradnet.text import legible
from microgradnet.trees import OfLeaves

__all__ = [
    "CallSite",
    "LostGradient",
    "Running",
    "argument_names",
    "array_of",
    "asked_by",
    "called",
    "compiling",
    "constant_of",
    "followed",
    "frozen",
    "indexes",
    "library_function",
    "lost_in_array",
    "number_of",
    "numbers_made",
    "refuse_numbers",
    "running",
    "unfollowed",
    "warn",
    "warn_of_numbers",
]


class LostGradient(TypeError):
    """Something was about to leave the record that the result of a function to differentiate may depend on."""


class Running:
    """While a function runs to be differentiated or compiled.

    Attributes
    ----------
    of, arguments : callable, sequence
        The function, and what it is called with by position.
    compiling : str
        The backend that the function is being compiled for, so that what leaves the record is that of the first call
        for ever; empty where it isn't.
    since : int
        The index of the record when that began: what is newer has a smaller one.
    constants : tuple of (str, Node)
        How the first few values have left the record as constants, by ``.item()`` for instance, and of what.
    objects : Objects or None
        What the last array of objects was made of (see `elements`), which nobody outside should meet.
    """

    __slots__ = ("_caller", "_refused", "arguments", "compiling", "constants", "objects", "of", "since")

    of: Callable[..., Any]
    arguments: Sequence[Any]
    constants: tuple[tuple[str, Node], ...]

    _refused: tuple[TypeError, CodeType, int] | None

    def __init__(self, caller: str, compiling: str = "") -> None:
        self._caller = caller
        self.compiling = compiling
        self.since = next_index() if compiling else 0
        self.constants = ()
        self.objects: Any = None
        self._refused = None

    @property
    def caller(self) -> str:
        """Whose name errors begin with."""
        runs = [*_runs()]
        outer = runs[runs.index(self) + 1 :] if self in runs else runs
        return outer[0].caller if outer and _ours(outer[0].of) else self._caller

    def call(self, f: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any] = MappingProxyType({})) -> Any:
        """Call the function.

        An error that says how a gradient would be lost comes out as itself, also where NumPy has put its own in its
        place, at the same line of code ("setting an array element with a sequence").
        """
        self.of = f
        self.arguments = args
        try:
            _at_work.add(self)
            result = f(*args, **kwargs)
            return result if self.objects is None else self.objects.out_of(result)
        except Exception as error:
            refused = self._hidden_by(error) or (self.objects and self.objects.explained(error, self.caller))
            if refused is None:
                raise
            raise refused from None
        finally:
            _at_work.discard(self)

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


_CALL = Running.call.__code__

_at_work: set[Running] = set()
"""What runs functions in any thread. Where nothing does, as between the steps of a loop, no frame need be looked at."""


def _runs() -> Iterator[Running]:
    """Find what runs functions here now, the innermost first, by the frames of the calls: so a call costs no more."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code is _CALL:
            yield frame.f_locals["self"]
        frame = frame.f_back


def running() -> Running | None:
    """Find what runs a function here now, the innermost, or None."""
    return next(_runs(), None) if _at_work else None


def compiling() -> Running | None:
    """Return what runs a function here now to compile it, the innermost, or None."""
    return next((run for run in _runs() if run.compiling), None)


_PACKAGE = __name__.partition(".")[0] + "."


def _ours(f: Callable[..., Any]) -> bool:
    """Whether a function is one of the package's own: what it calls speaks in the name of who was called."""
    return (getattr(f, "__module__", None) or "").startswith(_PACKAGE)


def _outside() -> tuple[FrameType, int]:
    """Find the innermost frame that runs code of somebody else, and how many stand between."""
    frame, between = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        frame, between = frame.f_back, between + 1
    return frame, between


def library_function() -> str | None:
    """Name the function of NumPy's or SciPy's that somebody's code called and that now calls the package, if any.

    Such as ``"scipy.special.softmax"``. Functions that are no code of Python's aren't seen.
    """
    return asked_by()[0]


def asked_by() -> tuple[str | None, FrameType | None]:
    """Find that function, and the frame of the code that called it; no frame if that is of another library."""
    frame: FrameType | None = _outside()[0]
    found = None
    while frame is not None:
        rooms = frame.f_globals.get("__name__", "").split(".")
        if rooms[0] not in ("numpy", "scipy"):
            break
        found = _public_name(rooms, frame) or found or ("scipy" if rooms[0] == "scipy" else None)
        frame = frame.f_back
    others = frame is not None and "site-packages" in frame.f_code.co_filename  # as matplotlib, whose names say more
    return (None, None) if others else (found, frame)


def _public_name(rooms: list[str], frame: FrameType) -> str | None:
    """Name what a frame of NumPy's or SciPy's runs, as people type it; None if it is their own affair."""
    name = frame.f_code.co_name
    known = frame.f_locals.get("self")
    wrapped = frame.f_locals.get("f", frame.f_locals.get("hypotest_fun_in"))
    if name.endswith("wrapper") and callable(wrapped):  # SciPy's decorators make arrays before they call the function
        rooms, name = wrapped.__module__.split("."), wrapped.__name__
    elif name in ("__init__", "__call__"):  # of a class, as np.vectorize
        rooms, name = type(known).__module__.split("."), type(known).__name__
    kind, made, _ = type(known).__name__.rpartition("_gen")  # of a distribution
    if made and not name.startswith("_") and hasattr(sys.modules.get("scipy.stats"), kind):
        return f"scipy.stats.{kind}.{name}"
    for length in range(len(rooms), 0, -1):
        room = ".".join(rooms[:length])
        if "._" not in f"{room}.{name}" and callable(getattr(sys.modules.get(room), name, None)):
            return f"{room}.{name}".replace("numpy.", "np.", 1)
    return None


def warn(message: str) -> None:
    """Warn whoever called the package."""
    warnings.warn(message, UserWarning, stacklevel=_outside()[1])


_taken: WeakKeyDictionary[Node, str] = WeakKeyDictionary()
"""Of which nodes a number was made outside of any transform, and how."""


class _Lately(threading.local):
    """What numbers were made of in this thread since the last reverse pass, and when, in the order of the record.

    What a number was made of need not be kept by anybody, as in ``loss + float(mg.sum(w**2))``, so that a reverse
    pass meets it nowhere. That it was made between two operations of what the pass goes through is known all the same.
    """

    def __init__(self) -> None:
        self.numbers: deque[tuple[int, ref[Node], str, str]] = deque(maxlen=32)


_lately = _Lately()


def followed(value: Any) -> bool:
    """Whether somebody differentiates or traces a value, so that what is made of it must be recorded."""
    return isinstance(value, Recorded) and (
        value._node.traced or (value._node.requires_grad and current_scope() is not None)
    )


def unfollowed(value: Any) -> Any:
    """Return the array of a tensor that nobody differentiates or traces, and anything else as it is."""
    return value_of(value) if isinstance(value, Recorded) and not followed(value) else value


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Return what f calls its first positional arguments: by the signature, else by position."""
    if isinstance(f, OfLeaves):
        return f.names[:count]
    while type(f) is FunctionType and vars(f).keys() == {"__wrapped__"}:
        f = vars(f)["__wrapped__"]
    if type(f) is FunctionType and not vars(f) and f.__code__.co_argcount >= count:  # sooner than by its signature
        return list(f.__code__.co_varnames[:count])
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


def called(node: Node, run: Running | None = None) -> str:
    """Say which tensor belongs to a node, in words that its user knows; arguments are those of what runs."""
    name = node.name
    if name is not None:
        return f"the tensor {name!r}"
    made = getattr(node, "made", node.primitive)
    if made is None or made.symbol == "·":  # what is written as its input is
        for each in [*([] if run is None else [run]), *_runs()]:
            if not _ours(each.of):
                for i, argument in enumerate(each.arguments):
                    if isinstance(argument, Recorded) and argument._node is node:
                        return f"the argument {argument_names(each.of, i + 1)[i]!r}"
        return "an argument or parameter"
    return f"the result of {made.name}"


_INTO = (
    "a plain array keeps no gradient of what is written into it; let the array be a tensor: np.zeros(shape, like=t) of "
    "any tensor t, or mg.zeros(shape), instead of np.zeros(shape); np.zeros_like(t)"
)


def lost_in_array(caller: str, value: Any = None) -> str:
    """Say what to write where a tensor would be written into a plain array."""
    what = f" ({called(value._node)} is written)" if isinstance(value, Recorded) else ""
    return f"{caller}: {_INTO}{what}"


def _writes(frame: FrameType) -> bool:
    """Whether a frame is about to carry out ``array[index] = value``."""
    return dis.opname[frame.f_code.co_code[frame.f_lasti]].startswith("STORE_S")  # STORE_SUBSCR, STORE_SLICE


def indexes(frame: FrameType) -> bool:
    """Whether a frame is about to carry out ``array[index]``."""
    name = dis.opname[frame.f_code.co_code[frame.f_lasti]]
    if name == "BINARY_OP":  # which it is from Python 3.14 on
        return isinstance(_call_at(CallSite.of(frame)), ast.Subscript)
    return name == "BINARY_SUBSCR"


def _lost(caller: str, kind: str, node: Node) -> LostGradient:
    if _writes(_outside()[0]):
        return LostGradient(f"{caller}: out[i] = t: {_INTO} ({called(node)} is written)")
    return LostGradient(
        f"{caller}: the Python {kind} made of {called(node)} would have no gradient. Instead of math.exp(t) or "
        "statistics.mean(t), call mg.exp(t) or np.exp(t), and mg.mean(t); instead of max(0, t), np.maximum(0, t); "
        "instead of float(t), use or return t itself, and t.item() or t.detach() where a constant is meant, as for "
        "printing"
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
    if node.traced:
        try:
            return tensor.concrete(f"{kind}()")
        except TracingError as error:
            run = running()
            raise error if run is None else run.refuse(error) from None
    if node.requires_grad and current_scope() is not None:
        run = running()
        if run is not None:
            lost = _lost(run.caller, kind, node)
            if run.objects is not None and (library_function() or not _writes(_outside()[0])):
                lost = run.objects.lost(lost, run.caller)
            raise run.refuse(lost)
        _taken[node] = kind
        _lately.numbers.append((next_index(), ref(node), kind, called(node)))
    return tensor._value


class CallSite(NamedTuple):
    """Where in somebody's code a call is made. A frame would do, and keep all that is in it."""

    code: CodeType
    instruction: int
    known: dict[str, Any]

    @classmethod
    def of(cls, frame: FrameType) -> CallSite:
        """Return the place that a frame is at."""
        return cls(frame.f_code, frame.f_lasti, frame.f_globals)

    def rewritten(self) -> str | None:
        """Write the call, of a function of NumPy's in C, or the index of an array, as one that takes tensors."""
        call = None if "site-packages" in self.code.co_filename else _call_at(self)
        if isinstance(call, ast.Subscript):
            what = ast.unparse(call)
            call.value = ast.Call(ast.Name("mg.tensor"), [call.value], [])
            return f"write {legible(ast.unparse(call), 80)} for {legible(what, 80)}"
        if call is None or not call.args:
            return None
        better = _better(call)
        replaced: ast.expr = call
        if better is None:
            lists = [
                a for a in call.args if isinstance(a, _LISTS) and not all(map(_is_constant, ast.iter_child_nodes(a)))
            ]
            if not lists:
                return None
            replaced = lists[0]
            better = f"mg.array({ast.unparse(replaced)})"
        if better is None:
            return None
        return f"write {legible(better, 80)} for {legible(ast.unparse(replaced), 80)}"


_LISTS = (ast.List, ast.ListComp)


def _is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant | ast.expr_context)


def _better(call: ast.Call) -> str | None:
    """Write a call that makes an array, or a product, as one that takes tensors."""
    options = [option.arg for option in call.keywords]
    if len(call.args) + len(options) > 2 or options not in ([], ["dtype"]):
        return None
    first = call.args[0]
    what = ast.unparse(first)
    dtype = [ast.unparse(d) for d in [*call.args[1:], *[option.value for option in call.keywords]]]
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called == "dot" and isinstance(call.func, ast.Attribute) and not dtype:
        return f"np.dot({ast.unparse(call.func.value)}, {what})"
    if called == "array" or (called in ("asarray", "asanyarray") and isinstance(first, (*_LISTS, ast.Tuple))):
        return f"mg.array({', '.join([what, *dtype])})"
    if called in ("asarray", "asanyarray", "ascontiguousarray", "float64", "float32"):
        if not dtype:
            return what
        return f"{what if isinstance(first, _WHOLE) else f'({what})'}.astype({dtype[0]})"
    return None


_WHOLE = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)


def _call_at(site: CallSite) -> ast.Call | ast.Subscript | None:
    """Read a call, or an index, where its source can be had."""
    line, end, start, stop = list(site.code.co_positions())[site.instruction // 2]
    if line is None or end is None or start is None or stop is None:
        return None
    linecache.checkcache(site.code.co_filename)
    lines = [text.encode() for text in linecache.getlines(site.code.co_filename, site.known)[line - 1 : end]]
    if not lines:
        return None
    lines[-1] = lines[-1][:stop]
    lines[0] = lines[0][start:]
    try:
        read = ast.parse(b"\n".join(text.rstrip(b"\r\n") for text in lines).decode(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return read if isinstance(read, ast.Call | ast.Subscript) else None


_WITHOUT_SCIPY = (
    "write it with mg's functions and NumPy's, or declare it, with its derivative, by mg.primitive; t.detach() or "
    "t.numpy() leaves the record"
)


def array_of(tensor: Recorded, instead: Mapping[str, str]) -> Array:
    """Return the value to NumPy, which makes an array of whatever it doesn't hand to `Tensor` itself.

    Parameters
    ----------
    tensor : Tensor
        The tensor.
    instead : mapping of str to str
        What to write instead of a function that takes a tensor for an array, by its name.

    Raises
    ------
    LostGradient
        If the tensor is being recorded.
    TracingError
        If it is being traced.
    """
    node = tensor._node
    name, frame = asked_by() if node.traced else (None, None)
    way = instead.get(name or "") or (None if frame is None else CallSite.of(frame).rewritten())
    if way is not None:
        raise TracingError(f"{name or 'an array'} would take a tensor that is being traced for numbers; {way}")
    if node.traced or not node.requires_grad or current_scope() is None:
        return tensor.concrete("a NumPy array")
    name, frame = asked_by()
    if name is None and _writes(_outside()[0]):
        said = lost_in_array("out[i] = t", tensor)
    else:
        words = (
            instead.get(name or "")
            or (None if frame is None else CallSite.of(frame).rewritten())
            or (_WITHOUT_SCIPY if (name or "").startswith("scipy") else None)
            or "np.<function>(t) and mg.<function>(t) take the tensor itself, X @ t or np.dot(X, t) stands for "
            "X.dot(t), np.stack([t, u]) or mg.array for np.array([t, u]), t itself for np.asarray(t) and "
            "np.float64(t), and t.detach() or t.numpy() leaves the record, to plot, print or save it"
        )
        said = (
            f"{name + ': ' if name else ''}making a NumPy array of a tensor that is being recorded ({called(node)}) "
            f"would lose its gradient; {words}"
        )
    run = running()
    raise LostGradient(said) if run is None else run.refuse(LostGradient(said))


def constant_of(tensor: Recorded, how: str) -> Array:
    """Return the value to one who says that a constant is meant, and remember it for a function that runs."""
    value = tensor.concrete(how)
    run = running() if followed(tensor) else None
    if run is not None and len(run.constants) < 3:
        run.constants = (*run.constants, (how, tensor._node))
    return value


def frozen(tensor: Recorded) -> bool:
    """Whether the text of a tensor would be that of the first call for ever: it is traced to be compiled."""
    return tensor._node.traced and compiling() is not None


def numbers_made() -> bool:
    """Whether a number was made of anything, so that it has to be looked for."""
    return bool(_taken.data or _lately.numbers)  # type: ignore[attr-defined] # `len` takes 0.2 us


def refuse_numbers(seen: Collection[Node], root: Node, caller: str) -> None:
    """Raise if a number was made of what a root was computed from where nobody was there to refuse it: in a thread."""
    for node in numbers_in(seen, root):
        raise _lost(caller, _taken[node], node)


def numbers_in(seen: Collection[Node], root: Node) -> list[Node]:
    """Find of which nodes, the root left out, a number was made; each is found once."""
    some = (reference() for reference in _taken.keyrefs()) if len(_taken) < len(seen) else seen
    found = [node for node in some if node is not None and node is not root and node in seen and node in _taken]
    return sorted(found, key=lambda node: node.index)


def _between(seen: Collection[Node], root: Node) -> list[tuple[str, str]]:
    """Find what a number was made of while a root was computed, but that the root was not computed from."""
    numbers = list(_lately.numbers)
    _lately.numbers.clear()
    before = [n for n in numbers if n[0] > root.index and n[1]() not in seen]  # an older index is larger
    first = max((node.index for node in seen if node.primitive is not None), default=root.index) if before else 0
    return [(called, kind) for index, _, kind, called in before if index < first]


def warn_of_numbers(seen: Collection[Node], root: Node, caller: str) -> None:
    """Warn if a number was made of what a root was computed from, or beside, so that a gradient may be missing."""
    met = numbers_in(seen, root)
    found = [(called(node), _taken[node]) for node in met] + _between(seen, root)
    if found:
        what, kind = found[-1]
        others = f" (and of {len(found) - 1} others)" if found[1:] else ""
        warn(
            f"{caller}: a number was made of {what}{others} by {kind}() or a function of math's. If the "
            "output depends on it through that number, this part of the gradient is missing: use mg's functions. "
            "If it was only printed, nothing is wrong, and .item() instead says so"
        )
        for node in met:
            _taken.pop(node, None)
