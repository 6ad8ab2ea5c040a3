"""Three derivatives of every smooth elementwise operation, at the seams and in the tails, against many digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.ops import elementwise, reductions, special
from microgradnet.ops.elementwise import ULPS
from microgradnet.ops.reductions import FORMULAS
from tests.ops.cases import OF_DERIVATIVES, UNARY, WITHIN
from tests.ops.exact import assert_near, derivatives, nth_derivative

INF = np.inf
SIZES = [
    5e-324, 1e-310, 2.2250738585072014e-308, 1e-160, 1e-45, 1e-38, 1e-20, 1e-8, 1e-3, 0.3, 0.5, 1.0, 1.7, 3.0, 5.5,
    10.0, 40.0, 88.0, 100.0, 700.0, 745.0, 1e4, 1e10, 1e38, 1e155, 1.7e308,
]  # fmt: skip
"""Subnormals, where exponentials and squares leave the range, and what lies between."""


def points(low: float, high: float, dtype: Any) -> np.ndarray:
    """Numbers of both signs, 0 and those beside ±1, as far as they lie inside an interval."""
    info = np.finfo(dtype)
    sizes = np.array([*SIZES, info.smallest_subnormal, info.tiny, info.max / 2])
    sizes = sizes[(sizes <= info.max) & (sizes >= info.smallest_subnormal)].astype(dtype)
    one = dtype(1)
    sizes = np.concatenate([sizes, [np.nextafter(one, 0), np.nextafter(one, 2)]]).astype(dtype)
    x = np.unique(np.concatenate([-sizes, [dtype(0)], sizes]))
    x = x[(x > low) & (x < high)]
    return np.append(x, -dtype(0)) if low < 0 < high else x


EVERYWHERE, EXPONENTIAL, FAR = (-INF, INF), (-1e5, 709.0), (-1e5, 1e5)
EXACT: dict[str, tuple[Callable[[Any], Any], tuple[float, float]]] = {
    "negative": (lambda x: -x, EVERYWHERE), "positive": (lambda x: x, EVERYWHERE),
    "square": (lambda x: x * x, EVERYWHERE), "reciprocal": (lambda x: 1 / x, (0, INF)),
    "sqrt": (mpmath.sqrt, (0, INF)), "cbrt": (mpmath.cbrt, (0, INF)),
    "exp": (mpmath.exp, EXPONENTIAL), "expm1": (mpmath.exp, EXPONENTIAL),
    "exp2": (lambda x: mpmath.mpf(2) ** x, (-1e5, 1023)),
    "log": (mpmath.log, (0, INF)), "log2": (lambda x: mpmath.log(x, 2), (0, INF)),
    "log10": (lambda x: mpmath.log(x, 10), (0, INF)), "log1p": (lambda x: mpmath.log(1 + x), (-1, INF)),
    "sin": (mpmath.sin, (-1e11, 1e11)), "cos": (mpmath.cos, (-1e11, 1e11)), "tan": (mpmath.tan, (-1e11, 1e11)),
    "arcsin": (mpmath.asin, (-1, 1)), "arccos": (mpmath.acos, (-1, 1)), "arctan": (mpmath.atan, EVERYWHERE),
    "sinh": (mpmath.sinh, (-709, 709)), "cosh": (mpmath.cosh, (-709, 709)), "tanh": (mpmath.tanh, FAR),
    "arcsinh": (mpmath.asinh, EVERYWHERE), "arccosh": (mpmath.acosh, (1, INF)), "arctanh": (mpmath.atanh, (-1, 1)),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), FAR), "logistic": (lambda x: 1 / (1 + mpmath.exp(-x)), FAR),
    "logistic_density": (lambda x: 1 / (2 + mpmath.exp(-x) + mpmath.exp(x)), FAR),
    "softplus": (lambda x: mpmath.log(1 + mpmath.exp(x)), FAR),
    "one_minus_square": (lambda x: 1 - x * x, EVERYWHERE), "lorentzian": (lambda x: 1 / (1 + x * x), EVERYWHERE),
    "gauss": (lambda x: mpmath.exp(-x * x), FAR),
}  # fmt: skip
SLOPES: dict[str, Callable[[Any], Any]] = {
    "erf": lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x),
    "erfc": lambda x: -2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x),
    "ndtr": lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi),
}
"""Of some the slope is known, which takes less time."""
TERMS: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda x: 0.25, "tanh": lambda x: 1.0,
    "ndtr": lambda x: 0.4 * np.exp(-min(x * x, 1e3) / 2), "lorentzian": lambda x: min(1.0, 1 / abs(x or 1)) ** 4,
}  # fmt: skip
"""The size of what the derivatives are made of, where that counts: near a zero of the third, where terms of unlike
signs meet; and the largest slope where derivatives are made of the value alone, which is said in the docstring."""
KINKS = {"absolute", "relu"}


def operation(name: str) -> Callable[..., Any]:
    return getattr(elementwise, name, None) or getattr(special, name)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", [*EXACT, *SLOPES])
def test_three_derivatives_hold_to_the_last_digits(name: str, dtype: Any) -> None:
    f, (low, high) = EXACT.get(name) or (SLOPES[name], FAR)
    x = points(low, high, dtype)
    exact = [derivatives(f, float(at), of_slope=name in SLOPES) for at in x]
    for order, ulps in enumerate(ULPS.get(name, (4, 4, 4)), 1):
        for at, found, right in zip(x, nth_derivative(operation(name), order)(x), exact, strict=True):
            size = TERMS.get(name, lambda x: 0.0)(float(at)) if order == 3 or name in ("sigmoid", "tanh") else 0.0
            assert_near(found, right[order - 1], at, order, ulps, size, name)


LIMITS = [
    (name, side) for name, (_, ends) in EXACT.items() for side in (0, 1)
    if abs(ends[side]) >= 700 and name not in ("sin", "cos", "tan", "arcsin", "arccos", "arctanh")
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "side"), LIMITS)
def test_three_derivatives_reach_their_limits_at_infinity(name: str, side: int) -> None:
    f, ends = EXACT[name]
    far = mpmath.mpf(10) ** (6000 if abs(ends[side]) == INF else 5) * (-1, 1)[side]
    for order, limit in enumerate(derivatives(f, far), 1):
        found = nth_derivative(operation(name), order)(np.array([(-INF, INF)[side]]))
        assert found == (float(limit) if abs(limit) > 1e-200 else 0), f"derivative {order}: {found}, and it is {limit}"


# --- of two numbers ------------------------------------------------------------------------------------------

SIGNED = [s * n for n in (1e-20, 1e-8, 0.3, 1.0, 1.7, 3.0, 40.0, 1e10) for s in (-1, 1)]
POWERS = [(a, p) for a in SIGNED if a > 0 for p in (-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 7.3)]
PLANE = [(a, b) for a in (0.0, *SIGNED) for b in (0.0, *SIGNED) if a or b]
EXPONENTS = [(a, b) for a in (-745.0, -40.0, -3.0, 0.0, 1.7, 40.0, 700.0) for b in (-745.0, -40.0, 1e-8, 0.3, 700.0)]
OF_TWO: dict[str, tuple[Callable[[Any, Any], Any], list[tuple[float, float]]]] = {
    "multiply": (lambda a, b: a * b, PLANE), "divide": (lambda a, b: a / b, [(a, b) for a, b in PLANE if b]),
    "power": (mpmath.power, POWERS), "hypot": (lambda a, b: mpmath.sqrt(a * a + b * b), PLANE),
    "arctan2": (mpmath.atan2, [(a, b) for a, b in PLANE if a or b > 0]),
    "logaddexp": (lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)), EXPONENTS),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("name", OF_TWO)
def test_three_derivatives_in_each_of_two_numbers_hold_to_the_last_digits(name: str, which: int) -> None:
    f, pairs = OF_TWO[name]
    x, other = np.array(pairs).T[:: 1 - 2 * which]

    def along(at: Any, fixed: Any, f: Any) -> Any:
        return f(at, fixed) if which == 0 else f(fixed, at)

    exact = [derivatives(lambda z, b=b: along(z, mpmath.mpf(b), f), float(a)) for a, b in zip(x, other, strict=True)]
    for order, ulps in enumerate(ULPS.get(name, (4, 4, 4)), 1):
        found = nth_derivative(lambda x: along(x, other, operation(name)), order)(x)
        for at, b, d, right in zip(x, other, found, exact, strict=True):
            apart = abs(at - b) if name == "logaddexp" else 0.0
            assert_near(d, right[order - 1], at, order, ulps + apart, 0.0, f"{name} beside {b}")


def test_equal_infinities_share_the_gradient_of_a_logarithm_of_exponentials() -> None:
    for end in (-INF, INF):
        assert mg.grad(mg.logaddexp, argnums=(0, 1))(end, end) == (0.5, 0.5)
        assert mg.grad(mg.logsumexp)(np.array([end, end])).tolist() == [0.5, 0.5]
    assert mg.grad(mg.logsumexp)(np.array([INF, 1.0])).tolist() == [1, 0]
    rows = np.array([[-INF, -INF], [0.0, -INF]])
    assert mg.grad(lambda x: mg.sum(mg.logsumexp(x, axis=1)))(rows).tolist() == [[0.5, 0.5], [1, 0]]


def test_powers_at_the_ends_of_their_range() -> None:
    for zero in (0, 0.0, np.array(0.0)):
        assert mg.grad(lambda x, p=zero: x**p)(INF) == 0
        assert mg.grad(lambda x, p=zero: x**p)(0.0) == 0
    assert mg.grad(mg.power, argnums=1)(INF, -1.0) == 0
    assert mg.grad(lambda p: mg.grad(lambda x: x**p)(2.0))(0.0) == 0.5  # of p·xᵖ⁻¹
    assert mg.grad(lambda x: mg.sum(x ** np.array([0, 2], np.uint8)))(np.array([0.0, 3.0])).tolist() == [0, 6]


# --- softmax and its relatives: what is left of 1 ------------------------------------------------------------

LIKELY = np.array([37.43, 0.0, -3.0])
"""The probability of the first lacks only 10⁻¹⁶ of 1."""


def softmax(i: int) -> Callable[..., Any]:
    return lambda *x: mpmath.exp(x[i]) / sum(map(mpmath.exp, x))


@pytest.mark.parametrize("operation", [mg.log_softmax, mg.activations["log_softmax"]], ids=["operation", "activation"])
@pytest.mark.parametrize("i", range(3))
def test_cross_entropy_has_all_digits_where_the_class_is_likely(operation: Any, i: int) -> None:
    with mpmath.workdps(50):
        exact = [softmax(j)(*map(mpmath.mpf, LIKELY)) - (j == i) for j in range(3)]
    found = mg.grad(lambda x: -operation(x)[i])(LIKELY)
    np.testing.assert_allclose(found, [float(e) for e in exact], rtol=1e-14)


@pytest.mark.parametrize(
    "operation",
    [mg.softmax, mg.activations["softmax"], mg.grad(mg.logsumexp)],
    ids=["operation", "activation", "gradient of logsumexp"],
)
def test_so_have_softmax_and_its_second_derivative(operation: Any) -> None:
    with mpmath.workdps(50):
        p = [softmax(j)(*map(mpmath.mpf, LIKELY)) for j in range(3)]
        jacobian = [[float(p[i] * ((i == j) - p[j])) for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(mg.jacobian(operation)(LIKELY), jacobian, rtol=1e-14)


# --- where a length is 0 there is no second derivative ----------------------------------------------------------

LENGTHS: dict[str, Callable[[Any], Any]] = {
    "hypot": lambda x: mg.hypot(x[0], x[1]),
    "arctan2": lambda x: mg.arctan2(x[0], x[1]),
    "std": lambda x: mg.std(x + 1.0),
    "std of rows": lambda x: mg.sum(mg.std(mg.reshape(x, (1, 2)), axis=1)),
    **{f"norm of order {p}": lambda x, p=p: mg.linalg.norm(x, p) for p in (None, 1, 2, 3, 4, 1.5, 0.5, INF, -INF)},
    **{f"norm {p} of a matrix": lambda x, p=p: mg.linalg.norm(x[None], p) for p in ("fro", 1, -1, INF, -INF)},
    "pairwise distance": lambda x: mg.sum(mg.linalg.norm(x[:, None, None] - x[None, :, None], axis=-1)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", LENGTHS)
def test_the_square_of_a_length_of_0_has_gradient_0_and_no_silent_hessian(name: str) -> None:
    def square(x: Any) -> Any:
        return LENGTHS[name](x) ** 2

    assert mg.grad(square)(np.zeros(2)).tolist() == [0, 0]
    assert np.isnan(mg.hessian(square)(np.zeros(2))).all()
    if name != "pairwise distance":  # of each point to itself it is 0
        mg.gradcheck(square, np.array([3.0, 4.5]), order=2).raise_if_wrong()


# --- lengths whose squares leave the range ----------------------------------------------------------------------

SCALED: dict[str, Callable[[Any], Any]] = {
    **{f"norm of order {p}": lambda x, p=p: mg.linalg.norm(x[0], p) for p in (None, 1, 3, 4, 1.5, 0.5, -1, -2, INF)},
    "norm of all": lambda x: mg.linalg.norm(x),
    "norms of rows": lambda x: mg.sum(mg.linalg.norm(x, axis=1)),
    "norms of columns": lambda x: mg.sum(mg.linalg.norm(x, axis=0, keepdims=True)),
    "norms of matrices": lambda x: mg.sum(mg.linalg.norm(x[:, None], axis=(0, 2))),
    "std of all": lambda x: mg.std(x),
    "std of rows": lambda x: mg.sum(mg.std(x, axis=-1, ddof=1)),
    "std of columns": lambda x: mg.sum(mg.std(x, axis=(0,), keepdims=True)),
    "hypot": lambda x: mg.sum(mg.hypot(x[0], x[1])),
}
BLOCK = np.array([[3.0, -4.0, 1.0], [0.5, 2.0, -1.0]])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", SCALED)
@given(exponent=st.integers(-1000, 1018))
@example(exponent=600)
@example(exponent=-600)
def test_the_gradient_of_a_length_is_the_same_at_every_scale(name: str, exponent: int) -> None:
    slope = mg.grad(SCALED[name])
    x = np.ldexp(BLOCK, exponent)
    np.testing.assert_allclose(slope(x), slope(BLOCK), rtol=1e-12, atol=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("dtype", "exponent"), [("f8", 600), ("f8", -600), ("f4", 100), ("f4", -100), ("f2", 10)])
@pytest.mark.parametrize("name", SCALED)
def test_so_is_its_second_derivative_per_unit(name: str, dtype: str, exponent: int) -> None:
    if dtype == "f2" and name == "norm of order 0.5":
        pytest.skip("the length itself is too large")
    precision = {"f8": 1e-12, "f4": 1e-4, "f2": 2e-2}[dtype]
    x = np.ldexp(BLOCK, exponent).astype(dtype)
    for order in (1, 2) if dtype != "f2" else (1,):
        wanted = nth_derivative(SCALED[name], order)(BLOCK)
        found = nth_derivative(SCALED[name], order)(x)
        assert found.dtype == dtype
        per_unit = np.ldexp(found.astype(float), exponent * (order - 1))
        np.testing.assert_allclose(per_unit, wanted, rtol=precision, atol=precision)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("compiled", [False, True])
def test_each_length_has_its_own_scale(compiled: bool) -> None:
    rows = np.array(
        [[3e200, 4e200], [3.0, 4.0], [0.0, 0.0], [3e-200, 4e-200], [INF, 1.0], [np.nan, 1.0], [1.5e308, 1.5e308]]
    )
    unit = [0.6, 0.8]
    slope = mg.grad(lambda x: mg.sum(mg.linalg.norm(x, axis=1)))
    found = (mg.compile(slope, backend="numpy") if compiled else slope)(rows)
    nothing = [np.nan, np.nan]  # the length itself is too large
    np.testing.assert_allclose(found, [unit, unit, [0, 0], unit, [1, 0], nothing, nothing], rtol=1e-15)
    assert np.isnan(mg.grad(mg.std)(np.array([1e308, 1.5e308]))).all()  # the mean is too large


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("dtype", "exponent"), [("f8", -600), ("f8", 600), ("f4", -100), ("f4", 100)])
@pytest.mark.parametrize("singular", [False, True])
def test_the_second_derivative_of_a_determinant_is_right_where_it_leaves_the_range(
    dtype: str, exponent: int, singular: bool
) -> None:
    x = np.array([[1.0, 2.0, -1.0], [0.5, -1.0, 3.0], [1.5, 1.0, 2.0] if singular else [2.0, 0.25, 1.0]])
    weights = np.array([[0.5, -1.0, 2.0], [1.0, 0.25, -0.5], [-2.0, 1.5, 1.0]])
    second = mg.grad(lambda x: mg.sum(mg.grad(mg.linalg.det)(x) * weights.astype(x.dtype)))
    found = second(np.ldexp(x, exponent).astype(dtype)).astype(float)
    np.testing.assert_allclose(np.ldexp(found, -exponent), second(x), rtol=1e-4 if dtype == "f4" else 1e-12, atol=1e-4)


def test_every_smooth_operation_of_one_number_is_compared() -> None:
    """Those that have SciPy's names are compared in test_scientific.py."""
    assert {*EXACT, *SLOPES} == ({*UNARY, *OF_DERIVATIVES} - KINKS - {"abs", *WITHIN}) | {"gauss"}


