"""An activation and its derivative as LaTeX, from its declaration: as a textbook writes them.

What a function does for the sake of its numbers is left out where it changes nothing: bounds far out, what holds at
infinity alone, and a series where the plain formula has the same values but for rounding.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from microgradnet.graph import located
from microgradnet.nn.activate.declaration import Activation, as_numbers
from microgradnet.nn.activate.export.formulas import expanded, formula
from microgradnet.notation import LATEX, Notation
from microgradnet.record import Recorded, node_of, traced, value_of
from microgradnet.transforms import gradients
from microgradnet.views.source import Program
from microgradnet.views.typeset import aligned

__all__ = ["typeset"]

_LONGEST = 200

_GUARD = 100.0
"""A bound as large as this keeps exponentials from overflowing."""

_LINE = np.concatenate([np.linspace(-30, 30, 601), [-1000.0, -200.0, 200.0, 1000.0]])
_MATRICES = ((24, 12), (36, 24), (60, 84))
"""Of m rows and n columns: a number of a formula that is the same part of m, or of n, in all of them, is that part."""

_LETTERS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
_GREEK = frozenset(_LETTERS.split())


def _number(value: Any) -> str:
    """Write a number with all its digits, or as a fraction."""
    if isinstance(value, bool | np.bool_) or not np.isfinite(value) or float(value).is_integer():
        return LATEX.number(value)
    value = float(value)
    if len(repr(value)) <= 8:
        mantissa, e, exponent = repr(value).partition("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa
    near = Fraction(value).limit_denominator(64)
    if float(near) == value:
        return rf"{'-' * (value < 0)}\frac{{{abs(near.numerator)}}}{{{near.denominator}}}"
    mantissa, e, exponent = repr(value).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


def _name(text: str) -> str:
    return f"\\{text}" if text in _GREEK else LATEX.name(text)


_STYLE = dataclasses.replace(LATEX, number=_number, name=_name)


def typeset(name: str, declared: Activation, static: Mapping[str, Any]) -> str:
    r"""Write f and f′ as LaTeX, in an ``aligned`` environment.

    In f′ the value is f(x). For what works along an axis it is the vector-Jacobian product: g is the gradient of f(x),
    and \bar{x} that of x; where the formulas depend on its shape, x has m rows and n columns.

    Raises
    ------
    ValueError
        If they depend on it in another way than by parts of m and n.
    """
    if declared.elementwise:
        text = _typeset(declared, _LINE, static)
        return text.replace(r" \odot ", r" \, ")  # of numbers
    texts = [_typeset(declared, np.sin(np.arange(float(np.prod(s)))).reshape(s) * 3, static) for s in _MATRICES]
    if len(set(texts)) == 1:
        return texts[0]
    letters = _of_any_shape(texts)
    if letters is None:
        raise ValueError(f"export_activation: how what {name!r} computes depends on the shape of x isn't known")
    shape = rf"{_name(declared.argument)} &\in \mathbb{{R}}^{{m \times n}} \\"
    return letters.replace("\n", f"\n{shape}\n", 1)


def _of_any_shape(texts: Sequence[str]) -> str | None:
    """Write m and n for the numbers of rows and columns, of formulas that differ in nothing else."""
    parts = [re.split(r"(\d+)", text) for text in texts]
    if len({len(p) for p in parts}) > 1:
        return None
    found = [_in_letters(each) for each in zip(*parts, strict=True)]
    return None if None in found else "".join(found)  # type: ignore[arg-type]


def _in_letters(same: Sequence[str]) -> str | None:
    """Write what stands in the same place of all formulas: itself, or a part of m or n."""
    if len(set(same)) == 1:
        return same[0]
    if all(number.isdecimal() and int(number) for number in same):
        for letter, lengths in zip("mn", zip(*_MATRICES, strict=True), strict=True):
            ratios = {divmod(n, int(number)) for n, number in zip(lengths, same, strict=True)}
            if len(ratios) == 1 and not (ratio := ratios.pop())[1]:
                return letter if ratio[0] == 1 else f"{letter}/{ratio[0]}"
    return None


def _typeset(declared: Activation, x: Any, static: Mapping[str, Any]) -> str:
    with np.errstate(all="ignore"):
        leaf = traced(x, requires_grad=True, name=declared.argument)
        learned = {
            k: traced(np.full(x.shape, float(declared.parameters[k])), requires_grad=True, name=k)
            for k in declared.learnable
        }
        y = declared.function(leaf, **learned, **static)
        a = traced(value_of(y), name="f")
        g = traced(np.ones(y.shape), name="g")
        found = _derivatives(declared, [leaf, *learned.values()], y, a, g, static)
        of_x = _name(declared.argument)
        if not declared.elementwise:
            titles = [rf"\bar{{{of_x}}}"]
        elif learned:
            titles = [rf"\frac{{\partial f}}{{\partial {_name(k)}}}" for k in (declared.argument, *learned)]
        else:
            titles = [f"f'({of_x})"]
        inputs = [leaf, a, g, *learned.values()]
        value = f"f({of_x})"
        if declared.latex is None or "{" in declared.latex.replace("{{", "").replace("{0}", ""):
            return aligned(_lines([y, *found], [value, *titles], inputs, {"f": value}))
        lines = _lines(found, titles, inputs, {"f": value})
        return aligned([(value, declared.latex.format(of_x)), *lines])


def _derivatives(
    declared: Activation, leaves: Sequence[Any], y: Any, a: Any, g: Any, static: Mapping[str, Any]
) -> list[Any]:
    """Record the derivatives: those by hand of x and the value a, the automatic ones of x."""
    given = (leaves[0], a) if declared.elementwise else (g, leaves[0], a)
    if declared.derivatives:
        learned = dict(zip(declared.learnable, leaves[1:], strict=True))
        return [as_numbers(d(*given, **learned, **static)) for d in declared.derivatives.values()]
    seed = np.ones(y.shape) if declared.elementwise else g
    found: list[Any] = gradients(y, list(leaves), seed=seed, create_graph=True)
    return found


def _lines(
    results: Sequence[Any], titles: Sequence[str], inputs: Sequence[Any], shown: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Write results under their titles, after lines for what they share, and for what is laid out in rows."""
    kept = _operations(results[:1]) if len(results) > len(titles) - 1 and titles[0].startswith("f(") else set()
    plain = [_as_in_a_textbook(r, inputs) for r in expanded(results, inputs, kept)]
    found = formula(plain, inputs, kept)
    if found.graph is None:
        return [(title, _number(r)) for title, r in zip(titles, found.results, strict=True)]
    graph = found.graph
    tall = {e.id for e in graph if e.operation and r"\begin" in str(e.operation.latex)} - set(graph.outputs)
    program = Program(graph, graph.outputs, tall, lambda _: {}, longest=_LONGEST)
    names = {i: shown.get(n) or _name(n) for i, n in program.names.items()}
    ends = {p for p in found.results if isinstance(p, int)}
    wanted = [(names[i], i) for i in program.lines if i not in ends]
    wanted += [(title, place) for title, place in zip(titles, found.results, strict=True)]
    return [(title, _written(graph, names, place)) for title, place in wanted]


