"""x log y and its relatives: entropies, divergences and odds, with the limits at 0 that make sums of them right.

They have SciPy's names and values, and need no SciPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.ops.elementwise import _elementwise, log, log1p, sigmoid, softplus
from microgradnet.ops.reductions import scalar
from microgradnet.record import Array, mirrors

if TYPE_CHECKING:
    from microgradnet.typed import Binary, Unary

__all__ = ["entr", "expit", "kl_div", "log_expit", "logit", "rel_entr", "xlog1py", "xlogy"]

_quiet = np.errstate(divide="ignore", invalid="ignore")  # as SciPy is


def _written(name: str, *lines: str) -> str:
    """Write a function of two numbers as NumPy code."""
    body = "\n    ".join(['with np.errstate(divide="ignore", invalid="ignore"):', *(f"    {line}" for line in lines)])
    return f"\ndef {name}(x, y):\n    {body}\n{name}({{0}}, {{1}})"


# --- what their derivatives are made of ------------------------------------------------------------------


def _ratio(xp: Any, x: Array, y: Array) -> Array:
    return x / xp.where((x == 0) & (y == 0), xp.ones_like(y), y)


_ratio_or_0: Binary = _elementwise(
    "ratio_or_0",
    [lambda g, y, a, b: g / b, lambda g, y, a, b: -g * _ratio_or_0(y, b)],
    "a/b, and 0 where a is 0, of which b may be 0 too.",
    keep="y b", forward=lambda xp, a, b: _ratio(xp, a, xp.asarray(b)),
    source="({0} / np.where(({0} == 0) & ({1} == 0), 1, {1}))", text="{0} / {1}", latex=r"\frac{{{0}}}{{{1}}}",
    symbol="÷",
)  # fmt: skip


@_quiet
def _log_of_ratio(xp: Any, x: Array, y: Array) -> Array:
    near = xp.abs(x - y) <= 0.5 * xp.abs(y)  # where the quotient would cost digits
    return xp.where(near & (y != 0) & xp.isfinite(y), xp.log1p((x - y) / y), xp.log(x) - xp.log(y))


_log_ratio: Binary = _elementwise(
    "log_ratio",
    [lambda g, y, a, b: g / a, lambda g, y, a, b: -g / b],
    "log(a/b), with all digits where both are nearly equal, and without overflow.",
    keep="a b", forward=lambda xp, a, b: _log_of_ratio(xp, a, xp.asarray(b)),
    text="log({0} / {1})", latex=r"\log \frac{{{0}}}{{{1}}}", symbol="log ÷",
    source=_written(
        "log_ratio",
        "near = (np.abs(x - y) <= 0.5 * np.abs(y)) & (y != 0) & np.isfinite(y)",
        "return np.where(near, np.log1p((x - y) / y), np.log(x) - np.log(y))",
    ),
)  # fmt: skip

# --- x log y -----------------------------------------------------------------------------------------------


@_quiet
def _xlogy(xp: Any, x: Array, y: Array) -> Array:
    return x * xp.log(xp.where((x == 0) & ~xp.isnan(y), xp.ones_like(y), y))


xlogy: Binary = _elementwise(
    "xlogy",
    [lambda g, y, a, b: g * log(b), lambda g, y, a, b: g * _ratio_or_0(a, b)],
    "a log b, and 0 where a is 0, with derivative 0 in b there, at 0 too.",
    keep="a b", forward=lambda xp, a, b: _xlogy(xp, a, xp.asarray(b)), latex=r"{0} \log {1}", text="{0} ⊙ log({1})",
    source=_written("xlogy", "return x * np.log(np.where((x == 0) & ~np.isnan(y), 1, y))"),
)  # fmt: skip


@_quiet
def _xlog1py(xp: Any, x: Array, y: Array) -> Array:
    return x * xp.log1p(xp.where((x == 0) & ~xp.isnan(y), xp.zeros_like(y), y))


xlog1py: Binary = _elementwise(
    "xlog1py",
    [lambda g, y, a, b: g * log1p(b), lambda g, y, a, b: g * _ratio_or_0(a, 1 + b)],
    "a log(1 + b), and 0 where a is 0, with derivative 0 in b there, at −1 too.",
    keep="a b", forward=lambda xp, a, b: _xlog1py(xp, a, xp.asarray(b)), latex=r"{0} \log(1 + {1})",
    text="{0} ⊙ log(1 + {1})",
    source=_written("xlog1py", "return x * np.log1p(np.where((x == 0) & ~np.isnan(y), 0, y))"),
)  # fmt: skip


@_quiet
def _entr(xp: Any, x: Array) -> Array:
    y = 0.0 - x * xp.log(xp.where(x > 0, x, xp.ones_like(x)))
    return xp.where(x < 0, -xp.inf * xp.ones_like(x), y)


entr: Unary = _elementwise(
    "entr",
    [lambda g, y, x: -g * (log(x) + 1)],
    "Entropy of a probability, −x log x: 0 at 0, where its slope is infinite, and −∞ below.",
    keep="x", forward=lambda xp, x: scalar(_entr(xp, xp.asarray(x))), latex=r"-{0} \log {0}", text="−{0} ⊙ log({0})",
    source="""
