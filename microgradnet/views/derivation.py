"""The gradient as a person would write it: a ledger of the reverse pass, NumPy source, and LaTeX.

Everything is read from one graph of both passes, simplified, with the seed of one folded into it.
"""

from __future__ import annotations

import html
import keyword
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from microgradnet.graph import Graph, located, needed
from microgradnet.notation import LATEX, TEXT, Notation, Style, delta, html_of, titles_of
from microgradnet.passes import Passes, passes
from microgradnet.record import Node, Recorded, attach, node_of
from microgradnet.simplify import simplification
from microgradnet.text import legible, printable, shape_text
from microgradnet.trees import flatten, is_container
from microgradnet.views.source import Program, identifier
from microgradnet.views.typeset import aligned, checked_tensor

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["Derivation", "Step", "derive"]

_MOST_STEPS = 60
_LONGEST_FORMULA = 600


def derive(
    output: Tensor, wrt: Tensor | str | Iterable[Tensor | str] | None = None, names: Mapping[str, Any] | None = None
) -> Derivation:
    """Write down the gradients of one number: step by step, as NumPy source, as LaTeX.

    Parameters
    ----------
    output : Tensor
        Of one element.
    wrt : Tensor, str, or iterable or container of these, optional
        What to differentiate with respect to, leaves or results, themselves or by name; of a dict its values. The
        default is every leaf that requires gradients.
    names : mapping of str to Tensor, optional
        Names for tensors, such as ``locals()``; see `Graph.of`. What has a name gets a line of its own.

    Returns
    -------
    Derivation

    Raises
    ------
    TypeError
        If the output is no Tensor, or one of `wrt` neither a Tensor nor a name.
    ValueError
        If the output has more than one element or doesn't require gradients, or doesn't depend on one of `wrt`, or
        if a name in `wrt` is nobody's or that of several.
    RuntimeError
        If an earlier reverse pass has freed the graph.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([[1.0, 2.0]], name="x")
    >>> w = mg.tensor([[0.5], [0.25]], requires_grad=True, name="w")
    >>> loss = mg.sum(mg.square(x @ w))
    >>> loss.name = "loss"
    >>> derivation = mg.derive(loss)
    >>> print(derivation)
    ∂loss/∂w = xᵀ · (2 (x · w))   d_w = x.T @ (2 * (x @ w))   2×1   back through x · w
    >>> print(derivation.source("backprop"))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def backprop(x, w):
        \"\"\"Return the gradient of loss with respect to w.\"\"\"
        d_w = x.T @ (2 * (x @ w))  # back through x · w
        return d_w
    <BLANKLINE>
    """
    checked_tensor(output, "derive: the output")
    if wrt is None:
        return Derivation(passes(output, None, names, caller="derive"))
    graph, position = located(output, names=names)
    targets = []
    if is_container(wrt):
        inside: list[Any] = []
        flatten(wrt, inside, lambda value: value is not None, "derive: wrt")
        wrt = inside
    for k, given in enumerate(wrt if isinstance(wrt, Iterable) and not isinstance(wrt, Recorded | str) else [wrt]):
        x = _named(given, graph, position) if isinstance(given, str) else given
        checked_tensor(x, f"derive: wrt[{k}]")
        node = node_of(x)
        if not node.requires_grad or node not in position:
            name = "" if node.name is None else f" ({legible(node.name)})"
            raise ValueError(f"derive: no gradients flow from the output to wrt[{k}]{name}")
        targets.append(x)
    both = passes(output, targets, names, caller="derive")
    if len(both.gradients) < len({node_of(x) for x in targets}) or not targets:
        raise ValueError("derive: no gradients flow from the output to all of wrt")
    return Derivation(both)


def _named(name: str, graph: Graph, position: Mapping[Node, int]) -> Any:
    """Find the tensor of a name."""
    found = [(node, graph[i]) for node, i in position.items() if graph[i].name == name]
    if len(found) == 1:
        ((node, entry),) = found
        return attach(entry.value, node)
    if found:
        raise ValueError(f"derive: {len(found)} tensors are named {legible(name)!r}; give the tensor itself")
    known = ", ".join(dict.fromkeys(legible(e.name) for e in graph[:1000] if e.name is not None and e.requires_grad))
    raise ValueError(f"derive: no tensor is named {legible(name)!r}; those with gradients are: {known or 'none'}")


