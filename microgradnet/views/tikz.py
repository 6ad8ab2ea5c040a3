"""A drawing for a paper: TikZ code, in which LaTeX sets the words and the formulas in the paper's own type.

Graphviz lays a drawing out; each outline, line and text of that layout becomes one command.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as ET

from microgradnet.text import GREEK

__all__ = ["as_tikz"]

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
_WIDEST = 400  # TeX computes with lengths to 575 cm; a picture as wide as that is for no paper

_NARROWER = 0.95  # so that what is as wide as Graphviz thought fits its box in most fonts

_ESCAPED = {
    **{c: f"\\{c}" for c in "{}$&#%_"},
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''", "-": "-{}", "–": r"\textendash{}", "…": r"\ldots{}",
    "\xa0": "~", "�": "?", "─": r"\rule[0.5ex]{0.7em}{0.1ex}", "━": r"\rule[0.5ex]{0.7em}{0.3ex}",
    "╍": r"\rule[0.5ex]{0.28em}{0.3ex}\,\rule[0.5ex]{0.28em}{0.3ex}",
}  # fmt: skip
"""What TeX reads as more than a character."""

_SIGNS = {
    "−": "-", "·": r"\cdot", "∂": r"\partial", "⊙": r"\odot", "′": r"{}^{\prime}", "″": r"{}^{\prime\prime}",
    "√": r"\surd", "∛": r"\sqrt[3]{}", "∞": r"\infty", "×": r"\times", "≤": r"\leq", "≥": r"\geq", "‖": r"\Vert",
    "±": r"\pm", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "⋮": r"\vdots", "→": r"\to",
    "←": r"\leftarrow", "↑": r"\uparrow", "↓": r"\downarrow", "≠": r"\neq", "∧": r"\wedge", "∨": r"\vee", "¬": r"\neg",
    "⊕": r"\oplus", "⊗": r"\otimes", "÷": r"\div", "⟨": r"\langle", "⟩": r"\rangle", "≈": r"\approx", "∗": r"\ast",
    "⊥": r"\perp", "∫": r"\int", "∇": r"\nabla", "⋆": r"\star", "∘": r"\circ", "∈": r"\in", "∝": r"\propto",
    "↵": r"\hookleftarrow", "⧵": r"\setminus", "✗": r"\times",
    "⟦": r"[\![", "⟧": r"]\!]", "½": r"{\scriptstyle\frac{1}{2}}", "µ": r"\mu", "ᵀ": r"{}^{\top}",
    **{letter: f"\\{name}" for letter, name in GREEK.items()},
}  # fmt: skip
"""What stands in a formula."""

_ACCENTS = {"\u0304": r"\bar", "\u0302": r"\hat", "\u0303": r"\tilde", "\u0307": r"\dot"}


def as_tikz(svg: bytes) -> str:
    r"""Write a layout as a ``tikzpicture``.

    Parameters
    ----------
    svg : bytes
        As Graphviz writes it.

    Returns
    -------
    str
        For LaTeX with ``\usepackage{tikz}``; only characters in names that no formula has, as Chinese ones, are left
        for an engine that knows them.

    Raises
    ------
    ValueError
        If it is too large for a page of any size.
    """
    root = ET.fromstring(svg)
    width, height = (float(root.get(side, "0").removesuffix("pt")) for side in ("width", "height"))
    layout = root.find(f"{_SVG}g")
    shrunk = re.match(r"scale\((\S+)", layout.get("transform", "") if layout is not None else "")
    scale = float(shrunk[1]) if shrunk else 1.0
    if max(width, height) > _WIDEST * 72 / 2.54:
        raise ValueError(
            f"tikz: the drawing is {max(width, height) * 2.54 / 72:.0f} cm large; fold it, or choose a size="
        )
    colours: dict[str, str] = {}
    commands = [*_commands(layout, scale, colours)]  # which finds the colours
    defined = [f"\\definecolor{{{name}}}{{HTML}}{{{code}}}" for code, name in colours.items()]
    return "\n".join(
        ["% needs \\usepackage{tikz}", "\\begin{tikzpicture}[x=1bp, y=-1bp, >=stealth]"]
        + [f"  {line}" for line in defined + commands]
        + ["\\end{tikzpicture}", ""]
    )


def _commands(layout: ET.Element | None, scale: float, colours: dict[str, str]) -> Iterator[str]:
    shapes = list(layout.iter() if layout is not None else ())
    paper = next((shape for shape in shapes if shape.tag == f"{_SVG}polygon"), None)
    for shape in shapes:
        if shape is paper:
            continue
        kind = shape.tag.removeprefix(_SVG)
        if kind == "text" and shape.text:
            yield _text(shape, scale, colours)
        elif kind in ("polygon", "polyline", "path", "ellipse"):
            options = [*_strokes(shape, scale, colours)]
            if options:
                yield f"\\path[{', '.join(options)}] {_outline(kind, shape, scale)};"


def _text(shape: ET.Element, scale: float, colours: dict[str, str]) -> str:
    size = _NARROWER * float(shape.get("font-size", "12")) * scale
    font = rf"\fontsize{{{_length(size)}}}{{{_length(1.2 * size)}}}\selectfont\sffamily"
    font += r"\bfseries\boldmath" if shape.get("font-weight") == "bold" else ""
    font += r"\itshape" if shape.get("font-style") == "italic" else ""
    anchor = _ANCHORS[shape.get("text-anchor", "start")]
    place = f"({_length(float(shape.get('x', 0)) * scale)}, {_length(float(shape.get('y', 0)) * scale)})"
    colour = _colour(shape.get("fill", "#000000"), colours)
    options = f"anchor={anchor}, inner sep=0pt, text={colour}, font={{{font}}}"
    return f"\\node[{options}] at {place} {{{typeset(shape.text or '')}}};"


def _strokes(shape: ET.Element, scale: float, colours: dict[str, str]) -> Iterator[str]:
    """Say how an outline is filled and drawn: not at all if both are left out."""
    fill, stroke = shape.get("fill", "none"), shape.get("stroke", "none")
    if fill not in ("none", "transparent"):
        yield f"fill={_colour(fill, colours)}"
    if stroke not in ("none", "transparent"):
        yield f"draw={_colour(stroke, colours)}"
        yield f"line width={_length(float(shape.get('stroke-width', '1')) * scale)}bp"
        if dashes := shape.get("stroke-dasharray"):
            on, off = (f"{_length(float(d) * scale)}bp" for d in (_NUMBER.findall(dashes) * 2)[:2])
            yield f"dash pattern=on {on} off {off}"


def _outline(kind: str, shape: ET.Element, scale: float) -> str:
    if kind == "ellipse":
        cx, cy, rx, ry = (_length(float(shape.get(k, 0)) * scale) for k in ("cx", "cy", "rx", "ry"))
        return f"({cx}, {cy}) ellipse [x radius={rx}bp, y radius={ry}bp]"
    numbers = [_length(float(n) * scale) for n in _NUMBER.findall(shape.get("points") or shape.get("d") or "")]
    points = [f"({x}, {y})" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    if kind == "path":  # a point, and then three for each curve
        return points[0] + "".join(_curve(*points[k : k + 4]) for k in range(0, len(points) - 3, 3))
    return " -- ".join([*points[:-1], "cycle"] if kind == "polygon" else points)


def _curve(start: str, a: str, b: str, end: str) -> str:
    if (start, b) == (a, end):  # as the sides of a box with round corners
        return f" -- {end}"
    return f" .. controls {a} and {b} .. {end}"


def _length(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")


def _colour(code: str, colours: dict[str, str]) -> str:
    """Name a colour: TikZ takes none by its code."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", code):
        return code  # black, white
    return colours.setdefault(code[1:].upper(), f"mg{code[1:].upper()}")


