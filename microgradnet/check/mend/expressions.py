"""The expressions of a program, as they were seen in one run: what other text is made of."""

from __future__ import annotations

import ast
import inspect
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import FunctionType
from typing import Any

import numpy as np

from microgradnet.check.aside import last_name, root_of
from microgradnet.check.mend.rewrite import assigned, call, indices_of, is_read, names_in, targets_of
from microgradnet.check.observe import Observation, Place, Source, function_around

ELEMENTARY = frozenset(
    {
        "abs", "arctan", "cos", "cosh", "exp", "expm1", "log", "log1p", "reciprocal", "sign", "sin", "sinh", "sqrt",
        "square", "tanh",
    }
)  # fmt: skip
"""The functions of NumPy that may have been left out, where the source has them."""


BOUNDING = frozenset({"minimum", "maximum", "clip", "min", "max"})
"""The functions that keep something within bounds."""

BOUNDS = 4
"""Within how many bounds a value is tried."""


@dataclass(frozen=True)
class Expression:
    """An expression that the source computes somewhere."""

    index: int
    text: str
    shape: tuple[int, ...]
    local: frozenset[str]  # the variables in it


class Expressions:
    """The expressions of a program, as they were seen in one run."""

    def __init__(self, program: Source, seen: Observation) -> None:
        self.program, self.seen = program, seen
        self._all: dict[tuple[str, str], list[Expression]] = {}
        self._whole: dict[tuple[str, str], dict[str, None]] = {}
        self._put_at: dict[tuple[str, str], dict[str, None]] = {}
        self._functions: dict[str, dict[str, None]] = {}
        self._turning: dict[str, dict[tuple[str, tuple[int, ...], tuple[int, ...]], None]] = {}
        self._uncalled: dict[str, dict[str, None]] = {}
        for i, at in seen.seen.items():
            place = program.places[i]
            if place.kind == "expression" and at.values:
                self._add(place, at.values[0])

    @cached_property
    def elementary(self) -> list[str]:
        """Name the elementary functions of NumPy that the files call."""
        trees = self.program.trees.values()
        return sorted({n.attr for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & ELEMENTARY)

    @cached_property
    def bounded(self) -> list[str]:
        """Write how the files keep something within bounds that are numbers, or names of the modules."""
        nodes = (n for tree in self.program.trees.values() for n in ast.walk(tree) if isinstance(n, ast.Call))
        found: dict[str, None] = {}
        for node in (n for n in nodes if last_name(n.func) in BOUNDING and len(n.args) > 1):
            args = [ast.unparse(a) if self._is_given(a) else "{0}" for a in node.args]
            if args.count("{0}") == 1:
                found.setdefault(call(ast.unparse(node.func), args))
        return [*found][:BOUNDS]

    def _is_given(self, node: ast.expr) -> bool:
        """Whether it is a number, or what a name of a module stands for."""
        return is_read(ast.unparse(node).lstrip("-")) and names_in(node) <= self.program.scope.keys()

    def of(self, file: str, function: str) -> list[Expression]:
        """List those of a function."""
        return self._all.get((file, function), [])

    def elements(self, file: str) -> Iterator[Expression]:
        """List the elements of an object's attributes that functions of a file read."""
        found = (e for (of, _), some in self._all.items() if of == file for e in some)
        return (e for e in found if e.text.startswith("self.") and e.text.endswith("]"))

    def whole(self, file: str, function: str) -> list[str]:
        """Write the sums, products and remainders of whole numbers in a function, then those in others of the file."""
        own = [*self._whole.get((file, function), ())][:8]
        others = (text for (of, _), texts in self._whole.items() if of == file for text in texts)
        return [*own, *[t for t in dict.fromkeys(others) if t not in own][:8]]

    def put_at(self, file: str, function: str) -> list[str]:
        """Write the sums and the like at which a function puts something into an array."""
        return [*self._put_at.get((file, function), ())][:8]

    def functions(self, file: str) -> tuple[str, ...]:
        """Name the functions of one array that are applied to each element, and those that nobody has called."""
        if file not in self._uncalled:
            self._uncalled[file] = {f: None for f, args in uncalled(self.program, file).items() if len(args) == 1}
        return tuple({**self._functions.get(file, {}), **self._uncalled[file]})[:8]

    def turning(self, file: str) -> tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]:
        """List the user's functions of one array that give it another shape, with both shapes."""
        return tuple(self._turning.get(file, ()))[:8]

    def _add(self, place: Place, value: Any) -> None:
        node = place.node
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            func = self.program.text(place, node.func)
            inner = seen_at(self.program, self.seen, place, node.args[0])
            owner = getattr(node.func, "value", None)
            of_an_array = isinstance(owner and seen_at(self.program, self.seen, place, owner), np.ndarray)  # W.dot
            named = not of_an_array and func.replace(".", "").replace("_", "").isalnum()
            if named and _is_elementwise(inner, value):
                self._functions.setdefault(place.file, {}).setdefault(func)
            elif isinstance(node.func, ast.Name) and isinstance(inner, np.ndarray) and isinstance(value, np.ndarray):
                self._turning.setdefault(place.file, {}).setdefault((func, inner.shape, value.shape))
        if type(value) is int and isinstance(node, ast.BinOp):
            self._whole.setdefault((place.file, place.function), {}).setdefault(self.program.text(place))
        if place.parent is None:
            parts = [p for t in targets_of(place.statement) if isinstance(t, ast.Subscript) for p in indices_of(t)]
            for part in (p for p in parts if isinstance(p, ast.BinOp)):
                self._put_at.setdefault((place.file, place.function), {}).setdefault(ast.unparse(part))
        shape = value.shape if isinstance(value, np.ndarray) else () if isinstance(value, float) else None
        if shape is None or isinstance(node, ast.Constant | ast.Name | ast.Tuple):
            return
        text = self.program.text(place)
        if "\n" not in text and len(text) < 60:
            local = frozenset(names_in(node)) & _variables_of(self.program.trees[place.file])
            self._all.setdefault((place.file, place.function), []).append(Expression(place.index, text, shape, local))


