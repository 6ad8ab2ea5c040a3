r"""A graph as LaTeX: the templates of its operations, with parentheses where a reader needs them.

An operation says how it is written (``{0} \odot {1}``) and nothing about precedence: that is read off the
template itself. What stands within braces or parentheses is enclosed already; beside an operator a looser one
needs parentheses.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.graph import Entry, Graph
from microgradnet.record import Recorded
from microgradnet.simplify import simplified
from microgradnet.text import legible
from microgradnet.views.naming import titles_of
from microgradnet.views.source import Program

__all__ = ["Typesetter", "aligned", "checked_tensor", "html_of", "latex", "name_in_latex"]

_LONGEST = 150
"""Characters of NumPy code up to which an expression is one formula."""

_RELATION, _SUM, _PRODUCT, _MATRIX, _FUNCTION, _POWER, _ATOM = range(7)
_OPERATORS = {
    **dict.fromkeys(["=", "<", ">", r"\ne", r"\le", r"\ge", r"\land", r"\lor", r"\oplus"], _RELATION),
    **dict.fromkeys(["+", "-"], _SUM),
    **dict.fromkeys([r"\odot", r"\bmod", r"\otimes", "/"], _PRODUCT),
    **dict.fromkeys([r"\,", r"\cdot"], _MATRIX),
    "^": _POWER,
}
_FIRST = 0xE000  # of the characters that stand for the inputs; this block means nothing in Unicode
_TOKEN = re.compile(r"\\(?:begin|end)\{\w+\}|\\left.|\\right.|\\[a-zA-Z]+|\\.|\S")
_OPENING = frozenset(["{", "(", "[", r"\lfloor", r"\lceil", r"\lVert", r"\langle"])
_CLOSING = frozenset(["}", ")", "]", r"\rfloor", r"\rceil", r"\rVert", r"\rangle"])


# --- names and numbers -----------------------------------------------------------------------------------

_ESCAPED = {c: f"\\{c}" for c in "{}$&#%_ "} | {
    "\\": r"\backslash ",
    "^": r"\wedge ",
    "'": r"{}^{\prime}",
    '"': r"{}^{\prime\prime}",
    "~": r"\sim ",
    "…": r"\ldots ",
    "↵": r"\hookleftarrow ",
    "�": "?",
    "′": r"{}^{\prime}",
    "∂": r"\partial ",
    "ᵀ": r"{}^{\top}",
}
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_ESCAPED |= {letter: f"\\{name} " for letter, name in _GREEK.items()}
_INDICES = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def name_in_latex(text: str) -> str:
    r"""Typeset a name, any text: one letter in italics, a word upright, digits at its end as an index.

    Examples
    --------
    >>> name_in_latex("x"), name_in_latex("weights1"), name_in_latex("a_b"), name_in_latex("Δβ₂")
    ('x', '\\mathrm{weights}_{1}', '\\mathrm{a\\_b}', '\\mathrm{\\Delta \\beta }_{2}')
    """
    text = legible(text).translate(_INDICES)
    word, digits = re.fullmatch(r"(.*?)_?([0-9]*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if not word:
        word, digits = text, ""
    if len(word) == 1 and word.isascii() and word.isalpha():
        shown = word
    elif word in _GREEK:
        shown = f"\\{_GREEK[word]}"
    else:
        shown = "\\mathrm{" + "".join(_ESCAPED.get(c, c) for c in word) + "}"
    return f"{shown}_{{{digits}}}" if digits else shown


def _number(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return rf"\mathrm{{{str(bool(value)).lower()}}}"
    if isinstance(value, int | np.integer):
        return str(int(value))
    text = f"{float(value):.6g}".replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else text


# --- templates ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Template:
    """A template with one character for each input.

    Attributes
    ----------
    text : str
    level : int
        How tightly its loosest operator binds.
    least : dict of str to int
        How tightly what is put in the place of each input must bind, to stand without parentheses.
    """

    text: str
    level: int
    least: Mapping[str, int]


def _template(entry: Entry) -> _Template:
    operation = entry.operation
    assert operation is not None
    latex = operation.latex
    if latex is None:
        latex = rf"\operatorname{{{{{''.join(_ESCAPED.get(c, c) for c in operation.name)}}}}}({{inputs}})"
    statics = tuple((k, _static(v)) for k, v in {**operation.defaults, **entry.static}.items() if f"{{{k}}}" in latex)
    return _parsed(latex, len(entry.inputs), statics)


def _static(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return r"\ldots"
    if isinstance(value, slice):
        parts = ["" if p is None else str(p) for p in (value.start, value.stop, value.step)]
        return ":".join(parts if value.step is not None else parts[:2])
    if isinstance(value, tuple | list):
        return ", ".join(map(_static, value))
    if value is Ellipsis:
        return r"\ldots"
    return "".join(c if c in "->," else _ESCAPED.get(c, c) for c in legible(str(value)))


@functools.lru_cache(1024)
def _parsed(latex: str, count: int, statics: tuple[tuple[str, str], ...]) -> _Template:
    inputs = [chr(_FIRST + i) for i in range(count)]
    text = latex.format(*inputs, **{"inputs": ", ".join(inputs), **dict(statics)})
    tokens = _TOKEN.findall(text)
    level, depth = _ATOM, 0
    least = dict.fromkeys(inputs, _RELATION)
    for k, token in enumerate(tokens):
        before, after = tokens[k - 1] if k else "", tokens[k + 1] if k + 1 < len(tokens) else ""
        if token.startswith(r"\begin"):
            level, depth = _RELATION, depth + 1
        elif token in _OPENING or token.startswith(r"\left"):
            depth += 1
        elif token in _CLOSING or token.startswith((r"\right", r"\end")):
            depth -= 1
        elif token in least:
            alone = before == "{" and after == "}" and tokens[k + 2 : k + 3] == ["^"]
            needed = _ATOM if alone or after == "[" else max(_beside(before, left=True), _beside(after, left=False))
            least[token] = max(least[token], needed)
            if before and depth == 0 and before not in _OPERATORS:
                level = min(level, _SUM if before in (r"\sum", r"\prod") else _FUNCTION)
        elif depth == 0 and token in _OPERATORS:
            level = min(level, _OPERATORS[token])
        elif depth == 0 and token == r"\frac":
            level = min(level, _POWER)
    return _Template(text, level, least)


def _beside(token: str, *, left: bool) -> int:
    """Say how tightly an input must bind that has a token beside it."""
    if token in _OPERATORS:
        level = _OPERATORS[token]
        return _ATOM if token == "^" else level + (level == _RELATION or (token == "-" and left))
    if left and token in (r"\sum", r"\prod"):
        return _PRODUCT
    is_function = token == "}" or (token.startswith("\\") and token[1:].isalpha() and token not in _OPENING)
    return _POWER if left and is_function and not token.startswith(r"\left") else _RELATION


# --- the typesetter ------------------------------------------------------------------------------------------


class Typesetter:
    """Typeset the entries of a graph.

    Parameters
    ----------
    graph : Graph
    names : mapping of int to str
        LaTeX for entries that stand in formulas as a name.
    """

    def __init__(self, graph: Graph, names: Mapping[int, str]) -> None:
        self.graph = graph
        self.names = names
        self._written: dict[int, tuple[str, int] | None] = {}

    def write(self, i: int, most: int = 4000) -> str | None:
        """Typeset what computes an entry, from entries that have names; None if that takes too many characters."""
        pending = [i]
        while pending:
            k = pending[-1]
            missing = [j for j in self.graph[k].inputs if j not in self.names and j not in self._written]
            if missing:
                pending += missing
                continue
            pending.pop()
            written = self._composed(self.graph[k])
            self._written[k] = written if written is not None and len(written[0]) <= most else None
        found = self._written[i]
        return None if found is None else found[0]

    def _operand(self, i: int) -> tuple[str, int] | None:
        return (self.names[i], _ATOM) if i in self.names else self._written[i]

    def _composed(self, entry: Entry) -> tuple[str, int] | None:
        if entry.operation is None:
            if not entry.is_number or entry.value is None:
                return self.names.get(entry.id, r"\cdot"), _ATOM
            text = _number(entry.value)
            return text, _POWER if text.startswith("-") else _PRODUCT if "10^" in text else _ATOM
        operands = [operand for i in entry.inputs if (operand := self._operand(i)) is not None]
        if len(operands) < len(entry.inputs):
            return None
        if entry.operation.name == "multiply" and self.graph[entry.inputs[0]].is_number:
            # 2 x, and -2 x: no sign between them
            return rf"{operands[0][0]} \, {_enclosed(operands[1], _PRODUCT, first=False)}", _PRODUCT
        template = _template(entry)
        text = template.text
        for c, operand in zip(template.least, operands, strict=True):
            text = text.replace(c, _enclosed(operand, template.least[c], first=template.text.startswith(c)))
        return text, template.level


def _enclosed(operand: tuple[str, int], least: int, *, first: bool) -> str:
    """Put parentheses around what binds too loosely, and around a sign that would follow an operator."""
    text, level = operand
    signed = text.startswith("-") and not first and least > _RELATION
    return rf"\left({text}\right)" if level < least or signed else text


# --- an expression -------------------------------------------------------------------------------------------


def latex(expression: Any, names: Mapping[str, Any] | None = None) -> str:
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
    shown = {i: name_in_latex(titles.get(i) or n) for i, n in program.names.items()}
    if graph[end].operation is None:
        return shown.get(end) or Typesetter(graph, {}).write(end) or ""
    typesetter = Typesetter(graph, shown)
    if graph[end].name is not None:
        shown[end] = name_in_latex(titles[end])
    lines = [(shown.get(i, ""), typesetter.write(i) or r"\ldots") for i in (*program.lines, end)]
    return aligned(dict.fromkeys(lines)) if len(program.lines) > (end in program.lines) else lines[-1][1]


def aligned(lines: Iterable[tuple[str, str]]) -> str:
    r"""Write lines in an ``aligned`` environment, their left and right sides at an ``&``."""
    body = " \\\\\n".join(f"{left} &= {right}".lstrip() for left, right in lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def html_of(formula: str) -> str:
    r"""Write a formula for a page of HTML.

    As MathML, which every browser typesets, where the package latex2mathml is installed (the extra ``notebook``)
    and can read the formula; or else between ``\(`` and ``\)``, where the script of a notebook finds it.
    """
    try:
        from latex2mathml.converter import convert

        # It takes nothing but letters for the name of an operator.
        known = re.sub(r"\\operatorname(?={[^}]*\\)", r"\\mathrm", formula)
        return str(convert(rf"\displaystyle {known}"))  # fractions of full size, as a formula of its own has
    except Exception:  # the template of somebody's operation may be no LaTeX; the converter's errors have no base
        return rf"\({html.escape(formula)}\)"


def checked_tensor(given: Any, what: str) -> None:
    """Raise TypeError if this is no Tensor."""
    if not isinstance(given, Recorded):
        raise TypeError(f"{what} must be a Tensor, got {type(given).__name__}: {legible(repr(given), 60)}")
