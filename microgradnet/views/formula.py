"""A line of NumPy code in the signs of mathematics: ``x.T @ (2 * y)`` is ``xᵀ · 2 y``."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["formula"]

_TOKEN = re.compile(
    r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|\.T\b|[^\W\d]\w*|[\d.]+(?:e[-+]?\d+)?| ?[-+*/@]+ ?|\s+|.", re.S
)
_SIGNS = {"@": " · ", "*": " ⊙ ", "-": "−", "**": "^"}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def formula(code: str, symbols: Mapping[str, str]) -> str:
    """Write an expression of NumPy code as mathematics, on one line.

    Parameters
    ----------
    code : str
    symbols : mapping of str to str
        What stands for a name.

    Returns
    -------
    str

    Examples
    --------
    >>> formula("-2 * (y - p) * np.exp(d_x) @ w.T", {"d_x": "∂L/∂x"})
    '−2 (y − p) ⊙ exp(∂L/∂x) · wᵀ'
    """
    code = code.replace("np.linalg.", "").replace("np.", "")
    written: list[str] = []
    tokens = _TOKEN.findall(code)
    for k, token in enumerate(tokens):
        sign = token.strip()
        if token == ".T":
            written.append("ᵀ")
        elif sign == "*" and tokens[k - 1][:1].isdigit() and "**" not in "".join(tokens[max(k - 2, 0) : k]):
            written.append(" ")
        elif sign == "**" and tokens[k + 1].isdigit():
            written.append(tokens[k + 1].translate(_SUPERSCRIPTS))
            tokens[k + 1] = ""
        elif sign in _SIGNS:
            spaced = token != sign and sign == "-"
            written.append(f" {_SIGNS[sign]} " if spaced else _SIGNS[sign])
        elif token:
            written.append(symbols.get(token, token))
    return "".join(written)
