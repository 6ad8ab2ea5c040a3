"""An activation and its derivative as NumPy source: the derivative of the activation where that is possible.

σ′ = a(1 − a) takes the activation, and people's classes call it with that. Whether f′ is a function of f is found out:
from the derivative that was declared, and else by fitting one, piece by piece, and trying it where it wasn't fitted.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from microgradnet.graph import Graph
from microgradnet.nn.activate.declaration import as_numbers
from microgradnet.nn.activate.study.curve import Array, Curve
from microgradnet.record import Recorded, traced
from microgradnet.simplify import simplified
from microgradnet.transforms import gradients
from microgradnet.views.source import Program

__all__ = ["Written", "slope_of_activation", "slope_of_sum", "value"]

_EXACT = 1e-11


@dataclass(frozen=True)
class Written:
    """A function of one number as source.

    Attributes
    ----------
    argument : str
    lines : tuple of str
        The statements before the last.
    result : str
        The expression that is returned.
    helpers : tuple of str
        Functions that they call.
    """

    argument: str
    lines: tuple[str, ...]
    result: str
    helpers: tuple[str, ...] = ()

    def function(self, name: str) -> str:
        """Write it as a function."""
        body = "".join(f"    {line}\n" for line in (*self.lines, f"return {self.result}"))
        return f"{''.join(h + chr(10) * 3 for h in self.helpers)}def {name}({self.argument}):\n{body}"


def value(curve: Curve, argument: str) -> Written:
    """Write f.

    Raises
    ------
    ValueError
        If an operation in it isn't written with NumPy alone.
    """
    x = traced(np.array(0.5), name=argument)
    return _written(curve, curve.activation.function(x), argument)


def slope_of_sum(curve: Curve, argument: str) -> Written:
    """Write f′ as a function of what f is of."""
    z = traced(np.array(0.5), requires_grad=True, name=argument)
    of = curve.activation.derivatives.get(curve.activation.argument)
    if of is None:
        (slope,) = gradients(curve.activation.function(z), [z], create_graph=True)
        return _written(curve, slope, argument)
    return _written(curve, as_numbers(of(z, curve.activation.function(z), **curve.activation.parameters)), argument)


def slope_of_activation(curve: Curve, argument: str) -> Written | None:
    """Write f′ as a function of f; None where it is none, or none was found."""
    return _declared(curve, argument) or _fitted(curve, argument)


def _written(curve: Curve, recorded: Any, argument: str) -> Written:
    if not isinstance(recorded, Recorded):  # the same everywhere
        return Written(argument, (), f"np.full_like({argument}, {float(np.ravel(recorded)[0])!r})")
    graph = simplified(Graph.of(recorded))  # type: ignore[arg-type]
    program = Program(graph, graph.outputs, (), lambda _: {}, longest=72)
    if program.untold or set(program.parameters) - {argument}:
        what = program.untold[0] if program.untold else "an array"
        raise ValueError(f"{curve.name} isn't written with NumPy alone: {what} in it has no source")
    (output,) = graph.outputs
    lines = tuple(f"{program.names[i]} = {program.code(i)}" for i in program.lines if i != output)
    return Written(argument, lines, program.code(output), tuple(program.helpers.values()))


def _declared(curve: Curve, argument: str) -> Written | None:
    """Write the derivative that was declared, if it takes the activation only."""
    activation = curve.activation
    of = activation.derivatives.get(activation.argument)
    if of is None:
        return None
    a, z = traced(np.array(0.5), name=argument), traced(np.array(0.5), name="z")
    try:
        recorded = as_numbers(of(z, a, **activation.parameters))
        if not isinstance(recorded, Recorded):
            return None
        written = _written(curve, recorded, argument)
    except Exception:  # of the declaration, or z is in it
        return None
    return written if _holds(curve, written) else None


def _holds(curve: Curve, written: Written) -> bool:
    """Whether it is f′ at the activations along the line."""
    x = _tried(curve)
    with np.errstate(all="ignore"):
        a, wanted = curve.value(x), curve.slope(x)
        found = run(written)(a)
    return bool(np.all(np.abs(found - wanted) <= _EXACT * (1 + np.abs(wanted) + np.abs(a))))


def run(written: Written) -> Any:
    """Make the function of its source: which is this room's own, composed of a graph."""
    names: dict[str, Any] = {"np": np}
    exec(compile(ast.parse(written.function("f")), "<derivative>", "exec"), names)
    return names["f"]