@pytest.mark.parametrize("name", ULPS)
def test_the_bound_is_said_where_the_operation_is_documented(name: str) -> None:
    first, second, third = ULPS[name]
    assert f"within {first}, {second} and {third} units in the last place" in operation(name).__doc__


# --- the error functions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "exact"),
    [
        (mg.erf, math.erf),
        (mg.erfc, math.erfc),
        (mg.ndtr, lambda x: mpmath.ncdf(x)),
    ],
    ids=["erf", "erfc", "ndtr"],
)
def test_error_functions_over_all_of_their_range(operation, exact):
    x = np.concatenate([np.linspace(-6, 6, 241), np.linspace(6, 26, 81), np.geomspace(1e-300, 1, 20), [-0.0, np.inf]])
    expected = np.array([float(exact(float(v))) for v in x])
    xp = pytest.importorskip("array_api_strict")
    for found in (operation(x), np.asarray(operation(xp.asarray(x)))):
        np.testing.assert_allclose(found, expected, rtol=2e-15, atol=1e-305)


# --- where a formula is chosen by size ------------------------------------------------------------------

HIGHEST = {np.float16: 11.0, np.float32: 88.0, np.float64: 709.0}


@pytest.mark.parametrize("size", [None, (), 2, 10_000])
@pytest.mark.parametrize("dtype", HIGHEST)
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("beyond", [-1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 5.0, 8.0, 1000.0, math.inf])
def test_the_sigmoid_overflows_on_neither_side_of_where_its_formula_changes(dtype, beyond, sign, size):
    x = dtype(sign * (HIGHEST[dtype] + beyond))
    expected, least = float(1 / (1 + mpmath.exp(-float(x)))), float(np.finfo(dtype).smallest_subnormal)
    close = pytest.approx(expected, rel=1e-4 if dtype is np.float16 else 1e-5, abs=least)
    z = x if size is None else np.full(size, x)
    if size:
        z[1] = 0
    y = mg.sigmoid(z)
    assert y.dtype == dtype
    assert y.flat[0] == close
    if size:
        assert y[1] == 0.5
    if not size:
        assert mg.grad(mg.sigmoid)(x) == pytest.approx(expected if sign < 0 else 0.0, rel=close.rel, abs=least)


