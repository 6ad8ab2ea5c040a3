"""What each value of both passes is called on a live page, and the formula and the line of NumPy that compute it.

What has a name is written with it; a gradient as ∂loss/∂weights1; one of what has no name as δ₃. What is short stands
in formulas as it is, such as weights2ᵀ; anything else is v₁ in the forward pass and t₁ in the reverse pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from microgradnet.graph import Entry
from microgradnet.notation import LATEX, TEXT, Notation, Style, free_letter, html_of, numbered, titles_of
from microgradnet.passes import Passes
from microgradnet.text import GREEK, legible
from microgradnet.views.source import Program

__all__ = ["Symbols", "Words", "mathml"]

SHORT = 16
"""How many characters of a formula stand in others as they are."""

LONGEST = 22
"""How many characters of a formula stand in a box; of a longer one, the sign of the operation."""

TYPESET = 600
"""In a graph of so many entries formulas are typeset; in a larger one they are text, of a tenth of the size."""

WRITTEN = 5000
"""In a graph of so many entries each has its line of NumPy."""


@dataclass(frozen=True)
class Words:
    """What is said of one value.

    Attributes
    ----------
    symbol : str
        What it is called.
    label : str
        What stands in its box of a picture.
    formula : str
        What computes it, its inputs written ``⟦0⟧``, ``⟦1⟧``; empty for what is given.
    mathml : str
        ``symbol = formula``, typeset; empty where that can't be had.
    code : str
        The line of NumPy.
    """

    symbol: str
    label: str
    formula: str
    mathml: str
    code: str


class Symbols:
    """The words for all entries of both passes."""

    def __init__(self, both: Passes) -> None:
        self.graph = both.graph
        self.seed = both.seed
        self._end = both.output
        self.titles = titles_of(both.graph[: both.seed], both.output)
        self._of: dict[int, int] = {}  # whose cotangent an entry is; where it is several, the best known
        for i in sorted(both.cotangents, key=lambda i: (i not in both.gradients, i not in self.titles)):
            if both.cotangents[i] >= both.seed:
                self._of.setdefault(both.cotangents[i], i)
        self._symbols: list[tuple[str, str, str]] = []  # as text, in LaTeX, and for an identifier
        self._inline: set[int] = set()
        self._names = {TEXT: 0, LATEX: 1}
        self._letters = {
            letters[0]: free_letter(letters, self.titles.values()) for letters in ("vzsuq", "tprk", "δεηζ")
        }
        count = dict.fromkeys(self._letters, 0)
        for entry in both.graph:
            self._symbols.append(self._symbol(entry, count))

    def _symbol(self, entry: Entry, count: dict[str, int]) -> tuple[str, str, str]:
        i = entry.id
        if i < self.seed and i in self.titles:
            title = self.titles[i]
            return TEXT.name(title), LATEX.name(title), title
        whose = self._of.get(i)
        if whose is not None and whose in self.titles:
            of, by = self.titles[self._end], self.titles[whose]
            text, latex = (style.partial.format(style.name(of), style.name(by)) for style in (TEXT, LATEX))
            return text, latex, f"d_{by}"
        if whose is not None:
            count["δ"] += 1
            letter, k = self._letters["δ"], count["δ"]
            return numbered(letter, k), LATEX.name(numbered(letter, k)), "".join(GREEK[c] for c in letter) + str(k)
        short = self._notation(TEXT).write(i, 3) if entry.operation is not None else entry.title
        if short is not None and len(short) <= SHORT:
            self._inline.add(i)
            return short, self._notation(LATEX).write(i, 3) or short, short
        letter = "v" if i < self.seed else "t"
        count[letter] += 1
        name = f"{self._letters[letter]}{count[letter]}"
        return name, LATEX.name(name), name

    def _notation(self, style: Style, instead: Mapping[int, str] | None = None) -> Notation:
        k = self._names[style]

        def name(i: int) -> str | None:
            if instead is not None and i in instead:
                return instead[i]
            known = i < len(self._symbols) and i not in self._inline and not self.graph[i].is_number
            return self._symbols[i][k] if known else None

        return Notation(self.graph, name, style)

    def of(self) -> list[Words]:
        """Return the words for each entry, by position."""
        codes = self._codes() if len(self.graph) <= WRITTEN else {}
        typeset = len(self.graph) <= TYPESET
        return [self._words(entry, codes.get(entry.id, ""), typeset) for entry in self.graph]

    def _words(self, entry: Entry, code: str, typeset: bool) -> Words:
        symbol, latex, _ = self._symbols[entry.id]
        if entry.operation is None:
            return Words(symbol, symbol, "", mathml(latex) if typeset and not entry.is_number else "", "")
        places = {i: f"⟦{k}⟧" for k, i in reversed([*enumerate(entry.inputs)]) if not self.graph[i].is_number}
        formula = self._notation(TEXT, places).write(entry.id, 1) or ""
        typed = ""
        if typeset:
            right = self._notation(LATEX).write(entry.id) or LATEX.rest
            typed = mathml(right if latex == right else f"{latex} = {right}")
        return Words(symbol, self._label(entry, symbol), legible(formula, 400), typed, code)

    def _label(self, entry: Entry, symbol: str) -> str:
        if entry.id in self._inline:
            return symbol
        formula = self._notation(TEXT).write(entry.id, 3)
        return f"{symbol} = {formula if formula is not None and len(formula) <= LONGEST else entry.title}"

    def _codes(self) -> dict[int, str]:
        operations = [e.id for e in self.graph if e.operation is not None]
        own = [i for i in operations if i not in self._inline]
        titles = {i: s[2] for i, s in enumerate(self._symbols)}
        program = Program(self.graph, operations, own, lambda _: titles, longest=10**9)
        return {
            i: (f"{program.names[i]} = " if i in program.names else "") + program.code(i) for i in operations
        }  # fmt: skip


def mathml(latex: str) -> str:
    """Typeset a formula; empty where that can't be done."""
    found = html_of(latex)
    if not found.startswith("<math"):
        return ""
    return found.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "").replace(' display="inline"', "")
