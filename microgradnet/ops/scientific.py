"""Special functions whose values are SciPy's: of the gamma family, inverse distributions, Bessel functions.

SciPy is imported when one of them is called. Their derivatives are made of each other. Where a function has an order or
other parameters that SciPy differentiates nowhere, these come first, are plain numbers or arrays, and a tensor that
requires gradients is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.ops import elementwise, entropies, special
from microgradnet.ops.elementwise import _elementwise, exp, sign
from microgradnet.ops.entropies import xlog1py, xlogy
from microgradnet.record import VJP, Array, given_for, mirrors

if TYPE_CHECKING:
    from microgradnet.typed import Binary, Ternary, Unary

__all__ = [
    "beta", "betainc", "betaln", "digamma", "erfcinv", "erfinv", "exp1", "expi", "gamma", "gammainc", "gammaincc",
    "gammaln", "gammasgn", "i0", "i0e", "i1", "i1e", "iv", "ive", "j0", "j1", "jv", "k0", "k0e", "k1", "k1e", "kv",
    "kve", "log_ndtr", "multigammaln", "ndtri", "polygamma", "rgamma", "y0", "y1", "yv",
]  # fmt: skip


def _scipys(name: str) -> Any:
    """Return SciPy's function."""
    try:
        from scipy import special
    except ImportError as error:
        raise ImportError(f'{name}: its values are SciPy\'s: pip install "microgradnet[special]"') from error
    return getattr(special, name)


def _values(compute: Callable[..., Array], name: str, xp: Any, *inputs: Array) -> Array:
    """Compute in SciPy, which has no float16, nor every function in float32, and return the dtype of the inputs."""
    if xp is not np:
        raise TypeError(f"{name}: its values are SciPy's, of NumPy's arrays only; give np.asarray(x)")
    y = compute(*inputs)
    dtype = np.result_type(*inputs)
    return y if dtype.kind != "f" or y.dtype == dtype else np.asarray(y).astype(dtype)[()]


def _by_scipy(name: str, vjps: Sequence[VJP | None], summary: str, **known: Any) -> Any:
    """Declare an operation whose values are those of SciPy's function of the same name."""

    def compute(*inputs: Array) -> Array:
        return _scipys(name)(*inputs)

    forwards: dict[str, Callable[..., Array]] = {
        "x": lambda xp, x: _values(compute, name, xp, x),
        "a, b": lambda xp, a, b: _values(compute, name, xp, a, b),
        "v, x": lambda xp, v, x: _values(compute, name, xp, v, x),
        "a, b, x": lambda xp, a, b, x: _values(compute, name, xp, a, b, x),
    }
    letters = ("x", "a, b" if vjps[0] else "v, x", "a, b, x")[len(vjps) - 1]
    fields = ", ".join(f"{{{i}}}" for i in range(len(vjps)))
    call = f"{name}({letters})"
    source = f"\ndef {call}:\n    from scipy import special\n\n    return special.{call}\n{name}({fields})"
    return _elementwise(name, vjps, summary, forward=forwards[letters], source=source, **known)


def _of_order(inner: Any, names: str = "v") -> Any:
    """Make the public function of an operation whose first inputs, of these names, are not differentiated."""

    @wraps(inner)
    def operation(*inputs: Any) -> Any:
        *parameters, x = inputs
        plain = (given_for(inner.__name__, n, p) for n, p in zip(names.split(), parameters, strict=True))
        return inner(*plain, x)

    return operation


# --- gamma and beta functions ------------------------------------------------------------------------------

gammaln: Unary = _by_scipy(
    "gammaln", [lambda g, y, x: g * digamma(x)],
    "Logarithm of the absolute value of the gamma function, ``log |Γ(x)|``.",
    keep="x", latex=r"\log |\Gamma({0})|", symbol="log|Γ|",
)  # fmt: skip

gamma: Unary = _by_scipy(
    "gamma", [lambda g, y, x: g * y * digamma(x)], "Gamma function Γ(x).",
    keep="y x", latex=r"\Gamma({0})", symbol="Γ",
)  # fmt: skip

rgamma: Unary = _by_scipy(
    "rgamma", [lambda g, y, x: -g * y * digamma(x)],
    "Reciprocal of the gamma function, 1/Γ(x). At its zeros 0, −1, −2, … the derivative comes out as NaN.",
    keep="y x", latex=r"\frac{{1}}{{\Gamma({0})}}", symbol="1/Γ",
)  # fmt: skip