def test_the_sigmoid_of_many_numbers_keeps_nan():
    z = np.zeros(10_000)
    z[:2] = math.nan, -math.inf
    y = mg.sigmoid(z)
    assert math.isnan(y[0])
    assert (y[1], y[2]) == (0.0, 0.5)


@pytest.mark.parametrize("size", [8, 512, 513, 2000])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_few_and_many_numbers_are_masked_alike(dtype, size):
    x = np.resize(np.array([1.5, -1.5, 0.0, np.inf, -np.inf, -0.0, np.nan], dtype), size)
    seed = np.resize(np.array([2.0, np.nan, np.inf, -3.0, -np.inf, 5.0, -0.0, 1.0], dtype), size)
    for f, passes in ((mg.relu, x > 0), (lambda x: mg.where(x > 0, x, 0), x > 0), (mg.abs, x != 0)):
        (g,) = mg.vjp(f, x)[1](seed)
        sign = np.sign(x) if f is mg.abs else 1
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal(g, np.where(passes, seed * sign, 0))
        assert g.dtype == dtype


def test_the_second_derivative_of_a_softmax_that_is_nearly_one_keeps_its_digits():
    q = np.exp(-40.0)
    expected = 2 * q * np.array([[1.0, -1.0], [-1.0, 1.0]])
    for large in (0.0, 2.0**20):  # what is added to both makes no difference

        def f(x, weights=(1.0 + large, 3.0 + large)):
            return mg.sum(np.array(weights) * mg.softmax(x, axis=0))

        np.testing.assert_allclose(mg.hessian(f)(np.array([0.0, -40.0])), expected, rtol=1e-13)