def entr(x):
    return np.where(x < 0, -np.inf, 0.0 - x * np.log(np.where(x > 0, x, 1)))[()]
entr({0})""",
)  # fmt: skip

# --- divergences --------------------------------------------------------------------------------------------


@_quiet
def _divergence(xp: Any, x: Array, y: Array, positive: Any, at_0: Any) -> Array:
    """Compute what is ``positive(x, log x/y)`` where both are positive, and `at_0` where x is 0; else infinite."""
    inside = (x > 0) & (y > 0)
    a, b = xp.where(inside, x, xp.ones_like(x)), xp.where(inside, y, xp.ones_like(y))
    outside = xp.where((x == 0) & (y >= 0), at_0, xp.where(xp.isnan(x) | xp.isnan(y), x + y, xp.inf * xp.ones_like(a)))
    return scalar(xp.where(inside, positive(a, b, _log_of_ratio(xp, a, b)), outside))


def _rel_entr(xp: Any, a: Array, b: Array) -> Array:
    a, b = xp.asarray(a), xp.asarray(b)
    return _divergence(xp, a, b, lambda x, y, r: x * r, xp.zeros_like(b))


def _kl_div(xp: Any, a: Array, b: Array) -> Array:
    a, b = xp.asarray(a), xp.asarray(b)
    return _divergence(xp, a, b, lambda x, y, r: x * r - x + y, b)


def _divergence_written(name: str, positive: str, at_0: str) -> str:
    return _written(
        name,
        "near = (np.abs(x - y) <= 0.5 * np.abs(y)) & (y != 0) & np.isfinite(y)",
        "r = np.where(near, np.log1p((x - y) / y), np.log(x) - np.log(y))",
        f"outside = np.where((x == 0) & (y >= 0), {at_0}, np.where(np.isnan(x) | np.isnan(y), x + y, np.inf))",
        f"return np.where((x > 0) & (y > 0), {positive}, outside)[()]",
    )


rel_entr: Binary = _elementwise(
    "rel_entr",
    [lambda g, y, a, b: g * (_log_ratio(a, b) + 1), lambda g, y, a, b: -g * _ratio_or_0(a, b)],
    "Relative entropy a log(a/b): 0 where a is 0 and b isn't negative, infinite where one is negative or b is 0.",
    keep="a b", forward=_rel_entr, latex=r"{0} \log \frac{{{0}}}{{{1}}}", text="{0} ⊙ log({0} / {1})",
    source=_divergence_written("rel_entr", "x * r", "0.0"),
)  # fmt: skip

kl_div: Binary = _elementwise(
    "kl_div",
    [lambda g, y, a, b: g * _log_ratio(a, b), lambda g, y, a, b: g * (1 - _ratio_or_0(a, b))],
    "Kullback and Leibler's divergence a log(a/b) − a + b: b where a is 0 and b isn't negative, infinite where one is "
    "negative or b is 0.",
    keep="a b", forward=_kl_div, latex=r"{0} \log \frac{{{0}}}{{{1}}} - {0} + {1}",
    text="{0} ⊙ log({0} / {1}) − {0} + {1}", source=_divergence_written("kl_div", "x * r - x + y", "y"),
)  # fmt: skip

# --- odds ---------------------------------------------------------------------------------------------------


@_quiet
def _logit(xp: Any, x: Array) -> Array:
    middle = xp.abs(x - 0.5) <= 0.25  # where 2x − 1 is exact
    inner = xp.where(middle, 2 * x - 1, xp.zeros_like(x))
    return xp.where(middle, 2 * xp.atanh(inner), xp.log(x) - xp.log1p(-x))


logit: Unary = _elementwise(
    "logit",
    [lambda g, y, x: g / (x * (1 - x))],
    "Log-odds of a probability, log(x / (1 − x)), the inverse of the sigmoid: infinite at 0 and 1, and so its slope.",
    keep="x", forward=lambda xp, x: scalar(_logit(xp, xp.asarray(x))), latex=r"\operatorname{{logit}} {0}",
    source="""
def logit(x):
    middle = np.abs(x - 0.5) <= 0.25
    return np.where(middle, 2 * np.arctanh(np.where(middle, 2 * x - 1, 0)), np.log(x) - np.log1p(-x))[()]
logit({0})""",
)  # fmt: skip

expit = sigmoid


@mirrors(inputs=1)
def log_expit(x: Any) -> Any:
    """Logarithm of the sigmoid, −log(1 + e⁻ˣ), with all digits where it is small.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape.
    """
    return -softplus(-x) if hasattr(x, "dtype") else -softplus(-np.asarray(x))
