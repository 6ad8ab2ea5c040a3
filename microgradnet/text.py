"""Text that is safe to print, and shapes, numbers and arguments in few characters: for listings, pictures, errors.

What a user named is data. It is shown on one line, and steers no terminal. This room knows NumPy's values, and nothing
of the record.
"""

from __future__ import annotations

import re
import reprlib
import sys
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["GREEK", "arguments", "legible", "number", "printable", "shape_text", "short", "what"]


def legible(text: str, most: int = 40) -> str:
    """Return text that is safe to show on one line: cut where it is long, control characters made visible.

    A line break becomes ``↵``; anything that could steer a terminal, reverse the direction of the text around
    it, or not be encoded, becomes ``�``. The two joiners that some scripts and emoji need are kept.
    """
    cut = text if len(text) <= most else text[: most - 1] + "…"
    if cut.isascii() and cut.isprintable():
        return cut
    shown = []
    for c in cut.replace("\r\n", "\n"):
        category = unicodedata.category(c)
        if c in "\n\r" or category in ("Zl", "Zp"):
            shown.append("↵")
        elif c == "\t" or category == "Zs":
            shown.append(" ")
        elif category[0] == "C" and c not in "\u200c\u200d":
            shown.append("�")
        else:
            shown.append(c)
    return "".join(shown)


def short(name: str, most: int = 60) -> str:
    """Return a name that is safe to show on one line: of a long one the beginning and the end, which tells it apart."""
    before = most // 3
    return legible(name if len(name) <= most else f"{name[:before]}…{name[before + 1 - most :]}", most)


GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
"""The letters that aren't Latin ones too, by their names."""

_SPELLED = str.maketrans({
    **GREEK, "∂": "d", "Σ": "sum", "Π": "prod", "√": "sqrt", "′": "'", "‖": "||",
    "⊙": "*", "·": "*", "×": "x", "÷": "/", "−": "-", "–": "-", "…": "...", "ᵀ": ".T",
    "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "∛": "cbrt", "∞": "inf", "≈": "~=", "¬": "not ", "∧": "and",
    "∨": "or", "⊕": "xor", "⊗": "(x)", "⋆": "(*)", "∗": "(*)", "±": "+-", "½": "1/2", "∇": "grad ", "✗": "x",
    "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "├": "|", "└": "`", "│": "|", "─": "-", "⋮": ":",
    **{sign: str(i) for i, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
})  # fmt: skip
"""How signs are spelled where they can't be printed."""

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᐟᵃᵇⁿᵖˣʸᶻ", "0123456789+-()/abnpxyz") | {ord("ᵅ"): "alpha", ord("ᵝ"): "beta"}
_EXPONENT = re.compile(f"[{''.join(map(chr, _RAISED))}]+")
_PRODUCT = re.compile(r"(?<=\s)·(?=\s)")


def printable(text: str, encoding: str | None = None) -> str:
    """Spell in ASCII what standard output, or another stream, can't encode: a redirected file's cp1252, a C locale.

    A dot between spaces is the product of matrices, and spelled as Python does: ``xᵀ · δ`` is ``x.T @ delta``.
    """
    encoding = encoding or getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = _EXPONENT.sub(_exponent, _PRODUCT.sub("@", text))
        return text.translate(_SPELLED).encode("ascii", "replace").decode("ascii")
    return text


def _exponent(found: re.Match[str]) -> str:
    """Spell what stands raised behind a sign; more than a letter or a number gets parentheses."""
    raised = " ".join(found[0]).translate(_RAISED) if found[0].isalpha() else found[0].translate(_RAISED)
    return f"^{raised}" if re.fullmatch(r"[+-]?(\w*|\(.*\))", raised) else f"^({raised})"


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Write a shape as in a textbook: ``4×3``; ``scalar`` without axes, ``?`` where it is unknown."""
    if shape is None:
        return "?"
    return "×".join(map(str, shape)) or "scalar"


def what(given: object) -> str:
    """Say what was given in place of something else: its type, and itself in short."""
    return f"{type(given).__name__}: {legible(reprlib.repr(given), 60)}"


def number(value: Any, digits: int = 4) -> str:
    """Write a number briefly: a fraction with no more than some significant digits."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        size = abs(int(value))
        text = str(value) if size < 10**6 else f"{float(value):.{digits}g}" if size < 10**300 else "…"
    elif isinstance(value, float | np.floating):
        text = f"{float(value):.{digits}g}".replace("inf", "∞").replace("nan", "NaN")
    else:
        text = legible(str(value), 24)
    return text.replace("-", "−")


_brief = reprlib.Repr()
_brief.maxstring = _brief.maxother = 24


def arguments(given: Mapping[str, Any]) -> str:
    """Write static arguments: ``axis=0, keepdims=True``."""
    return legible(", ".join(f"{name}={_argument(value)}" for name, value in given.items()), 48)


def _argument(value: Any) -> str:
    """Write an argument in short; an index as it is written between brackets, an array as its shape."""
    if isinstance(value, slice):
        parts = ["" if p is None else _argument(p) for p in (value.start, value.stop, value.step)]
        return ":".join(parts if value.step is not None else parts[:2])
    if value is Ellipsis:
        return "..."
    if isinstance(value, tuple) and len(value) <= 6 and not any(isinstance(v, tuple) for v in value):
        return f"({', '.join(map(_argument, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, np.ndarray):
        return f"array {shape_text(value.shape)}"
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return number(value)
    if isinstance(value, np.dtype):
        return str(value)
    if isinstance(value, type):
        return value.__name__
    return _brief.repr(value)
