"""What a derivation reads and writes beside its arguments, put aside while its functions are tried.

Meanwhile the variables of its modules, of its classes and of the functions around it hold copies. What is only read is
copied once, and can't be written to, whatever is tried; what may be written to is copied anew each time. Afterwards all
is the user's own again, and as it was: a counter, a cache, the weights of a network.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from microgradnet.check.harmless import WRITES
from microgradnet.record import Recorded

__all__ = ["Aside", "codes_in", "copied", "last_name", "root_of"]


class _Missing:
    """There is no such variable."""


_MISSING = _Missing()

_KEPT = (
    _Missing, bool, int, float, complex, str, bytes, type(None), type(Ellipsis), np.generic, np.dtype, np.ufunc, range,
    type, ModuleType, FunctionType, BuiltinFunctionType, Recorded,
)  # fmt: skip
"""What can't be written to, or isn't a value."""

_CHANGING = WRITES | {
    "add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "partition", "pop", "popitem",
    "popleft", "remove", "reverse", "setdefault", "update",
}  # fmt: skip
"""Methods that change what they are of."""


_away: set[tuple[int, str]] = set()
"""The variables that hold copies now."""


class _Variable(NamedTuple):
    """A variable of a module or of a function around, or what a class or a function has of its own."""

    of: dict[str, Any] | CellType | type
    name: str

    @property
    def key(self) -> tuple[int, str]:
        return id(self.of), self.name

    def get(self) -> Any:
        if isinstance(self.of, dict):
            return self.of.get(self.name, _MISSING)
        if isinstance(self.of, type):
            return vars(self.of).get(self.name, _MISSING)
        try:
            return self.of.cell_contents
        except ValueError:
            return _MISSING

    def put(self, value: Any) -> None:
        if isinstance(self.of, dict):
            if value is _MISSING:
                self.of.pop(self.name, None)
            else:
                self.of[self.name] = value
            return
        name = self.name if isinstance(self.of, type) else "cell_contents"
        with suppress(AttributeError, ValueError):  # it was taken away meanwhile
            if value is _MISSING:
                delattr(self.of, name)
            else:
                setattr(self.of, name, value)


class Aside:
    """The variables beside the arguments that functions use.

    Parameters
    ----------
    functions : iterable of function
    trees : mapping of str to ast.Module
        The source of each file.
    """

    def __init__(self, functions: Iterable[FunctionType], trees: Mapping[str, ast.Module]) -> None:
        written, declared = _written(trees.values()), _declared(trees.values())
        self._fixed: dict[tuple[int, str], tuple[_Variable, Any, Any]] = {}
        self._changing: dict[tuple[int, str], _Variable] = {}
        for f in functions:
            used = sorted({name for code in codes_in(f.__code__) for name in code.co_names})
            variables = [_Variable(f.__globals__, name) for name in used]
            variables += [_Variable(*c) for c in zip(f.__closure__ or (), f.__code__.co_freevars, strict=True)]
            for variable in variables:
                own, key = variable.get(), variable.key
                read = _to_be_read(own) if variable.name not in written | declared else None
                if read is not None:
                    self._fixed[key] = variable, own, read
                elif variable.name in declared or not isinstance(own, _KEPT):
                    self._changing[key] = variable
                if variable.name in written:
                    self._changing |= {v.key: v for v in _attributes(own)}

    def loosened(self) -> bool:
        """Copy anew what is only read, too, as the source may write to it in a way that can't be told.

        False where there is no such thing.
        """
        self._changing |= {key: variable for key, (variable, _, _) in self._fixed.items()}
        found, self._fixed = bool(self._fixed), {}
        return found

    @contextmanager
    def put(self) -> Iterator[None]:
        """Let the variables hold copies meanwhile. Those that hold some already keep them."""
        before = [(v, own, read) for k, (v, own, read) in self._fixed.items() if k not in _away and v.get() is own]
        memo: dict[int, Any] = {}
        for key, variable in self._changing.items():
            if key not in _away:
                own = variable.get()
                before.append((variable, own, copied(own, memo)))
        _away.update(v.key for v, _, _ in before)
        try:
            for variable, _, other in before:
                variable.put(other)
            yield
        finally:
            for variable, own, _ in before:
                variable.put(own)
            _away.difference_update(v.key for v, _, _ in before)


def _attributes(value: Any) -> Iterator[_Variable]:
    """List what a class, or a function, holds beside methods."""
    if isinstance(value, FunctionType):
        yield from (_Variable(value.__dict__, name) for name in value.__dict__)
    elif isinstance(value, type) and "__dict__" in dir(value):
        for name, held in vars(value).items():
            if not name.startswith("__") and not hasattr(held, "__get__"):
                yield _Variable(value, name)


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """List the code of a function, and of those inside it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from codes_in(inner)