# --- the derivation ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One line of the reverse pass.

    Attributes
    ----------
    symbol : str
        What it computes: ``∂loss/∂weights1``, or ``δ₂``, the gradient of the loss with respect to a value that has
        no name, or ``t1``, a number on the way.
    formula : str
        The right side, in Unicode.
    latex : str
        The whole line, in LaTeX.
    code : str
        The line of NumPy code, as it stands in `Derivation.source`.
    shape : tuple of int
    value : array
    forward : str
        The forward line that it goes back through.
    origin : int or None
        The position of that line's operation in `Derivation.graph`.
    """

    symbol: str
    formula: str
    latex: str
    code: str
    shape: tuple[int, ...]
    value: Any
    forward: str
    origin: int | None


class Derivation:
    r"""The gradients of one output, as something to read. `derive` makes it; ``print`` shows its steps.

    In a notebook it shows itself as a table, its formulas as LaTeX between ``\(`` and ``\)``, which the notebook
    typesets.

    Attributes
    ----------
    graph : Graph
        Both passes, as they were recorded.
    simpler : Graph
        The same, simplified: what the steps, the source and the LaTeX are written from.
    """

    def __init__(self, both: Passes) -> None:
        self.graph: Graph = both.graph
        # The names that passes gives to gradients are made anew here.
        entries = [replace(e, name=None) if e.id >= both.seed else e for e in both.graph]
        entries[both.seed] = replace(entries[both.seed], kind="constant")
        self.simpler, position = simplification(Graph(entries, both.graph.outputs))
        forward = both.graph[: both.seed]
        self._seed = both.seed
        self.titles = titles_of(forward, both.output)
        self.position = position
        self._output = both.output
        # What a rule put in the place of an entry of the forward pass is computed in it too.
        self.computed_forward = set(needed(self.simpler.nodes, [position[e.id] for e in forward if e.id in position]))
        self.gradients = {i: position[g] for i, g in both.gradients.items()}
        self.origins = {position[e.id]: e.origin for e in both.graph[both.seed :] if e.id in position}
        # Whose gradient a position is. Of several entries that share one, the best known gives it the name.
        self.whose: dict[int, int] = {}
        ranked = sorted(both.cotangents, key=lambda i: (i not in self.gradients, i not in self.titles))
        for i in ranked:
            at = position.get(both.cotangents[i])
            if at is not None and at not in self.computed_forward:
                self.whose.setdefault(at, i)

    def __repr__(self) -> str:
        return f"<Derivation of {legible(self.titles[self._output])}: {len(self.simpler)} nodes>"

    # --- lines and their names ---------------------------------------------------------------------------

    def _program(self, loss: bool = False) -> Program:
        """Write the gradients, and the output too if wanted, as lines of code."""
        forward = (e for e in self.graph[: self._seed] if e.operation is not None and e.name is not None)
        named = {self.position[e.id] for e in forward if e.id in self.position}
        named.update(at for at, i in self.whose.items() if i in self.gradients or self.graph[i].name is not None)
        outputs = [*self.gradients.values(), *([self.position[self._output]] if loss else [])]
        return Program(
            self.simpler, outputs, named, lambda lines: {i: name for i, (name, _, _) in self._symbols(lines).items()}
        )

    def _symbols(self, lines: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Name what formulas are made of: as text for an identifier, in Unicode and in LaTeX."""
        symbols = {}
        for i, title in reversed(self.titles.items()):
            if i in self.position:
                symbols[self.position[i]] = (title, TEXT.name(title), LATEX.name(title))
        backward = [at for at in lines if at not in self.computed_forward]
        unnamed = [at for at in backward if at in self.whose and self.whose[at] not in self.titles]
        number_of = {at: len(unnamed) - k for k, at in enumerate(unnamed)}
        steps = 0
        for at in backward:
            if at in number_of:
                k = number_of[at]
                symbols[at] = (f"delta{k}", delta(k), rf"\delta_{{{k}}}")
            elif at in self.whose:
                symbols[at] = self._partial(self.whose[at])
            else:
                steps += 1
                symbols[at] = (f"t{steps}", f"t{steps}", f"t_{{{steps}}}")
        return symbols

    def _partial(self, i: int) -> tuple[str, str, str]:
        of, by = self.titles[self._output], self.titles.get(i, "v")
        text, latex = (style.partial.format(style.name(of), style.name(by)) for style in (TEXT, LATEX))
        return f"d_{by}", text, latex

    def _line_of(self, program: Program, i: int) -> str:
        """Write the forward line of an entry with the names of the program, in short: for a comment."""
        text = Notation(self.graph, lambda k: self._name_of(program, k) or None, TEXT).write(i, 3) or TEXT.rest
        name = self._name_of(program, i)
        return legible(f"{name} = {text}" if name else text, 60)

    def _name_of(self, program: Program, i: int) -> str:
        known = program.names.get(self.position.get(i, -1))
        return known or (identifier(self.titles[i]) if i in self.titles else "")

    # --- the ledger --------------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The lines of the reverse pass, in the order in which they are computed."""
        program = self._program()
        symbols = self._symbols(program.lines)
        values = self.simpler.values()
        text, latex = self._writer(program, TEXT), self._writer(program, LATEX)

        def step(symbol: tuple[str, str, str], at: int, code: str, right: tuple[str, str]) -> Step:
            origin = self.origins.get(at)
            return Step(
                symbol[1], right[0], f"{symbol[2]} = {right[1]}", code, self.simpler[at].shape or (), values[at],
                "" if origin is None else self._line_of(program, origin), origin,
            )  # fmt: skip

        steps = []
        for at in program.lines:
            if at not in self.computed_forward:
                right = (text.write(at) or TEXT.rest, latex.write(at) or LATEX.rest)
                steps.append(step(symbols[at], at, f"{program.names[at]} = {program.code(at)}", right))
        for name, at, i in self._aliases(program):
            code = f"{name} = {program.reference(at)}"
            steps.append(step(self._partial(i), at, code, (text.refer(at), latex.refer(at))))
        return tuple(steps)

    def _aliases(self, program: Program) -> list[tuple[str, int, int]]:
        """List gradients that are no line of their own, but equal something else: variable, position, entry."""
        taken = {*program.names.values(), *program.parameters}
        found = []
        for i, at in self.gradients.items():
            if self.whose.get(at) != i or at not in program.names:
                name = identifier(self._partial(i)[0], taken)
                taken.add(name)
                found.append((name, at, i))
        return found

    def _writer(self, program: Program, style: Style) -> Notation:
        symbols, k = self._symbols(program.lines), 1 if style is TEXT else 2
        names = {at: symbols[at][k] if at in symbols else style.name(n) for at, n in program.names.items()}
        return Notation(self.simpler, names.get, style)

    def __str__(self) -> str:
        """List the steps: what is computed and how, the line of NumPy code, the shape, and the forward line.

        As a table, or, where a terminal is narrower than that, as a paragraph for each step.
        """
        shown = self.steps if len(self.steps) <= _MOST_STEPS else self.steps[:_MOST_STEPS]
        rows = [
            (f"{s.symbol} = {s.formula}", s.code, shape_text(s.shape), f"back through {s.forward}" if s.forward else "")
            for s in shown
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["   ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        widest = max(map(len, lines))
        if widest > shutil.get_terminal_size((widest, 0)).columns:
            lines = [
                "\n    ".join(filter(None, [f"{step}   {shape}", code, forward])) for step, code, shape, forward in rows
            ]
        if len(shown) < len(self.steps):
            lines.append(f"⋮ {len(self.steps) - len(shown):,} more")
        return printable("\n".join(lines))

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{title}</th>" for title in ("Step", "NumPy", "Shape", "Back through"))
        rows = [
            f"<tr><td>{html_of(s.latex)}</td><td><code>{html.escape(s.code)}</code></td>"
            f"<td>{html.escape(shape_text(s.shape))}</td><td><code>{html.escape(s.forward)}</code></td></tr>"
            for s in self.steps[:_MOST_STEPS]
        ]
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"

    # --- NumPy source --------------------------------------------------------------------------------------

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the function that `source` writes, as they were recorded, by name."""
        return self._program(loss=True).parameters

    def source(self, name: str = "backprop", *, loss: bool = False) -> str:
        """Write the gradients as a function of NumPy code, that needs nothing else.

        Parameters
        ----------
        name : str
            Of the function.
        loss : bool
            Whether it returns the output too: ``(output, gradients)``, as `value_and_grad` does.

        Returns
        -------
        str
            A module with one function, after those that it calls. Its parameters are the tensors that were given,
            and arrays that are no tensors, under the user's names where these are identifiers; numbers are
            written out. It returns one gradient, or a tuple of them in the order of `wrt`. A comment beside each
            line names the forward line that it goes back through.

        Raises
        ------
        ValueError
            If the name is no identifier.
        TypeError
            If an operation has no template for NumPy code.
        """
        if not name.isidentifier() or keyword.iskeyword(name) or name == "np":
            raise ValueError(f"source: a function can't be named {legible(name)!r}; give a Python identifier")
        program = self._program(loss)
        if program.untold:
            raise TypeError(
                f"source: the operation {program.untold[0]!r} has no template for NumPy alone; declare it with source="
            )
        if name in program.helpers:
            raise ValueError(f"source: the function calls one named {name!r}; choose another name")
        aliases = self._aliases(program)
        forward, backward = [], []
        for at in program.lines:
            line = f"    {program.names[at]} = {program.code(at)}"
            if at in self.computed_forward:
                forward.append(line)
            else:
                origin = self.origins.get(at)
                backward.append(
                    line + (f"  # back through {self._line_of(program, origin)}" if origin is not None else "")
                )
        backward += [f"    {variable} = {program.reference(at)}" for variable, at, _ in aliases]
        alias = {i: variable for variable, _, i in aliases}
        results = [alias[i] if i in alias else program.names[at] for i, at in self.gradients.items()]
        returned = ", ".join(results)
        if loss:
            returned = f"{program.reference(self.position[self._output])}, " + (
                f"({returned})" if len(results) > 1 else returned
            )
        *most, last = (self._name_of(program, i) or "a value" for i in self.gradients)
        what = f"{', '.join(most)} and {last}" if most else last
        of = self._name_of(program, self._output) or "the output"
        gradients = "gradients" if len(results) > 1 else "gradient"
        summary = f"the {gradients} of {of} with respect to {what}"
        lines = [
            "import numpy as np",
            *(f"\n\n{helper}" for helper in program.helpers.values()),
            f"\n\ndef {name}({', '.join(program.parameters)}):",
            f'    """Return {of}, and {summary}."""' if loss else f'    """Return {summary}."""',
            *forward,
            *backward,
            f"    return {returned}",
        ]
        return "\n".join(lines) + "\n"

    # --- LaTeX -----------------------------------------------------------------------------------------------

    def latex(self) -> str:
        """Typeset the gradients: every step, and for each parameter the chain rule and the collected formula.

        Returns
        -------
        str
            LaTeX for mathematics mode: an ``aligned`` environment of the package amsmath.
        """
        program = self._program()
        names = self._writer(program, LATEX).names
        collected = Notation(self.simpler, lambda at: names(at) if at in self.computed_forward else None, LATEX)
        wanted = {self._partial(i)[2]: (i, at) for i, at in self.gradients.items()}
        lines: list[tuple[str, str]] = []
        for step in self.steps:
            left, _, right = step.latex.partition(" = ")
            if left not in wanted:
                lines.append((left, right))
                continue
            i, at = wanted[left]
            rights = [
                self._chain(i),
                right,
                None if at in self.computed_forward else collected.write(at, most=_LONGEST_FORMULA),
            ]
            for k, text in enumerate(dict.fromkeys(r for r in rights if r)):
                lines.append(("" if k else left, text))
        return aligned(lines)

    @cached_property
    def _consumers(self) -> list[list[int]]:
        """For each entry of the forward pass, the operations that gradients flow back from."""
        consumers: list[list[int]] = [[] for _ in range(self._seed)]
        for entry in self.graph[: self._seed]:
            if entry.requires_grad:
                for i in entry.inputs:
                    consumers[i].append(entry.id)
        return consumers

    def _chain(self, i: int) -> str | None:
        """Write ∂loss/∂x as the product of the derivatives of what lies between; None where paths branch."""
        places = [i]
        at = i
        while at != self._output:
            if len(self._consumers[at]) != 1:
                return None
            (at,) = self._consumers[at]
            if at in self.titles:
                places.append(at)
        if not 2 < len(places) <= 10:
            return None
        names = [LATEX.name(self.titles.get(k, "v")) for k in reversed(places)]
        return r" \, ".join(LATEX.partial.format(a, b) for a, b in pairwise(names))