gammasgn: Unary = _by_scipy(
    "gammasgn", [None], "Sign of the gamma function.", latex=r"\operatorname{{sgn}} \Gamma({0})"
)

digamma: Unary = _by_scipy(
    "digamma", [lambda g, y, x: g * _polygamma(1, x)], "Digamma function ψ(x), the derivative of log Γ.",
    keep="x", latex=r"\psi({0})", symbol="ψ",
)  # fmt: skip

_polygamma: Binary = _by_scipy(
    "polygamma", [None, lambda g, y, n, x: g * _polygamma(n + 1, x)],
    "Polygamma function ψ⁽ⁿ⁾(x): the n-th derivative of the digamma function, n a plain number or array.",
    latex=r"\psi^{{({0})}}({1})", symbol="ψ⁽ⁿ⁾",
)  # fmt: skip
polygamma: Binary = _of_order(_polygamma, "n")

beta: Binary = _by_scipy(
    "beta",
    [
        lambda g, y, a, b: g * y * (digamma(a) - digamma(a + b)),
        lambda g, y, a, b: g * y * (digamma(b) - digamma(a + b)),
    ],
    "Beta function Γ(a) Γ(b) / Γ(a + b).",
    latex=r"\mathrm{{B}}({0}, {1})", symbol="B",
)  # fmt: skip

betaln: Binary = _by_scipy(
    "betaln",
    [lambda g, y, a, b: g * (digamma(a) - digamma(a + b)), lambda g, y, a, b: g * (digamma(b) - digamma(a + b))],
    "Logarithm of the absolute value of the beta function.",
    keep="a b", latex=r"\log |\mathrm{{B}}({0}, {1})|", symbol="log|B|",
)  # fmt: skip


def _gamma_density(a: Any, x: Any) -> Any:
    """Compute xᵃ⁻¹ e⁻ˣ / Γ(a)."""
    return exp(xlogy(a - 1, x) - x - gammaln(a))


_gammainc: Binary = _by_scipy(
    "gammainc", [None, lambda g, y, a, x: g * _gamma_density(a, x)],
    "Regularized lower incomplete gamma function P(a, x), a a plain number or array.",
    latex=r"P({0}, {1})", symbol="P",
)  # fmt: skip
gammainc: Binary = _of_order(_gammainc, "a")

_gammaincc: Binary = _by_scipy(
    "gammaincc", [None, lambda g, y, a, x: -g * _gamma_density(a, x)],
    "Regularized upper incomplete gamma function Q(a, x) = 1 − P(a, x), a a plain number or array.",
    latex=r"Q({0}, {1})", symbol="Q",
)  # fmt: skip
gammaincc: Binary = _of_order(_gammaincc, "a")

_betainc: Ternary = _by_scipy(
    "betainc", [None, None, lambda g, y, a, b, x: g * exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b))],
    "Regularized incomplete beta function I_x(a, b), a and b plain numbers or arrays.",
    latex=r"I_{{{2}}}({0}, {1})", symbol="I",
)  # fmt: skip
betainc: Ternary = _of_order(_betainc, "a b")


@mirrors(inputs=1)
def multigammaln(a: Any, d: int) -> Any:
    """Logarithm of the multivariate gamma function of dimension d: d(d − 1)/4 · log π + Σⱼ log Γ(a + (1 − j)/2).

    Parameters
    ----------
    a : array_like or Tensor
        Greater than (d − 1)/2, as in the densities of Wishart's distribution.
    d : int
        Positive.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape.
    """
    a = a if hasattr(a, "dtype") else np.asarray(a, float)
    terms = [gammaln(a - j / 2) for j in range(d)]
    return sum(terms[1:], terms[0]) + d * (d - 1) / 4 * math.log(math.pi)


# --- inverses of distributions, and the logarithm of one ----------------------------------------------------

erfinv: Unary = _by_scipy(
    "erfinv", [lambda g, y, x: g * (math.sqrt(math.pi) / 2) * exp(y * y)], "Inverse of the error function.",
    keep="y", latex=r"\operatorname{{erf}}^{{-1}} {0}", symbol="erf⁻¹",
)  # fmt: skip

erfcinv: Unary = _by_scipy(
    "erfcinv", [lambda g, y, x: g * (-math.sqrt(math.pi) / 2) * exp(y * y)],
    "Inverse of the complementary error function, with all digits where its argument is small.",
    keep="y", latex=r"\operatorname{{erfc}}^{{-1}} {0}", symbol="erfc⁻¹",
)  # fmt: skip

