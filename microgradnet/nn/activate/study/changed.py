"""An activation put into somebody's own class: the lines to change, as a diff, and the changed class compared.

The class stays as it is, and so does its file. Its activation and derivative are found by what they compute: a function
of one number, and another that is its derivative, given the activation or given the sum.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import linecache
import runpy
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from microgradnet.check import GradientReport, compare_network
from microgradnet.leaving import LostGradient
from microgradnet.nn.activate.study.curve import Array, Curve
from microgradnet.nn.activate.study.formula import Written, slope_of_activation, slope_of_sum, value

__all__ = ["ChangedNetwork", "changed"]

_X = np.linspace(-3.0, 3.0, 14) + 0.0137


@dataclass(frozen=True)
class ChangedNetwork:
    """A class of somebody's with another activation in it.

    Attributes
    ----------
    name : str
        Of the class.
    activation : str
    function, derivative : str
        What the functions are called that were changed.
    given : {"activation", "sum"}
        What the derivative takes.
    source : str
        The whole file, changed.
    patch : str
        The change, as a unified diff.
    report : GradientReport
        The changed class's gradients by hand beside the automatic ones.
    """

    name: str
    activation: str
    function: str
    derivative: str
    given: str
    source: str
    patch: str
    report: GradientReport

    def __str__(self) -> str:
        what = "activation" if self.given == "activation" else "sum, before the activation"
        return (
            f"{self.name} with {self.activation}: {self.function} and {self.derivative}, which takes the {what}.\n"
            f"{self.patch}\n{self.report}"
        )

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class _Pair:
    """The activation and the derivative of a class, by their names; and whether that takes the activation."""

    function: str
    derivative: str
    of_activation: bool


def changed(curve: Curve, network: Any, *data: Any) -> ChangedNetwork:
    """Put an activation into a class, and compare.

    Parameters
    ----------
    curve : Curve
    network : class, object or str
        A class, a network, or a file with one class in it, ``"network.py"``, or ``"network.py:NAME"``: the file is run.
    *data : array_like
        As for `compare_network`: what the class's constructor takes, if it needs more than x and y.

    Raises
    ------
    TypeError
        If there is no source to be had.
    ValueError
        If no activation and derivative are found in it, or the change can't be written. The message says why.
    """
    name, path, text, names = _read(network)
    tree = ast.parse(text)
    pair = _pair(tree, names, name)
    argument = _argument(tree, pair.derivative)
    slope = slope_of_activation(curve, argument) if pair.of_activation else slope_of_sum(curve, argument)
    edits: list[tuple[int, int, list[str]]] = []
    given = "activation" if pair.of_activation else "sum"
    if slope is None:
        slope, given = slope_of_sum(curve, argument), "sum"
        edits += _calls_with_the_sum(tree, text, pair)
    edits.append(_body(tree, text, pair.function, value(curve, _argument(tree, pair.function)), names))
    edits.append(_body(tree, text, pair.derivative, slope, names))
    lines = text.splitlines(keepends=True)
    for first, last, new in sorted(edits, reverse=True):
        lines[first:last] = new
    source = "".join(lines)
    diff = difflib.unified_diff(text.splitlines(keepends=True), lines, f"a/{path.name}", f"b/{path.name}", n=1)
    report = _compared(_run(source, path, name), data)
    return ChangedNetwork(name, curve.name, pair.function, pair.derivative, given, source, "".join(diff), report)


def _compared(network: Any, data: tuple[Any, ...]) -> GradientReport:
    """Compare with automatic gradients, or where a function of SciPy's or math's is in it with differences."""
    try:
        return compare_network(network, *data)
    except LostGradient:
        return compare_network(network, *data, automatic="numerical")


# --- what is there ---------------------------------------------------------------------------------------


def _read(network: Any) -> tuple[str, Path, str, dict[str, Any]]:
    """Return the name of the class, its file, the file's text, and the names in it."""
    if isinstance(network, str | Path):
        file, _, name = str(network).partition(":") if ".py:" in str(network) else (str(network), "", "")
        path = Path(file)
        text = path.read_text(encoding="utf-8")
        names = runpy.run_path(str(path), run_name="__microgradnet__")
        own = [n for n, v in names.items() if isinstance(v, type) and v.__module__ == "__microgradnet__"]
        if not name and len(own) != 1:
            raise ValueError(f"{path.name}: say which class, {path.name}:NAME; there are {own or 'none'}")
        if name and name not in own:
            raise ValueError(f"{path.name} has no class {name!r}; there are {own or 'none'}")
        return name or own[0], path, text, names
    cls = network if isinstance(network, type) else type(network)
    try:
        own_file = Path(inspect.getsourcefile(cls) or "network.py")
        text = "".join(inspect.getsourcelines(inspect.getmodule(cls) or cls)[0])
    except (OSError, TypeError) as error:
        name = cls.__name__
        raise TypeError(f"the source of {name} can't be had: give the file, 'network.py:{name}'") from error
    return cls.__name__, own_file, text, vars(inspect.getmodule(cls))


