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
from typing import TYPE_CHECKING, Any, Literal

from microgradnet.graph import Entry, Graph, located, needed
from microgradnet.notation import (
    LATEX,
    TEXT,
    Notation,
    Style,
    differential,
    free_letter,
    html_of,
    numbered,
    titles_of,
)
from microgradnet.passes import Passes, passes, tangents
from microgradnet.record import Node, Recorded, attach, node_of
from microgradnet.simplify import simplification
from microgradnet.text import GREEK, legible, printable, shape_text
from microgradnet.trees import flatten, is_container
from microgradnet.views.source import Program, identifier
from microgradnet.views.typeset import aligned, checked_tensor

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["Derivation", "Step", "TangentDerivation", "derive"]

_MOST_STEPS = 60
_LONGEST_FORMULA = 600


def derive(
    output: Tensor,
    wrt: Tensor | str | Iterable[Tensor | str] | None = None,
    names: Mapping[str, Any] | None = None,
    *,
    mode: Literal["reverse", "forward"] = "reverse",
) -> Derivation:
    """Write down the gradients of one number, or a tangent: step by step, as NumPy source, as LaTeX.

    Parameters
    ----------
    output : Tensor
        Of one element; in forward mode of any shape.
    wrt : Tensor, str, or iterable or container of these, optional
        What to differentiate with respect to, leaves or results, themselves or by name; of a dict its values. The
        default is every leaf that requires gradients.
    names : mapping of str to Tensor, optional
        Names for tensors, such as ``locals()``; see `Graph.of`. What has a name gets a line of its own.
    mode : {"reverse", "forward"}
        The reverse pass of gradients, ∂output/∂x of each x in `wrt`; or the forward pass of tangents, as `jvp` has it:
        how the output changes, dy, where each x in `wrt` changes by dx.

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

    Forward, of any shape:

    >>> y = mg.tanh(x @ w)
    >>> y.name = "y"
    >>> print(mg.derive(y, mode="forward"))
    dy = (x · dw) ⊙ (1 − y ⊙ y)   d_y = x @ d_w * (1 - y * y)   1×1   beside y = tanh(x · w)
    """
    checked_tensor(output, "derive: the output")
    if mode not in ("reverse", "forward"):
        raise ValueError(f"derive: mode must be 'reverse' or 'forward', got {mode!r}")
    if wrt is None:
        return _derivation(output, None, names, mode)
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
    found = _derivation(output, targets, names, mode)
    if not targets or (mode == "reverse" and len(found.gradients) < len({node_of(x) for x in targets})):
        raise ValueError("derive: no gradients flow from the output to all of wrt")
    return found


