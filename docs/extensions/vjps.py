"""``{vjps} elementwise``: what the operations of a room compute, and their VJPs, as mathematics.

All of it is read from the declarations. An operation is called as in the tests' table of cases, on inputs that have its
parameters' names, and its VJPs with a cotangent; what they record is simplified and typeset. No formula stands here.

``{vjps} constant`` is the table of the operations without a VJP; ``{vjps} composed`` lists the public functions that
are made of others.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import microgradnet as mg
from microgradnet.graph import Graph
from microgradnet.notation import LATEX, Notation
from microgradnet.record import Primitive, Recorded, numpy_functions, primitives, traced
from microgradnet.simplify import simplified
from microgradnet.text import shape_text
from microgradnet.views.source import Program
from tests.ops.cases import CASES, CONSTANTS

ALONE, SHARING = 120, 160
"""Characters of LaTeX that make a readable formula: on its own, and beside lines for what formulas share."""

ANCHOR = "formula-"
"""Before the name of an operation, the anchor of its row."""

MOST_LINES = 6
"""What takes more is shown as NumPy code."""

ELEMENTWISE = tuple(f"microgradnet.ops.{r}" for r in ("elementwise", "pieces", "special", "entropies", "scientific"))
"""Rooms of what is computed number by number, where shapes tell nothing."""


# --- how an operation is called --------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """A primitive as a case calls it: the values of its inputs, and its static arguments."""

    values: tuple[Any, ...]
    static: dict[str, Any]

    def plainness(self, operation: Primitive) -> tuple[Any, ...]:
        """Rank calls: nothing empty, real numbers, defaults, and matrices that are neither a row nor a column."""
        shapes = [np.shape(v) for v in self.values]
        lengths = sum(shapes, ())
        return (
            0 not in lengths,
            all(np.asarray(v).dtype.kind == "f" for v in self.values),
            operation.arity is not None or len(self.values) == 2,
            sum(repr(self.static[k]) == repr(d) for k, d in operation.defaults.items() if set(repr(d)) - set("(), ")),
            operation.module not in ELEMENTWISE or len(set(shapes)) == 1,
            -abs(max(map(len, shapes)) - 2),
            1 not in lengths,
            len(set(lengths)),
            -len(repr(self.static)),
        )


def recorded(function: Callable[..., Any], *arrays: Any) -> Iterator[tuple[Primitive, Call]]:
    """Find which primitives a function calls, and how."""
    output = function(*[traced(a[()], requires_grad=a.dtype.kind == "f") for a in arrays])
    if isinstance(output, Recorded):
        graph = Graph.of(output)
        values = graph.values()
        for entry in graph:
            if entry.operation is not None:
                yield entry.operation, Call(tuple(values[i] for i in entry.inputs), dict(entry.static))


@cache
def calls() -> dict[str, Call]:
    """Find the plainest call of each primitive among the cases."""
    square = np.array([[0.25, -1.5], [2.0, 0.55]])
    every = [recorded(case.recorded, *case.arguments()) for case in CASES]
    every += [recorded(lambda x, f=f: f(mg, x), square) for name, f in CONSTANTS.items() if name in primitives]
    best: dict[str, Call] = {}
    for found in every:
        for operation, call in found:
            known = best.get(operation.name)
            if known is None or call.plainness(operation) > known.plainness(operation):
                best[operation.name] = call
    return best


def names_of(operation: Primitive, count: int) -> list[str]:
    """Name the inputs as the declaration does; x1, x2 where it takes any number of them."""
    names: list[str] = []
    for parameter in operation.signature.parameters.values():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            names += [f"x{i}" for i in range(1, count - len(names) + 1)]
        elif len(names) < count:
            names.append(parameter.name)
    return names


def called(operation: Primitive) -> tuple[list[Any], dict[str, Any]]:
    """Make named inputs for an operation, and its static arguments."""
    call = calls()[operation.name]
    values = [np.asarray(v) for v in call.values]
    names = names_of(operation, len(values))
    return [
        traced(v[()], requires_grad=v.dtype.kind == "f", name=n) for v, n in zip(values, names, strict=True)
    ], call.static


# --- as mathematics, or as code --------------------------------------------------------------------------


def value_of(operation: Primitive) -> tuple[str, str]:
    """Write what an operation computes, as LaTeX and as NumPy code."""
    inputs, static = called(operation)
    graph = Graph.of(operation.apply(*inputs, **static))
    (end,) = graph.outputs
    given = {entry.id: entry.name for entry in graph if entry.operation is None and entry.name}
    program = Program(graph, [end], (), lambda _: given, longest=1000)
    return formula(graph, {i: LATEX.name(n) for i, n in given.items()}, end, "y"), program.code(end)


def vjps_of(operation: Primitive) -> tuple[list[str], list[str]]:
    """Write the VJPs of an operation, as lines of LaTeX, none where they are long, and as lines of NumPy code.

    They are called with the output as a tensor that was given, so that it stands in them under its name.
    """
    inputs, static = called(operation)
    taken = {x._node.name for x in inputs}
    output = operation.apply(*inputs, **static)._value
    y = traced(output, name="z" if "y" in taken else "y")
    g = traced(output, name="u" if "g" in taken else "g")  # of a basis that is a choice, there is no other
    found = {
        x._node.name: vjp(g, y, *inputs, **static)
        for vjp, x in zip(operation.vjps, inputs, strict=False)
        if vjp is not None and x.requires_grad
    }
    return lines_of(found, barred)


def lines_of(found: dict[str, Any], named: Callable[[str], str]) -> tuple[list[str], list[str]]:
    """Write what was recorded: each result under the LaTeX that `named` makes of its name, and as NumPy code."""
    graph = simplified(Graph.of(*found.values()))
    given = {entry.id: entry.name for entry in graph if entry.operation is None and entry.name}
    # Whatever is laid out in rows, cases say, has a line of its own.
    tall = {e.id for e in graph if e.operation and r"\begin" in str(e.operation.latex)} - set(graph.outputs)
    program = Program(graph, graph.outputs, tall, lambda _: given, longest=1000)
    shared = [i for i in program.lines if i not in graph.outputs]
    results = dict(zip(found, graph.outputs, strict=True))
    leaves = {i: LATEX.name(name) for i, name in given.items()}
    short = Program(graph, graph.outputs, (), lambda _: given)
    code = [f"{short.names[i]} = {short.code(i)}" for i in short.lines if i not in graph.outputs]
    code += [f"{name}_bar = {short.code(i)}" for name, i in results.items()]
    alone = [formula(graph, leaves, i, named(name)) for name, i in results.items()]
    if not tall and all(len(line) <= ALONE for line in alone):
        return alone, code
    known = leaves | {i: LATEX.name(program.names[i]) for i in shared}
    lines = [formula(graph, known, i, known[i]) for i in shared]
    lines += [formula(graph, known, i, named(name)) for name, i in results.items()]
    fits = len(lines) <= MOST_LINES and all(len(line) <= SHARING for line in lines)
    return lines if fits else [], code


def formula(graph: Graph, known: dict[int, str], i: int, name: str) -> str:
    """Typeset an entry after its name; a relation, which is a yes or no, in parentheses."""
    if graph[i].operation is None:
        return f"{name} = {Notation(graph, known.get, LATEX).refer(i)}"
    right = Notation(graph, lambda k: None if k == i else known.get(k), LATEX).write(i, most=10**6) or ""
    told = graph[i] if graph[i].operation.name != "astype" else graph[graph[i].inputs[0]]
    relation = told.dtype == np.bool_ and not right.startswith(r"\operatorname")
    return f"{name} = \\left({right}\\right)" if relation else f"{name} = {right}"


def barred(name: str) -> str:
    """Typeset the gradient that flows back into an input."""
    letter, line, index = LATEX.name(name).partition("_{")
    return rf"\bar{{{letter}}}{line}{index}" if len(letter) == 1 else rf"\overline{{{letter}{line}{index}}}"


# --- for a page ------------------------------------------------------------------------------------------


def public_name(operation: Primitive) -> str | None:
    """Find the name under which users call an operation; None where only other operations do."""
    for room, prefix in ((mg, ""), (mg.linalg, "linalg.")):
        names = room.ops.__all__ if room is mg else room.__all__
        if operation.name in names:
            return f"{prefix}{operation.name}"
    return None


def mirrored(name: str) -> list[str]:
    """Name the NumPy functions that find a public operation when they are given a tensor."""
    function = mg
    for part in name.split("."):
        function = getattr(function, part)
    found = [f for f, operation in numpy_functions.items() if operation is function]
    return [f"np.{'' if getattr(np, f.__name__, None) is f else 'linalg.'}{f.__name__}" for f in found]


def row(operation: Primitive) -> Iterator[list[str]]:
    """Write the cells of an operation, each as paragraphs."""
    name = public_name(operation)
    anchor = f'<span id="{ANCHOR}{name}"></span>'
    first = [f"{anchor}{{py:func}}`~microgradnet.{name}`" if name else f"`{operation.name}` (inner)"]
    first += [f"`{f}`" for f in (mirrored(name) if name else [])]
    latex, code = value_of(operation)
    call = calls()[operation.name]
    second = [f"${latex}$", f"`{code}`"]
    if operation.module not in ELEMENTWISE:
        names = names_of(operation, len(call.values))
        shapes = [f"{n}: {shape_text(np.shape(v))}" for n, v in zip(names, call.values, strict=True)]
        second.append(", ".join(shapes))
    yield first
    yield second
    if operation.differentiable:
        lines, code_lines = vjps_of(operation)
        yield [f"${line}$" for line in lines] or ["```python\n" + "\n".join(code_lines) + "\n```"]


def table(operations: list[Primitive], titles: list[str]) -> str:
    """Write the table of some operations, in Markdown."""
    lines = ["```````{list-table}", ":header-rows: 1", ":class: operations", "", *bulleted([[t] for t in titles])]
    for operation in operations:
        lines += bulleted(list(row(operation)))
    return "\n".join([*lines, "```````"])


def bulleted(cells: list[list[str]]) -> Iterator[str]:
    """Write a row of a list-table."""
    for k, paragraphs in enumerate(cells):
        text = "\n\n".join(paragraphs).splitlines()
        yield f"{'*' if k == 0 else ' '} - {text[0]}"
        yield from (f"    {line}" if line else "" for line in text[1:])


def refer(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
    """Let the documentation of an operation end with a link to its row."""
    public = name.removeprefix("microgradnet.")
    if any(public == public_name(p) for p in primitives.values()):
        lines += ["", f"`As a formula, with its derivatives <vjps.html#{ANCHOR}{public}>`__", ""]


class Vjps(SphinxDirective):
    """Make one of the tables, or the list."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the table as Markdown, and have it read."""
        room = self.arguments[0]
        ours = [p for p in primitives.values() if p.module.startswith(("microgradnet.ops", "microgradnet.record"))]
        if room == "constant":
            text = table([p for p in ours if not p.differentiable and public_name(p)], ["Operation", "Value"])
        elif room == "composed":
            names = [n for n in mg.ops.__all__ if n not in primitives and n != "linalg"]
            others = (n for n in mg.linalg.__all__ if n not in {*primitives, *names} and n.islower())
            names += [f"linalg.{n}" for n in others]
            text = ", ".join(f"{{py:func}}`~microgradnet.{n}`" for n in names) + "."
        else:
            chosen = [p for p in ours if p.differentiable and p.module == f"microgradnet.ops.{room}"]
            text = table(chosen, ["Operation", "Value", "VJPs"])
        where, _ = self.get_source_info()
        node = nodes.container()
        self.state.nested_parse(StringList(text.splitlines(), where), self.content_offset, node)
        return node.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("vjps", Vjps)
    app.connect("autodoc-process-docstring", refer, priority=900)  # after numpydoc
    return {"parallel_read_safe": True, "parallel_write_safe": True}