def _written(graph: Any, names: Mapping[int, str], place: int | float) -> str:
    if isinstance(place, float):
        return _number(place)
    if graph[place].operation is None:
        return Notation(graph, names.get, _STYLE).refer(place)
    notation = Notation(graph, lambda k: None if k == place else names.get(k), _STYLE)
    text = notation.write(place, most=10**6) or LATEX.rest
    return rf"\left({text}\right)" if graph[place].dtype == bool else text  # v = (x = 0)


def _operations(results: Sequence[Any]) -> set[str]:
    """Name the operations that some results were computed with."""
    recorded = [r for r in results if isinstance(r, Recorded)]
    return {e.operation.name for e in located(*recorded)[0] if e.operation is not None} if recorded else set()


def _as_in_a_textbook(result: Any, inputs: Sequence[Any]) -> Any:
    """Record a result anew without what is there for the sake of numbers, as long as the values stay the same."""
    for leave_out in (_bounds, _infinities, _series):
        if not isinstance(result, Recorded):
            return result
        plainer = leave_out(result, inputs)
        if _same(plainer, result):
            result = plainer
    return result


def _same(plainer: Any, result: Any) -> bool:
    found, values = (np.asarray(value_of(r), np.float64) for r in (plainer, result))
    size = float(np.max(np.abs(values[np.abs(_of_size(values)) <= 30]), initial=0.0))
    return bool(np.allclose(found, values, rtol=1e-9, atol=1e-12 * size))


def _of_size(values: Any) -> Any:
    """Return the numbers x that belong to values on the line; of rows, zeros."""
    return _LINE if values.shape == _LINE.shape else np.zeros(values.shape)


def _again(result: Any, inputs: Sequence[Any], instead: Any) -> Any:
    """Record a result anew, with ``instead(entry, inputs)`` in place of an operation, unless that is None."""
    graph, position = located(result)
    leaf_at = {position[node_of(leaf)]: leaf for leaf in inputs if node_of(leaf) in position}
    again: list[Any] = []
    for entry in graph:
        given = [again[i] for i in entry.inputs]
        if entry.operation is None:
            again.append(leaf_at.get(entry.id, entry.value))
            continue
        other = instead(entry, given)
        again.append(entry.operation.apply(*given, **entry.static) if other is None else other)
    return again[graph.outputs[0]]


def _bounds(result: Any, inputs: Sequence[Any]) -> Any:
    def instead(entry: Any, given: Sequence[Any]) -> Any:
        far = all(not isinstance(b, Recorded) and bool(np.all(np.abs(b) >= _GUARD)) for b in given[1:])
        return given[0] if entry.operation.name in ("clip", "maximum", "minimum") and far else None

    return _again(result, inputs, instead)


def _infinities(result: Any, inputs: Sequence[Any]) -> Any:
    def instead(entry: Any, given: Sequence[Any]) -> Any:
        name = entry.operation.name
        if name == "isinf" or (name == "equal" and not isinstance(given[1], Recorded) and np.all(np.isinf(given[1]))):
            return False
        if name == "where" and given[0] is False:
            return given[2]
        if name in ("bitwise_or", "logical_or") and False in [g for g in given if not isinstance(g, Recorded)]:
            return next((g for g in given if g is not False), False)
        return None

    return _again(result, inputs, instead)


def _series(result: Any, inputs: Sequence[Any]) -> Any:
    """Take one of two formulas for both where it has the same values: mostly the other is a series."""

    def instead(entry: Any, given: Sequence[Any]) -> Any:
        if entry.operation.name != "where":
            return None
        whole = entry.operation.apply(*given)
        return next((one for one in given[:0:-1] if isinstance(one, Recorded) and _same(one, whole)), None)

    return _again(result, inputs, instead)