def copied(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Copy whatever can be copied; what was copied before with a memo is the same copy."""
    if isinstance(value, _KEPT):
        return value
    try:
        return copy.deepcopy(value, memo)
    except Exception:  # an open file, a lock, an object that refuses
        return value


def _to_be_read(value: Any) -> Any:
    """Return a copy of arrays, and of lists and dictionaries of such, that can't be written to; None of all else."""
    if isinstance(value, np.ndarray):
        if type(value) is not np.ndarray or value.dtype == object:
            return None
        if value.flags.writeable:
            value = value.copy(order="K")
            value.flags.writeable = False
        return value
    if type(value) is dict:
        inside = {k: _inside(v) for k, v in value.items()}
        return None if any(v is _MISSING for v in inside.values()) else inside
    if type(value) in (list, tuple):
        items = [_inside(v) for v in value]
        return None if any(v is _MISSING for v in items) else type(value)(items)
    return None


def _inside(value: Any) -> Any:
    if value is None or isinstance(value, _KEPT):
        return value
    read = _to_be_read(value)
    return _MISSING if read is None else read


# --- what a source writes to -------------------------------------------------------------------------------------


def _written(trees: Iterable[ast.Module]) -> set[str]:
    """Name what files may write into: elements that they set, and what they hand on to where that is done."""
    trees = list(trees)
    takes = {
        node.name: [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    written = {name for tree in trees for name in _written_to(tree)}
    handed = [
        (root, takes[name], k, isinstance(node.func, ast.Attribute))
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (name := last_name(node.func)) in takes
        for k, value in enumerate(node.args)
        if (root := root_of(value)) is not None
    ]
    waiting = True
    while waiting:
        more = {root for root, names, k, bound in handed if not written.isdisjoint(names[k : k + 1 + bound])}
        waiting = not more <= written
        written |= more
    return written


def _declared(trees: Iterable[ast.Module]) -> set[str]:
    """Name the variables of modules, and of functions around, that functions give a value to: they say so."""
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal))
    return {name for node in nodes for name in node.names}


def _written_to(tree: ast.AST) -> Iterator[str]:
    """Name what a file's code sets elements of, changes by a method, gives another name, or hands on as an output."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                parts = [node.value]
            case ast.Assign(value=value) | ast.NamedExpr(value=value) | ast.AnnAssign(value=ast.expr() as value):
                parts = [value]
            case ast.AugAssign():
                parts = [node.target]
            case ast.For(iter=source) | ast.comprehension(iter=source):
                parts = [n for n in ast.walk(source) if isinstance(n, ast.Name)]
            case ast.Call(func=ast.Attribute(value, attr), args=args, keywords=keywords):
                parts = [*args[:1], value] if attr in _CHANGING else args[2:]
                parts = [*parts, *(k.value for k in keywords)]
            case ast.Call(keywords=keywords):
                parts = [k.value for k in keywords]
            case _:
                parts = []
        for part in parts:
            for each in part.elts if isinstance(part, ast.Tuple | ast.List) else [part]:
                if (root := root_of(each)) is not None:
                    yield root


def root_of(node: Any) -> str | None:
    """Return the variable that an expression is, or is a part or a view of."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def last_name(node: Any) -> str:
    """Return the name of a variable, or of an attribute; empty of anything else."""
    return str(getattr(node, "attr", getattr(node, "id", "")))
