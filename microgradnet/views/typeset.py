"""What a tensor was computed from, as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from microgradnet.graph import Graph
from microgradnet.notation import LATEX, Notation, titles_of
from microgradnet.record import Recorded
from microgradnet.simplify import simplified
from microgradnet.text import legible
from microgradnet.views.source import Program

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["aligned", "checked_tensor", "latex"]

_LONGEST = 150
"""Characters of NumPy code up to which an expression is one formula."""


def latex(expression: Tensor, names: Mapping[str, Any] | None = None) -> str:
    r"""Typeset what a tensor was computed from.

    Parameters
    ----------
    expression : Tensor
    names : mapping of str to Tensor, optional
        Names for tensors, such as ``locals()``; see `Graph.of`.

    Returns
    -------
    str
        LaTeX for mathematics mode. What is used more than once, or is long, is defined in lines before, in an
        ``aligned`` environment of the package amsmath.

    Raises
    ------
    TypeError
        If the expression is no Tensor.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x, w = (mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in "xw")
    >>> print(mg.latex(mg.sum((x - mg.sigmoid(w)) ** 2)))
    \sum {\left(x - \sigma(w)\right)}^{2}
    """
    checked_tensor(expression, "latex: the expression")
    graph = simplified(Graph.of(expression, names=names))
    (end,) = graph.outputs
    titles = titles_of(graph.nodes, end)
    program = Program(graph, graph.outputs, (), lambda _: titles, longest=_LONGEST)
    shown = {i: LATEX.name(titles.get(i) or n) for i, n in program.names.items()}
    writer = Notation(graph, shown.get, LATEX)
    if graph[end].operation is None:
        return writer.refer(end)
    if graph[end].name is not None:
        shown[end] = LATEX.name(titles[end])
    lines = [(shown.get(i, ""), writer.write(i) or LATEX.rest) for i in (*program.lines, end)]
    return aligned(dict.fromkeys(lines)) if len(program.lines) > (end in program.lines) else lines[-1][1]


def aligned(lines: Iterable[tuple[str, str]]) -> str:
    r"""Write lines in an ``aligned`` environment, their left and right sides at an ``&``."""
    body = " \\\\\n".join(f"{left} &= {right}".lstrip() for left, right in lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def checked_tensor(given: Any, what: str) -> None:
    """Raise TypeError if this is no Tensor."""
    if not isinstance(given, Recorded):
        raise TypeError(f"{what} must be a Tensor, got {type(given).__name__}: {legible(repr(given), 60)}")