# --- words and formulas -------------------------------------------------------------------------------


def typeset(text: str) -> str:
    r"""Write a label as LaTeX: what is no letter of a text as a formula, all else as it stands.

    Examples
    --------
    >>> typeset("50 % of σ′(z₁)")
    '50 \\% of \\ensuremath{\\sigma {}^{\\prime}}(z\\ensuremath{{}_{1}})'
    """
    pieces = [_piece(c) for c in _characters(text)]
    written = []
    for is_formula, group in groupby(pieces, key=lambda piece: piece[0] != "text"):
        if is_formula:
            written.append(f"\\ensuremath{{{_formula(group)}}}")
        else:
            written.append("".join(piece for _, piece in group))
    return "".join(written)


def _characters(text: str) -> Iterator[str]:
    """List the characters, those that an accent follows with it."""
    for c in re.findall(r"\s|[^\W_][\u0302-\u0307]?|.", unicodedata.normalize("NFC", text)):
        yield c if not c.isspace() else " "


def _piece(character: str) -> tuple[str, str]:
    """Say what a character is, text, a sign, or a raised or lowered one, and how it is written."""
    if character in _SIGNS:
        return "sign", _SIGNS[character]
    if character in _ESCAPED or character.isascii():
        return "text", _ESCAPED.get(character, character)
    base = unicodedata.normalize("NFKD", character)
    kind = unicodedata.decomposition(character[0]).partition(" ")[0]
    if kind in ("<super>", "<sub>"):
        return kind, "".join(_SIGNS.get(c, c) for c in base)
    if base[1:] in _ACCENTS and base[0].isascii():
        return "sign", f"{_ACCENTS[base[1:]]}{{\\mathrm{{{base[0]}}}}}"
    return "text", character


def _formula(pieces: Iterator[tuple[str, str]]) -> str:
    written = []
    for kind, group in groupby(pieces, key=lambda piece: piece[0]):
        signs = [sign for _, sign in group]
        if kind == "sign":
            written.append(" ".join(signs))
        else:
            written.append(f"{{}}{'^' if kind == '<super>' else '_'}{{{' '.join(signs)}}}")
    return " ".join(written)