# --- what a file says, whatever runs -------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _variables_of(tree: ast.Module) -> frozenset[str]:
    """Name the variables that are assigned in a file's functions."""
    inside = (n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.Lambda) for n in ast.walk(f))
    return frozenset(filter(None, map(_variable, inside)))


@lru_cache(maxsize=16)
def numbers_of(tree: ast.Module) -> list[tuple[int, str]]:
    """Write the numbers of a file, by their names, and their lines; none of those that stand everywhere."""
    given = (a for s in tree.body if isinstance(s, ast.Assign) for a in assigned(s))
    named = {v.value: t.id for t, v in given if isinstance(t, ast.Name) and isinstance(v, ast.Constant)}
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, float))
    return [(n.lineno, named.get(n.value, repr(n.value))) for n in nodes if n.value not in (0.0, 1.0, 2.0, 0.5)]


@lru_cache(maxsize=16)
def comparisons_of(tree: ast.Module) -> list[ast.Compare]:
    """List what a file asks of variables, each comparison once: which words are padding, which margins are violated."""
    return [*{ast.dump(n): n for n in ast.walk(tree) if isinstance(n, ast.Compare) and names_in(n)}.values()]


@lru_cache(maxsize=16)
def counted_along(tree: ast.Module) -> set[tuple[str, ...]]:
    """Name the sizes along the axes that a file sums over: N, H and W of N, C, H, W where it says (0, 2, 3)."""
    tuples = [n.elts for n in ast.walk(tree) if isinstance(n, ast.Tuple)]
    axes = [[e.value for e in t if isinstance(e, ast.Constant)] for t in tuples]
    names = [[e.id for e in t if isinstance(e, ast.Name)] for t in tuples]
    some = [[k for k in a if type(k) is int and k >= 0] for a in axes]
    return {tuple(those[k] for k in a) for a, those in itertools.product(some, names) if a and max(a) < len(those)}


@lru_cache(maxsize=16)
def sums_of(tree: ast.Module) -> set[str]:
    """Name the variables of a file that something is added to, as gradients are added up."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.AugAssign(target) | ast.Call(ast.Attribute(attr="at"), [target, *_]):
                found.add(root_of(target) or "")
    return found


@lru_cache(maxsize=16)
def entries_of(tree: ast.Module) -> list[ast.Subscript]:
    """List the entries of a file's variables that something is put in."""
    targets = (t for s in ast.walk(tree) if isinstance(s, ast.Assign) for t in s.targets)
    return [t for t in targets if isinstance(t, ast.Subscript) and isinstance(t.value, ast.Name)]