ndtri: Unary = _by_scipy(
    "ndtri", [lambda g, y, x: g * math.sqrt(2 * math.pi) * exp(y * y / 2)],
    "Quantiles of the standard normal distribution, Φ⁻¹(x).",
    keep="y", latex=r"\Phi^{{-1}}({0})", symbol="Φ⁻¹",
)  # fmt: skip

log_ndtr: Unary = _by_scipy(
    "log_ndtr", [lambda g, y, x: g * _inverse_mills(x)],
    "Logarithm of the standard normal distribution function, log Φ(x), with all digits in both tails.",
    keep="x", latex=r"\log \Phi({0})", symbol="log Φ",
)  # fmt: skip


def _inverse_mills_on_numpy(x: Array) -> Array:
    with np.errstate(divide="ignore"):  # at −∞
        return 0.7978845608028654 / _scipys("erfcx")(x * -0.7071067811865476)  # √(2/π), √½


def _mills_excess_on_numpy(x: Array) -> Array:
    """Compute x + φ(x)/Φ(x); far below 0, where both cancel, by its asymptotic series in 1/x²."""
    far = x < -50
    u = np.where(far, x, -50.0)
    z = 1 / (u * u)
    series = (1 + z * (-2 + z * (10 + z * (-74 + z * (706 - z * 8162))))) / -u
    with np.errstate(invalid="ignore"):
        return np.where(far, series, x + _inverse_mills_on_numpy(x))[()]


_MILLS = """
def {name}(x):
    from scipy import special

    {body}
{name}({{0}})"""

_inverse_mills: Unary = _elementwise(
    "inverse_mills", [lambda g, y, x: -g * y * _mills_excess(x)], "φ(x)/Φ(x) of the standard normal distribution.",
    keep="y x", forward=lambda xp, x: _values(_inverse_mills_on_numpy, "log_ndtr", xp, x),
    source=_MILLS.format(
        name="inverse_mills", body="return 0.7978845608028654 / special.erfcx(x * -0.7071067811865476)",
    ),
    latex=r"\frac{{\varphi({0})}}{{\Phi({0})}}", symbol="φ/Φ",
)  # fmt: skip

_mills_excess: Unary = _elementwise(
    "mills_excess", [lambda g, y, x: g * (1 + y * (x - y))],
    "x + φ(x)/Φ(x) of the standard normal distribution, with all digits where both terms cancel.",
    keep="y x", forward=lambda xp, x: _values(_mills_excess_on_numpy, "log_ndtr", xp, x),
    source=_MILLS.format(
        name="mills_excess",
        body="""u = np.where(x < -50, x, -50.0)
    z = 1 / (u * u)
    series = (1 + z * (-2 + z * (10 + z * (-74 + z * (706 - z * 8162))))) / -u
    return np.where(x < -50, series, x + 0.7978845608028654 / special.erfcx(x * -0.7071067811865476))[()]""",
    ),
    latex=r"\left({0} + \frac{{\varphi({0})}}{{\Phi({0})}}\right)",
)  # fmt: skip

# --- exponential integrals ------------------------------------------------------------------------------------

exp1: Unary = _by_scipy(
    "exp1", [lambda g, y, x: -g * exp(-x) / x], "Exponential integral E₁(x), the integral of e⁻ᵗ/t from x to ∞.",
    keep="x", latex=r"E_1({0})", symbol="E₁",
)  # fmt: skip

expi: Unary = _by_scipy(
    "expi", [lambda g, y, x: g * exp(x) / x], "Exponential integral Ei(x), the integral of eᵗ/t from −∞ to x.",
    keep="x", latex=r"\operatorname{{Ei}}({0})", symbol="Ei",
)  # fmt: skip

# --- Bessel functions -------------------------------------------------------------------------------------------

# https://dlmf.nist.gov/10.6 and https://dlmf.nist.gov/10.29. Of the scaled ones, the factor e^(−|x|) or eˣ is one more.


_Slope = Callable[[Any, Any], Any]


def _bessel(name: str, slope: Callable[[Any, Any, Any], Any], what: str, letter: str) -> Any:
    """Declare a Bessel function of any order: ``slope(v, x, y)`` is its derivative."""
    return _by_scipy(
        name, [None, lambda g, y, v, x: g * slope(v, x, y)],
        f"{what} of real order v, a plain number or array.",
        latex=rf"{letter}_{{{{{{0}}}}}}({{1}})", symbol=letter,
    )  # fmt: skip