@pytest.mark.parametrize("library", ["numpy", "array_api_strict"])
def test_the_derivative_of_a_softmax_that_is_nearly_one_keeps_its_digits(library):
    xp = pytest.importorskip(library)
    x = mg.tensor(xp.asarray([[0.0, -40.0], [-40.0, 0.0]]), requires_grad=True)
    g, q = mg.tensor(xp.asarray([[1.0, 3.0], [1.0, 3.0]]) + 2.0**20), math.exp(-40.0)
    for create_graph in (False, True):
        found = mg.gradients(mg.softmax(x, axis=1), x, seed=g, create_graph=create_graph)
        found = np.asarray(found.numpy() if create_graph else found)
        np.testing.assert_allclose(found, 2 * q * np.array([[-1, 1], [-1, 1]]), rtol=1e-13)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_textbooks_formula_is_what_is_computed(name):
    random = np.random.default_rng(0)
    g, x = random.normal(size=(2, 3)), random.normal(size=(2, 3))
    for axis in (0, 1):
        y = (mg.log_softmax if name.startswith("log") else mg.softmax)(x, axis=axis)
        computed = getattr(reductions, name)(g, y, axis=axis)
        np.testing.assert_allclose(FORMULAS[name](g, y, axis=axis), computed, rtol=1e-12)


@pytest.mark.parametrize("order", ["first", "second"])
@pytest.mark.parametrize("library", ["numpy", "array_api_strict"])
def test_derivatives_of_a_log_softmax_that_is_nearly_one_keep_their_digits(library, order):
    xp = pytest.importorskip(library)
    x = mg.tensor(xp.asarray([[0.0, -40.0], [-40.0, 0.0]]), requires_grad=True)
    g, q = mg.tensor(xp.asarray([[1.0, 1e-20], [1e-20, 1.0]])), math.exp(-40.0)
    pulled = mg.gradients(mg.log_softmax(x, axis=1), x, seed=g, create_graph=True)
    if order == "first":
        np.testing.assert_allclose(np.asarray(pulled.numpy()), (q - 1e-20) * np.array([[1, -1], [-1, 1]]), rtol=1e-12)
    else:  # of the first column, 1 − p₀, whose slope is p₀(1 − p₀)
        second = mg.gradients(mg.sum(pulled[:, 0]), x)
        np.testing.assert_allclose(np.asarray(second), q * np.array([[-1, 1], [-1, 1]]), rtol=1e-12)
