"""Polynomials by their coefficients, that of the highest power first, as NumPy's older functions have them.

Leading zeros are left out where NumPy leaves them out; while a function is being traced they stay. The functions of
`numpy.polynomial` don't ask for anybody's own, so they are not here.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.deferred import deferred
from microgradnet.ops.elementwise import add, astype, power, subtract
from microgradnet.ops.shapes import (
    atleast_1d,
    concatenate,
    given,
    is_tensor,
    is_traced,
    pad,
    reshape,
    stack,
    whole,
    zeros_like,
)
from microgradnet.ops.signals import convolve
from microgradnet.record import Array, mirrors, value_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import Tensor


@mirrors(np.polyval, inputs=2)
@deferred(
    np.polyval,
    lambda g, y, p, x: np.ravel(g) @ np.vander(np.ravel(x), len(p)),
    lambda g, y, p, x: g * np.polyval(np.polyder(p), x),
    when=lambda p, x: np.ndim(p) == 1 and len(p) > 0,
)
def polyval(p: Any, x: Any) -> Any:
    """Evaluate a polynomial by Horner's rule.

    Parameters
    ----------
    p : array_like or Tensor
        Coefficients, of shape (n,), that of the highest power first.
    x : array_like or Tensor
        Where, of any shape.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the shape of `x`.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.grad(mg.polyval, argnums=1)([1.0, 0.0, 2.0], 3.0)  # of x² + 2
    array(6.)
    """
    p, x = given(p, "polyval"), given(x, "polyval")
    y: Any = zeros_like(x)
    for coefficient in p:
        y = y * x + coefficient
    return y


def _vander_vjp(g: Array, y: Array, x: Array, N: int | None, increasing: bool) -> Array:  # noqa: N803
    powers = np.arange(g.shape[1])[:: 1 if increasing else -1]
    return np.sum(g * powers * x[:, None] ** np.maximum(powers - 1, 0), 1)


@mirrors(np.vander, inputs=1)
@deferred(np.vander, _vander_vjp)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: N803 - NumPy's name
    """Make the Vandermonde matrix, whose columns are powers of a vector.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (n,).
    N : int, optional
        How many powers; the default is n.
    increasing : bool
        Whether x⁰ comes first.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of shape (n, N), at least float64, as NumPy's.
    """
    x = given(x, "vander")
    if x.ndim != 1:
        raise ValueError(f"vander: a vector is needed, got shape {x.shape}")
    powers = np.arange(x.shape[0] if N is None else operator.index(N))
    x = astype(x, np.promote_types(x.dtype, int))
    return power(reshape(x, (-1, 1)), (powers if increasing else powers[::-1]).astype(x.dtype))


def _trimmed(p: Any) -> Any:
    """Leave out leading zeros, as `numpy.poly1d` does; all of them but one."""
    p = atleast_1d(given(p, "a polynomial"))
    if is_traced(p):
        return p
    zeros = int(np.argmax(value_of(p) != 0)) if np.any(value_of(p)) else p.shape[0] - 1
    return p[max(zeros, 0) :]


def _of_one_length(a: Any, b: Any) -> tuple[Any, Any]:
    a, b = atleast_1d(given(a, "a polynomial")), atleast_1d(given(b, "a polynomial"))
    n = max(a.shape[0], b.shape[0])
    return tuple(p if p.shape[0] == n else pad(p, (n - p.shape[0], 0)) for p in (a, b))


def _last(g: Array, p: Array) -> Array:
    """Return what belongs to the coefficients of a polynomial in a longer one."""
    return g[len(g) - p.size :].reshape(p.shape)


@mirrors(np.polyadd, inputs=2)
@deferred(np.polyadd, lambda g, y, a, b: _last(g, a), lambda g, y, a, b: _last(g, b))
def polyadd(a1: Any, a2: Any) -> Any:
    """Add polynomials.

    Parameters
    ----------
    a1, a2 : array_like or Tensor
        Coefficients, of shapes (n,) and (m,), that of the highest power first.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Coefficients.
    """
    return add(*_of_one_length(a1, a2))


@mirrors(np.polysub, inputs=2)
@deferred(np.polysub, lambda g, y, a, b: _last(g, a), lambda g, y, a, b: -_last(g, b))
def polysub(a1: Any, a2: Any) -> Any:
    """Subtract polynomials.

    Parameters
    ----------
    a1, a2 : array_like or Tensor
        Coefficients, of shapes (n,) and (m,), that of the highest power first.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Coefficients.
    """
    return subtract(*_of_one_length(a1, a2))


@mirrors(np.polymul, inputs=2)
def polymul(a1: Any, a2: Any) -> Any:
    """Multiply polynomials.

    Parameters
    ----------
    a1, a2 : array_like or Tensor
        Coefficients, of shapes (n,) and (m,), that of the highest power first.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Coefficients.
    """
    return convolve(_trimmed(a1), _trimmed(a2))


def _divided_on_numpy(u: Array, v: Array) -> Array:
    m, count = len(v), len(u) - len(v) + 1
    y = np.concatenate([u[:count], u], dtype=np.result_type(u, v))
    quotient, rest, scale = y[:count], y[count:], 1.0 / v[0]
    for k in range(count):
        quotient[k] = scale * rest[k]
        rest[k : k + m] -= quotient[k] * v
    return y


def _divided_vjp(g: Array, v: Array) -> Array:
    """Solve Σⱼ ūᵢ₊ⱼ·vⱼ = q̄ᵢ from the end, where ū ends with the cotangent of the remainder."""
    m, count = len(v), (len(g) - len(v) + 1) // 2
    d = np.concatenate([g[:count], g[2 * count :]])
    for i in reversed(range(count)):
        d[i] = (d[i] - d[i + 1 : i + m] @ v[1:]) / v[0]
    return d


@deferred(
    _divided_on_numpy,
    lambda g, y, u, v: _divided_vjp(g, v),
    lambda g, y, u, v: -np.correlate(_divided_vjp(g, v), y[: len(u) - len(v) + 1], "valid"),
)
def divided(u: Any, v: Any) -> Any:
    """Divide as on paper; return the quotient, and behind it what is left of u, which begins with as many zeros."""
    m = v.shape[0]
    quotient, rest, scale = [], astype(u, np.result_type(u.dtype, v.dtype)), 1.0 / v[0]
    for k in range(u.shape[0] - m + 1):
        quotient.append(scale * rest[k])
        rest = concatenate([rest[:k], rest[k : k + m] - quotient[-1] * v, rest[k + m :]])
    return concatenate([stack(quotient), rest])


@mirrors(np.polydiv)
def polydiv(u: Any, v: Any) -> tuple[Tensor | NDArray[Any], ...]:
    """Divide polynomials, with a remainder.

    Parameters
    ----------
    u, v : array_like or Tensor
        Coefficients, of shapes (n,) and (m,), that of the highest power first.

    Returns
    -------
    quotient, remainder : Tensor, or array if no argument is a Tensor
        Coefficients.
    """
    u, v = (atleast_1d(astype(p, np.float64) if whole(p) else p) for p in (given(u, "polydiv"), given(v, "polydiv")))
    count = u.shape[0] - v.shape[0] + 1
    if count < 1:
        dtype = np.result_type(u.dtype, v.dtype)
        return np.zeros(1, dtype), _without_zeros(astype(u, dtype))
    y = divided(u, v)
    return y[:count], _without_zeros(y[count:])


def _without_zeros(p: Any) -> Any:
    """Leave out what NumPy takes for zeros in front, but one coefficient."""
    if is_traced(p):
        return p
    nothing = np.abs(value_of(p)[:-1]) <= 1e-8
    zeros = len(nothing) if nothing.all() else int(nothing.argmin())
    return p[zeros:] if zeros else p


def _polyder_vjp(g: Array, y: Array, p: Array, m: int) -> Array:
    for _ in range(min(m, p.size)):
        g = np.append(g * np.arange(len(g), 0, -1), 0.0)
    return g


@mirrors(np.polyder, inputs=1)
@deferred(np.polyder, _polyder_vjp, when=lambda p: p.ndim == 1)
def polyder(p: Any, m: int = 1) -> Any:
    """Differentiate a polynomial.

    Parameters
    ----------
    p : array_like or Tensor
        Coefficients, of shape (n,), that of the highest power first.
    m : int
        How often.

    Returns
    -------
    Tensor, or array if `p` is no Tensor
        Coefficients, of shape (n − m,).
    """
    p = given(p, "polyder")
    if operator.index(m) < 0:
        raise ValueError(f"polyder: m can't be negative, got {m}; polyint integrates")
    for _ in range(m):
        p = p[:-1] * np.arange(max(p.shape[0] - 1, 0), 0, -1)
    return p


@mirrors(np.polyint, inputs=1)
@deferred(np.polyint, lambda g, y, p: g[:-1] / np.arange(len(g) - 1, 0, -1), when=lambda p: p.ndim == 1)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """Integrate a polynomial.

    Parameters
    ----------
    p : array_like or Tensor
        Coefficients, of shape (n,), that of the highest power first.
    m : int
        How often.
    k : array_like or Tensor, optional
        Constants of integration, in order: one for all, or one for each; the default is 0.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Coefficients, of shape (n + m,).
    """
    p = given(p, "polyint")
    if operator.index(m) < 0:
        raise ValueError(f"polyint: m can't be negative, got {m}; polyder differentiates")
    constants = np.zeros(m) if k is None else atleast_1d(given(k, "polyint"))
    if constants.shape[0] < m and constants.shape[0] != 1:
        raise ValueError(f"polyint: k must be one constant, or {m} of them, got {constants.shape[0]}")
    for i in range(m):
        constant = constants[min(i, constants.shape[0] - 1)]
        p = concatenate([p / np.arange(p.shape[0], 0, -1), reshape(constant, (1,))])
    return p


_FEW = 8
"""Zeros up to which the polynomial without each takes less time to make than a record of all."""


@mirrors(np.poly, inputs=1)
@deferred(
    np.poly,
    lambda g, y, zeros: np.array([-g[1:] @ np.poly(np.delete(zeros, i)) for i in range(len(zeros))], zeros.dtype),
    when=lambda zeros: zeros.ndim == 1 and 0 < zeros.size <= _FEW,
)
def poly(seq_of_zeros: Any) -> Any:
    """Make the polynomial that has given zeros, with 1 as its first coefficient.

    Parameters
    ----------
    seq_of_zeros : array_like or Tensor
        Of shape (n,). (A matrix, for its characteristic polynomial, is taken if it is plain.)

    Returns
    -------
    Tensor, or array if `seq_of_zeros` is no Tensor
        Coefficients, of shape (n + 1,), that of the highest power first.
    """
    zeros = given(seq_of_zeros, "poly")
    if not is_tensor(zeros):
        return np.poly(zeros)
    zeros = astype(atleast_1d(zeros), np.dtype(np.mintypecode([zeros.dtype.char])))
    if zeros.ndim != 1:
        raise ValueError(f"poly: of a matrix it has no gradient here; give a vector of zeros, not shape {zeros.shape}")
    p: Any = np.ones(1, zeros.dtype)
    for zero in zeros:
        p = concatenate([p, [0.0]]) - concatenate([[0.0], p * zero])
    return astype(p, zeros.dtype)