def _of_order_0_and_1(names: str, slope_0: _Slope, slope_1: _Slope, what: str) -> Any:
    """Declare the two Bessel functions of orders 0 and 1: ``slope(x, y)`` are their derivatives."""
    letter = names[0].upper() + ("^e" if names.endswith("e") else "")
    return (
        _by_scipy(
            name, [lambda g, y, x, slope=slope: g * slope(x, y)], f"{what} of order {order}.",
            latex=rf"{letter}_{order}({{0}})", symbol=f"{letter}{'₀₁'[order]}",
        )
        for order, (name, slope) in enumerate(zip(names.split(), (slope_0, slope_1), strict=True))
    )  # fmt: skip


_FIRST, _SECOND = "Bessel function of the first kind", "Bessel function of the second kind"
_MODIFIED, _MODIFIED_SECOND = f"Modified {_FIRST}", f"Modified {_SECOND}"
_SCALED, _SCALED_SECOND = f"{_MODIFIED} times ``e^(−|x|)``,", f"{_MODIFIED_SECOND} times eˣ,"

_jv: Binary = _bessel("jv", lambda v, x, y: (_jv(v - 1, x) - _jv(v + 1, x)) / 2, _FIRST, "J")
_yv: Binary = _bessel("yv", lambda v, x, y: (_yv(v - 1, x) - _yv(v + 1, x)) / 2, _SECOND, "Y")
_iv: Binary = _bessel("iv", lambda v, x, y: (_iv(v - 1, x) + _iv(v + 1, x)) / 2, _MODIFIED, "I")
_kv: Binary = _bessel("kv", lambda v, x, y: -(_kv(v - 1, x) + _kv(v + 1, x)) / 2, _MODIFIED_SECOND, "K")
_ive: Binary = _bessel("ive", lambda v, x, y: (_ive(v - 1, x) + _ive(v + 1, x)) / 2 - sign(x) * y, _SCALED, "I^e")
_kve: Binary = _bessel("kve", lambda v, x, y: y - (_kve(v - 1, x) + _kve(v + 1, x)) / 2, _SCALED_SECOND, "K^e")
jv: Binary = _of_order(_jv)
yv: Binary = _of_order(_yv)
iv: Binary = _of_order(_iv)
kv: Binary = _of_order(_kv)
ive: Binary = _of_order(_ive)
kve: Binary = _of_order(_kve)

j0: Unary
j1: Unary
y0: Unary
y1: Unary
i0: Unary
i1: Unary
k0: Unary
k1: Unary
i0e: Unary
i1e: Unary
k0e: Unary
k1e: Unary
j0, j1 = _of_order_0_and_1("j0 j1", lambda x, y: -j1(x), lambda x, y: (j0(x) - _jv(2, x)) / 2, _FIRST)
y0, y1 = _of_order_0_and_1("y0 y1", lambda x, y: -y1(x), lambda x, y: (y0(x) - _yv(2, x)) / 2, _SECOND)
i0, i1 = _of_order_0_and_1("i0 i1", lambda x, y: i1(x), lambda x, y: (i0(x) + _iv(2, x)) / 2, _MODIFIED)
k0, k1 = _of_order_0_and_1("k0 k1", lambda x, y: -k1(x), lambda x, y: -(k0(x) + _kv(2, x)) / 2, _MODIFIED_SECOND)
i0e, i1e = _of_order_0_and_1(
    "i0e i1e",
    lambda x, y: i1e(x) - sign(x) * y,
    lambda x, y: (i0e(x) + _ive(2, x)) / 2 - sign(x) * y,
    _SCALED,
)
k0e, k1e = _of_order_0_and_1(
    "k0e k1e", lambda x, y: y - k1e(x), lambda x, y: y - (k0e(x) + _kve(2, x)) / 2, _SCALED_SECOND
)

# --- through SciPy's own functions ------------------------------------------------------------------------------

_OTHERS = {
    **{name: getattr(entropies, name) for name in entropies.__all__},
    **{name: getattr(elementwise, name) for name in ("cbrt", "exp2", "expm1", "log1p")},
    **{name: getattr(special, name) for name in ("erf", "erfc", "ndtr")},
    "kn": kv,
    "psi": digamma,
    "round": elementwise.rint,
    "yn": yv,
}

OF_SCIPY: dict[str, Callable[..., Any]] = {
    f"scipy.special.{name}": operation
    for name, operation in {**{name: globals()[name] for name in __all__}, **_OTHERS}.items()
}
"""What SciPy's ufuncs of these names call on tensors. The table is read by name, so that nobody has to import SciPy."""