def _pair(tree: ast.Module, names: dict[str, Any], of: str) -> _Pair:
    """Find the function that is the activation, and the one that is its derivative."""
    found = dict(_functions(tree, names, of))
    values = {name: y for name, f in found.items() if (y := _at(f, _X)) is not None}
    for name, y in values.items():
        h = 1e-5
        ends = [_at(found[name], _X + s * h) for s in (-1, 1)]
        if ends[0] is None or ends[1] is None or np.allclose(y, _X):
            continue
        slope = (ends[1] - ends[0]) / (2 * h)
        for other in found:
            for z, of_activation in ((y, True), (_X, False)):
                tried = _at(found[other], z)
                if other != name and tried is not None and np.allclose(tried, slope, rtol=1e-6, atol=1e-8):
                    return _Pair(name, other, of_activation)
    raise ValueError(
        f"no activation and derivative were found around {of}: two functions of one number, and one is the derivative "
        f"of the other, given its value or given the sum; there are {list(found) or 'no functions of one number'}"
    )


def _functions(tree: ast.Module, names: dict[str, Any], of: str) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Yield the functions of one number in the file and in the class, by name."""
    bodies = [tree.body, *(c.body for c in tree.body if isinstance(c, ast.ClassDef) and c.name == of)]
    for node in (n for body in bodies for n in body if isinstance(n, ast.FunctionDef)):
        arguments = [a.arg for a in node.args.args]
        function = names.get(node.name)
        if arguments[:1] == ["self"]:
            method = getattr(names.get(of), node.name, None)
            if len(arguments) == 2 and callable(method):
                yield node.name, partial(method, None)
        elif len(arguments) - len(node.args.defaults) == 1:
            function = function if callable(function) else getattr(names.get(of), node.name, None)
            if callable(function):
                yield node.name, function


def _at(f: Callable[[Any], Any], x: Array) -> Array | None:
    try:
        with np.errstate(all="ignore"):
            y = np.asarray(f(x.copy()), float)
    except Exception:  # it is somebody's, and of something else
        return None
    return y if y.shape == x.shape and np.isfinite(y).all() else None


def _definition(tree: ast.Module, name: str) -> ast.FunctionDef:
    return next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name)


def _argument(tree: ast.Module, name: str) -> str:
    arguments = [a.arg for a in _definition(tree, name).args.args if a.arg not in ("self", "cls")]
    return arguments[0]


# --- what is written -------------------------------------------------------------------------------------


def _body(
    tree: ast.Module, text: str, name: str, written: Written, names: dict[str, Any]
) -> tuple[int, int, list[str]]:
    """Return which lines of a function's body are exchanged, and for what; a docstring and comments above stay."""
    node = _definition(tree, name)
    statements = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    numpy = next((k for k, v in names.items() if v is np), None)
    if numpy is None:
        raise ValueError(f"{name} would be written with NumPy, which the file doesn't import: import numpy as np")
    first, last = statements[0].lineno - 1, node.body[-1].end_lineno or node.lineno
    indent = " " * (statements[0].col_offset if statements[0].lineno > node.lineno else node.col_offset + 4)
    helpers = [line for helper in written.helpers for line in [*helper.splitlines(), ""]]
    lines = [indent + line if line else "" for line in (*helpers, *written.lines, f"return {written.result}")]
    if statements[0].lineno == node.lineno:  # def f(x): return ...
        head = text.splitlines()[node.lineno - 1][: statements[0].col_offset].rstrip()
        first, lines = node.lineno - 1, [head, *lines]
    return first, last, [_renamed(line, numpy) + "\n" for line in lines]


def _renamed(line: str, numpy: str) -> str:
    return line if numpy == "np" else line.replace("np.", f"{numpy}.")


def _calls_with_the_sum(tree: ast.Module, text: str, pair: _Pair) -> list[tuple[int, int, list[str]]]:
    """Give each call of the derivative what the activation was computed from, where its own argument was assigned."""
    sums: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value) == pair.function:
            for target in node.targets:
                sums[ast.unparse(target)] = ast.unparse(node.value.args[0])
    lines = text.splitlines(keepends=True)
    edits: dict[int, str] = {}
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and _called(n) == pair.derivative]
    for call in sorted(calls, key=lambda c: -c.col_offset):
        argument = call.args[0]
        said = ast.unparse(argument)
        if said not in sums or argument.lineno != argument.end_lineno:
            raise ValueError(
                f"the derivative takes the sum, and where {pair.derivative}({said}) is called the sum isn't known: "
                f"there is no {said} = {pair.function}(...)"
            )
        i = argument.lineno - 1
        line = edits.get(i, lines[i]).encode()
        edits[i] = (line[: argument.col_offset] + sums[said].encode() + line[argument.end_col_offset :]).decode()
    return [(i, i + 1, [line]) for i, line in edits.items()]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _run(source: str, path: Path, name: str) -> Any:
    """Run the changed file under a name of its own, by which its lines are found, and return the class."""
    file = f"<{path.stem} with another activation>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    module = types.ModuleType("__microgradnet__")
    module.__file__ = file
    exec(compile(source, file, "exec"), module.__dict__)
    return getattr(module, name)