def _derivation(output: Tensor, wrt: Any, names: Mapping[str, Any] | None, mode: str) -> Derivation:
    if mode == "forward":
        return TangentDerivation(tangents(output, wrt, names, caller="derive"))
    return Derivation(passes(output, wrt, names, caller="derive"))


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
    """One line of the reverse pass, or of the forward pass of tangents.

    Attributes
    ----------
    symbol : str
        What it computes: ``∂loss/∂weights1``, or ``δ₂``, the gradient of the loss with respect to a value that has
        no name, or ``t1``, a number on the way. Of tangents ``dlayer1``.
    formula : str
        The right side, in Unicode.
    latex : str
        The whole line, in LaTeX.
    code : str
        The line of NumPy code, as it stands in `Derivation.source`.
    shape : tuple of int
    value : array
    forward : str
        The forward line that it goes back through, or that a tangent stands beside.
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

    _beside = "back through"
    _letters = "δεηζ"  # for the gradients of what has no name

    def __init__(self, both: Passes) -> None:
        self.graph: Graph = both.graph
        forward = both.graph[: both.seed]
        self._seed = both.seed
        self.titles = titles_of(forward, both.output)
        self._letter, self._step = (free_letter(letters, self.titles.values()) for letters in (self._letters, "tprk"))
        # The names that passes gives to gradients are made anew here.
        entries = [replace(e, name=None) if e.id >= both.seed else e for e in both.graph]
        self.simpler, position = simplification(Graph(self._seeded(entries, both), both.graph.outputs))
        self.position = position
        self._output = both.output
        # What a rule put in the place of an entry of the forward pass is computed in it too.
        self.computed_forward = set(needed(self.simpler.nodes, [position[e.id] for e in forward if e.id in position]))
        self.gradients = {i: position[g] for i, g in both.gradients.items()}
        # Whose gradient a position is. Of several entries that share one, the best known gives it the name.
        self.whose: dict[int, int] = {}
        ranked = sorted(both.cotangents, key=lambda i: (i not in self.gradients, i not in self.titles))
        for i in ranked:
            at = position.get(both.cotangents[i])
            if at is not None and at not in self.computed_forward:
                self.whose.setdefault(at, i)
        self.origins = self._origins(both)

    def _origins(self, both: Passes) -> dict[int, int]:
        """Find the forward operation that a position belongs to: one that is left, and that its gradient is of."""
        shared: dict[int, set[int]] = {}  # all whose gradient a position is
        for i, g in both.cotangents.items():
            if g in self.position:
                shared.setdefault(self.position[g], set()).add(i)
        origins: dict[int, int] = {}
        for entry in both.graph[both.seed :]:
            at, origin = self.position.get(entry.id), entry.origin
            if at is None or origin is None or at in origins or origin not in self.position:
                continue
            is_nothing = self.position[origin] in {self.position.get(i) for i in both.graph[origin].inputs}  # 1 ⊙ x
            if not is_nothing and (at not in shared or not shared[at].isdisjoint(self._changed_by(origin))):
                origins[at] = origin
        return origins

    def _changed_by(self, operation: int) -> tuple[int, ...]:
        """List the entries whose gradients an operation gives."""
        return self.graph[operation].inputs

    def _seeded(self, entries: list[Entry], both: Passes) -> list[Entry]:
        """Make the seed a constant, whose ones are folded."""
        entries[both.seed] = replace(entries[both.seed], kind="constant")
        return entries

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {legible(self.titles[self._output])}: {len(self.simpler)} nodes>"

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
                symbols[at] = self._unnamed(number_of[at])
            elif at in self.whose:
                symbols[at] = self._partial(self.whose[at])
            else:
                steps += 1
                name = f"{self._step}{steps}"
                symbols[at] = (name, name, LATEX.name(name))
        return symbols

    def _unnamed(self, k: int) -> tuple[str, str, str]:
        letter = self._letter
        return "".join(GREEK[c] for c in letter) + str(k), numbered(letter, k), LATEX.name(numbered(letter, k))

    def _partial(self, i: int) -> tuple[str, str, str]:
        of, by = self.titles[self._output], self.titles.get(i, "v")
        text, latex = (style.partial.format(style.name(of), style.name(by)) for style in (TEXT, LATEX))
        return f"d_{by}", text, latex

    def _line_of(self, program: Program, i: int) -> str:
        """Write the forward line of an entry with the names of the program, in short: for a comment."""
        at = self.position[i]

        def names(k: int) -> str | None:
            return program.names.get(k) or self._identifiers.get(k)

        text = Notation(self.simpler, names, TEXT).write(at, 3) or TEXT.rest
        return legible(f"{names(at)} = {text}" if names(at) else text, 60)

    @cached_property
    def _identifiers(self) -> dict[int, str]:
        """The titles as identifiers, by position."""
        return {self.position[k]: identifier(title) for k, title in self.titles.items() if k in self.position}

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
            (
                f"{s.symbol} = {s.formula}",
                s.code,
                shape_text(s.shape),
                f"{self._beside} {s.forward}" if s.forward else "",
            )
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
        head = "".join(f"<th>{title}</th>" for title in ("Step", "NumPy", "Shape", self._beside.capitalize()))
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
            written out. It returns one gradient, or a tuple of them in the order of `wrt`. A comment beside a
            line names the forward line that it goes back through, where one is left.

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
                    line + (f"  # {self._beside} {self._line_of(program, origin)}" if origin is not None else "")
                )
        backward += [f"    {variable} = {program.reference(at)}" for variable, at, _ in aliases]
        alias = {i: variable for variable, _, i in aliases}
        results = [alias[i] if i in alias else program.names[at] for i, at in self.gradients.items()]
        returned = ", ".join(results)
        if loss:
            returned = f"{program.reference(self.position[self._output])}, " + (
                f"({returned})" if len(results) > 1 else returned
            )
        of = self._name_of(program, self._output) or "the output"
        summary = self._summary(program, of)
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

    def _summary(self, program: Program, of: str) -> str:
        """Say what the function returns."""
        gradients = "gradients" if len(self.gradients) > 1 else "gradient"
        return f"the {gradients} of {of} with respect to {_listed(self._name_of(program, i) for i in self.gradients)}"

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
        collected = Notation(self.simpler, lambda at: names(at) if self._is_given(at) else None, LATEX)
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

    def _is_given(self, at: int) -> bool:
        """Whether a collected formula has the name of an entry, and not how it was computed."""
        return at in self.computed_forward

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


def _listed(names: Iterable[str]) -> str:
    *most, last = (name or "a value" for name in names)
    return f"{', '.join(most)} and {last}" if most else last


class TangentDerivation(Derivation):
    r"""The tangent of one output, as something to read: what `derive` makes in forward mode.

    Its steps compute d and a name, how that value changes where what was asked for changes by dx; `gradients` has the
    one of the output. The function that `source` writes takes the tangents ``d_x`` as arguments beside the values.
    """

    _beside = "beside"
    _letters = "τκνξ"

    def _seeded(self, entries: list[Entry], both: Passes) -> list[Entry]:
        """Let the seeds be arguments, by the name of what they are the tangents of."""
        self._of_seed: dict[int, int] = {}
        for i, at in both.cotangents.items():  # what is given first; others may have the same tangent
            if entries[at].operation is None:
                self._of_seed.setdefault(at, i)
        for at, i in self._of_seed.items():
            entries[at] = replace(entries[at], name=self._partial(i)[0])
        return entries

    def _partial(self, i: int) -> tuple[str, str, str]:
        of = self.titles.get(i, "v")
        d, latex = self._d
        return f"d_{of}", f"{d}{TEXT.name(of)}", latex + LATEX.name(of)

    @cached_property
    def _d(self) -> tuple[str, str]:
        """What stands before a name for its tangent, as text and in LaTeX."""
        d = differential(self.titles.values())
        return d, r"\mathrm{d}" if d == "d" else f"{LATEX.name(d)} "

    def _symbols(self, lines: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        symbols = super()._symbols(lines)
        symbols.update({self.position[at]: self._partial(i) for at, i in self._of_seed.items() if at in self.position})
        return symbols

    def source(self, name: str = "pushforward", *, loss: bool = False) -> str:
        """Write the tangent as a function of NumPy code, as `Derivation.source` does the gradients.

        Its parameters are also the tangents; with ``loss=True`` it returns ``(output, tangent)``, as `jvp` does.
        """
        return super().source(name, loss=loss)

    def _summary(self, program: Program, of: str) -> str:
        moved = _listed(self._name_of(program, i) for i in self._of_seed.values())
        tangents = _listed(program.names.get(self.position.get(at, -1), "") for at in self._of_seed)
        return f"the tangent of {of} where {moved} {'change' if len(self._of_seed) > 1 else 'changes'} by {tangents}"

    def _changed_by(self, operation: int) -> tuple[int, ...]:
        return (operation,)

    def _is_given(self, at: int) -> bool:
        return at in self.computed_forward or self.simpler[at].operation is None

    def _chain(self, i: int) -> str | None:  # noqa: ARG002
        return None