def _tried(curve: Curve) -> Array:
    x = np.linspace(-8, 8, 1601) + 0.00137
    for s in curve.seams:
        x = x[np.abs(x - s.at) > 1e-6]
    return x


_BASES: tuple[tuple[Callable[[Array], list[Array]], tuple[str, ...]], ...] = (
    (lambda a: [np.ones_like(a), a, a * a], ("{}", "{} * {a}", "{} * {a} ** 2")),
    (lambda a: [np.ones_like(a), np.exp(-a)], ("{}", "{} * np.exp(-{a})")),
    (lambda a: [np.ones_like(a), np.exp(a)], ("{}", "{} * np.exp({a})")),
)
"""What f′ may be made of on a piece; the quadratics are those of the logistic equation."""


def _fitted(curve: Curve, argument: str) -> Written | None:
    """Fit f′ as a function of f on each piece between seams: pieces are told apart by f itself, which must not turn."""
    ends = [-8.0, *(s.at for s in curve.seams if abs(s.at) < 8), 8.0]
    pieces = []
    for low, high in pairwise(ends):
        x = low + (high - low) * (np.arange(200) + 0.5) / 200
        a, slope = curve.value(x), curve.slope(x)
        if not (np.isfinite(a).all() and np.isfinite(slope).all()) or (np.diff(a) < 0).any():
            return None
        terms = _terms(a, slope, argument)
        if terms is None:
            return None
        pieces.append((float(curve.value(np.array([low]))[0]), float(np.ptp(a)), terms))
    written = Written(argument, (), _pieced(argument, pieces))
    return written if _holds(curve, written) else None


def _terms(a: Array, slope: Array, argument: str) -> str | None:
    """Write slope as a sum of few terms in a."""
    for basis, texts in _BASES:
        columns = np.stack(basis(a), axis=1)
        if np.ptp(a) < 1e-12:
            columns = columns[:, :1]
        with np.errstate(all="ignore"):
            if not np.isfinite(columns).all():
                continue
            coefficients = np.linalg.lstsq(columns, slope, rcond=None)[0]
        tries: list[tuple[Array, float]] = [(np.asarray(np.round(coefficients, 10)), 1e-14), (coefficients, _EXACT)]
        for c, near in tries:
            if np.max(np.abs(columns @ c - slope)) <= near * (1 + np.max(np.abs(a))):
                return _sum(c, texts, argument)
    return None


def _sum(coefficients: Array, texts: tuple[str, ...], argument: str) -> str:
    parts: list[str] = []
    for c, text in zip(map(float, coefficients), texts, strict=False):
        if abs(c) < 1e-13:
            continue
        number = f"{abs(c):.15g}"
        term = text.format(number, a=argument)
        term = term.removeprefix("1 * ") if number == "1" else term
        sign = ("-" if c < 0 else "") if not parts else (" - " if c < 0 else " + ")
        parts.append(sign + term)
    return "".join(parts) or "0"


def _pieced(argument: str, pieces: list[tuple[float, float, str]]) -> str:
    """Write which piece holds where: above the value at its left end, or from there on if it is flat."""
    result = pieces[0][2]
    for at, extent, terms in pieces[1:]:
        if terms != result:
            border, above = (f"{at:.15g}" if at else "0"), ">" if extent else ">="
            result = f"np.where({argument} {above} {border}, {terms}, {result})"
    if argument not in result:  # a number: it takes the shape of a
        result = f"np.full_like({argument}, {result})"
    return result