@lru_cache(maxsize=16)
def added_to(tree: ast.Module) -> list[ast.Subscript]:
    """List the elements of a file's arrays that something is added to, or put into at an index that is a variable."""
    targets = (n.target for n in ast.walk(tree) if isinstance(n, ast.AugAssign))
    put = (t for t in entries_of(tree) if any(isinstance(i, ast.Name) for i in indices_of(t)))
    return [*(t for t in targets if isinstance(t, ast.Subscript)), *put]


@lru_cache(maxsize=16)
def windows_of(tree: ast.Module) -> list[list[ast.Slice]]:
    """List the ranges, from one bound to another, that a file reads or writes parts of arrays at; each once."""
    indices = (n for n in ast.walk(tree) if isinstance(n, ast.Subscript))
    return [*{tuple(map(ast.dump, ranges)): ranges for n in indices if (ranges := ranges_of(n))}.values()]


@lru_cache(maxsize=256)
def loops_around(tree: ast.Module, line: int) -> frozenset[str]:
    """Name what the loops around a line of a file count."""
    loops = (n for n in ast.walk(tree) if isinstance(n, ast.For) and n.lineno <= line <= (n.end_lineno or n.lineno))
    return frozenset[str]().union(*(names_in(n.target) for n in loops))


@lru_cache(maxsize=256)
def unread_around(tree: ast.Module, line: int) -> list[str]:
    """Name the variables of the function around a line that nobody reads: they may have been meant somewhere."""
    function = function_around(tree, line)
    return [] if function is None else unread(function)


def ranges_of(node: ast.Subscript) -> list[ast.Slice]:
    """List the ranges of an index that have two bounds."""
    return [p for p in indices_of(node) if isinstance(p, ast.Slice) and p.lower is not None and p.upper is not None]


def uncalled(program: Source, file: str) -> dict[str, tuple[str, ...]]:
    """Name the functions that a file has and doesn't call, of those that only compute, and their arguments.

    What takes what the derivation takes, or reads data of the file, is another derivation, and no part of this one.
    """
    tree = program.trees[file]
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    codes = {name: inspect.unwrap(f).__code__ for name, f in program.harmless.items() if name not in called}
    data = {name for name, held in program.scope.items() if isinstance(held, np.ndarray) and held.ndim}
    own = {n: c for n, c in codes.items() if c.co_filename == file and data.isdisjoint(c.co_names)}
    takes = {name: code.co_varnames[: code.co_argcount] for name, code in own.items()}
    whole = inspect.unwrap(program.function)
    given = whole.__code__.co_varnames[: whole.__code__.co_argcount] if isinstance(whole, FunctionType) else ()
    return {name: args for name, args in takes.items() if len(args) == 1 or args != given}


def unread(function: ast.FunctionDef) -> list[str]:
    """Name the variables of a function that nobody reads, and its arguments."""
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    read = {n.id for n in names if isinstance(n.ctx, ast.Load)}
    given = (*(n.id for n in names), *(a.arg for a in function.args.args))
    return list(dict.fromkeys(n for n in given if n not in read and not n.startswith("_")))


def _variable(node: ast.AST) -> str | None:
    """Name the variable that a part of a function gives a value."""
    if isinstance(node, ast.arg):
        return node.arg
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else None


def seen_at(program: Source, seen: Observation, place: Place, node: ast.AST) -> Any:
    """Return what was first seen of an expression in the file of a place; None if nothing was."""
    found = program.at(node, place.file)
    return None if found is None else seen.first(found.index)


def _is_elementwise(given: Any, value: Any) -> bool:
    """Whether a function of one array looks as if it were applied to each element."""
    if isinstance(given, float) and isinstance(value, float):  # of a single number
        return True
    if not (isinstance(given, np.ndarray) and isinstance(value, np.ndarray) and value.dtype.kind in "fc"):
        return False
    return given.shape == value.shape and bool((value != value.flat[0]).any()) if value.size else False
