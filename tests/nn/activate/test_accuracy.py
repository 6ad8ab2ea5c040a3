"""Values and derivatives of the built-in activations against 50-digit ones, over the whole range of both dtypes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import microgradnet as mg
from tests.ops.exact import assert_near, derivatives, nth_derivative
from tests.ops.test_tails import points as seams

mp = mpmath.mp
ULPS = 4
DIGITS = 50
INF = np.inf


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def normal(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def density(x: Any) -> Any:
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


def cubic(x: Any) -> Any:
    return 2 * mpmath.sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x**3)


def cubic_slope(x: Any) -> Any:
    return 2 * mpmath.sqrt(2 / mpmath.pi) * (1 + 3 * mpf("0.044715") * x**2)


def tanh_softplus(x: Any) -> Any:
    e = mpmath.exp(x)
    return e * (e + 2) / (e * (e + 2) + 2)


def mish_slope(x: Any) -> Any:
    e = mpmath.exp(x)
    return tanh_softplus(x) + x * 4 * e * (1 + e) / (e * (e + 2) + 2) ** 2


def sinc_slope(x: Any) -> Any:
    return (mpmath.cos(x) - mpmath.sin(x) / x) / x if x else mpf(0)


def piece(*ends: Any) -> Callable[[Any], Any]:
    """A function in pieces: (end, function), ... and the last function, each up to its end, which is included."""

    def f(x: Any) -> Any:
        for end, g in ends[:-1]:
            if x <= end:
                return mpf(g(x))
        return mpf(ends[-1](x))

    return f


def left(slope: Any, right: Any = 1) -> tuple[Any, Any]:
    return piece((0, lambda x: slope * x), lambda x: right * x), piece((0, lambda x: slope), lambda x: right)


def ramp(x: Any) -> Any:
    return min(max((x + 1) / 2, mpf(0)), mpf(1))


ALPHA, SCALE = mpf("1.6732632423543772848170429916717"), mpf("1.0507009873554804934193349852946")


def flat(low: Any, high: Any, slope: Any) -> Callable[[Any], Any]:
    """The slope between two kinks, and 0 outside and at the kinks."""
    return lambda x: mpf(slope if low < x < high else 0)


SHRINK = piece((-0.5, lambda x: 1), lambda x: 1 if x > 0.5 else 0)


@dataclass(frozen=True)
class Exact:
    """The exact value and derivative; and where 4 ULP of them can't hold, what does.

    `ulps` gives the bound at x. `slope_of` gives, of x and the exact derivative, the number whose ULP counts: near a
    zero of the derivative that is the size of the terms that cancel. `higher` are the bounds of the second and third
    derivatives. Beyond `below` the value overflows.
    """

    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    ulps: Callable[[float], float] = lambda x: ULPS
    slope_of: Callable[[Any, Any], Any] = lambda x, y: y
    higher: tuple[float, float] = (ULPS, ULPS)
    below: float = INF


def at_least(size: float) -> Callable[[Any, Any], Any]:
    return lambda x, y: max(abs(y), size)


EXACT = {
    "identity": Exact(lambda x: x, lambda x: mpf(1)),
    "relu": Exact(*left(0)),
    "relu6": Exact(lambda x: min(max(x, 0), 6), flat(0, 6, 1)),
    "leaky_relu": Exact(*left(mpf("0.01"))),
    "prelu": Exact(*left(mpf("0.25"))),
    "rrelu": Exact(*left(mpf(11) / 48)),
    "hard_sigmoid": Exact(lambda x: min(max(x + 3, 0), 6) / mpf(6), flat(-3, 3, mpf(1) / 6)),
    "hard_tanh": Exact(lambda x: min(max(x, -1), 1), flat(-1, 1, 1)),
    "hard_swish": Exact(
        lambda x: x * min(max(x + 3, 0), 6) / 6,
        piece((-3, lambda x: 0), (3, lambda x: 1 if x == 3 else (2 * x + 3) / 6), lambda x: 1),
    ),
    "softshrink": Exact(lambda x: x - min(max(x, -0.5), 0.5), lambda x: mpf(abs(x) > 0.5)),
    "hardshrink": Exact(lambda x: x if abs(x) > 0.5 else mpf(0), lambda x: mpf(abs(x) > 0.5)),
    "threshold": Exact(*left(0)),
    # As fast as can be, with the value only: a(1 − a) and 1 − a² hold to an ULP of the largest slope.
    "sigmoid": Exact(sigmoid, lambda x: sigmoid(x) * sigmoid(-x), slope_of=at_least(0.25)),
    "tanh": Exact(mpmath.tanh, lambda x: mpmath.sech(x) ** 2, slope_of=at_least(1.0)),
    "log_sigmoid": Exact(lambda x: -mpmath.log1p(mpmath.exp(-x)), lambda x: sigmoid(-x)),
    "tanhshrink": Exact(lambda x: x - mpmath.tanh(x), lambda x: mpmath.tanh(x) ** 2, ulps=lambda x: 5),
    "softsign": Exact(lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "softplus": Exact(lambda x: mpmath.log1p(mpmath.exp(x)), sigmoid),
    "squareplus": Exact(
        lambda x: (x + mpmath.sqrt(x * x + 4)) / 2, lambda x: (1 + x / mpmath.sqrt(x * x + 4)) / 2, higher=(4, 6)
    ),
    "elu": Exact(piece((0, mpmath.expm1), lambda x: x), piece((0, mpmath.exp), lambda x: 1)),
    "celu": Exact(piece((0, mpmath.expm1), lambda x: x), piece((0, mpmath.exp), lambda x: 1)),
    "selu": Exact(
        piece((0, lambda x: ALPHA * SCALE * mpmath.expm1(x)), lambda x: SCALE * x),
        piece((0, lambda x: ALPHA * SCALE * mpmath.exp(x)), lambda x: SCALE),
    ),
    "gelu": Exact(
        lambda x: x * normal(x),
        lambda x: normal(x) + x * density(x),
        ulps=lambda x: 6,
        slope_of=lambda x, y: max(abs(y), normal(x)),
    ),
    "gelu_tanh": Exact(
        lambda x: x * sigmoid(cubic(x)),
        lambda x: sigmoid(cubic(x)) * (1 + x * cubic_slope(x) * sigmoid(-cubic(x))),
        ulps=lambda x: ULPS + 4 * abs(float(cubic(x))) if x < 0 else ULPS,
        slope_of=lambda x, y: max(abs(y), sigmoid(cubic(x))),
    ),
    "silu": Exact(
        lambda x: x * sigmoid(x),
        lambda x: sigmoid(x) * (1 + x * sigmoid(-x)),
        slope_of=lambda x, y: max(abs(y), sigmoid(x)),
        higher=(4, 12),
    ),
    "mish": Exact(
        lambda x: x * tanh_softplus(x),
        mish_slope,
        slope_of=lambda x, y: max(abs(y), tanh_softplus(x)),
        higher=(12, 14),
    ),
    "exponential": Exact(mpmath.exp, mpmath.exp, below=88.0),
    "relu2": Exact(lambda x: max(x, 0) ** 2, lambda x: 2 * max(x, 0)),
    "sparse_sigmoid": Exact(ramp, flat(-1, 1, mpf(1) / 2)),
    "sparse_plus": Exact(piece((-1, lambda x: 0), (1, lambda x: (x + 1) ** 2 / 4), lambda x: x), ramp),
    "snake": Exact(
        lambda x: x + mpmath.sin(x) ** 2, lambda x: 1 + mpmath.sin(2 * x), slope_of=lambda x, y: max(abs(y), 1)
    ),
    "sin": Exact(mpmath.sin, mpmath.cos),
    "sinc": Exact(
        lambda x: mpmath.sin(x) / x if x else mpf(1),
        sinc_slope,
        slope_of=lambda x, y: max(abs(y), abs(mpmath.cos(x) / x)) if abs(x) > 1.5 else y,
    ),
    "gaussian": Exact(lambda x: mpmath.exp(-x * x), lambda x: -2 * x * mpmath.exp(-x * x)),
    "bent_identity": Exact(
        lambda x: (mpmath.sqrt(x * x + 1) - 1) / 2 + x, lambda x: x / (2 * mpmath.sqrt(x * x + 1)) + 1
    ),
}


def points(dtype: Any) -> np.ndarray:
    """Subnormals, powers up to 10⁴, and what is between where exponentials change; of both signs, and 0."""
    info = np.finfo(dtype)
    ends = [info.smallest_subnormal, 17 * info.smallest_subnormal, info.tiny, 1e-30]
    positive = np.concatenate([ends, np.geomspace(1e-6, 1e4, 60), np.linspace(0.3, 9.7, 48), np.linspace(12, 120, 16)])
    positive = positive.astype(dtype)
    return np.concatenate([-positive[::-1], np.zeros(1, dtype), positive])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", EXACT)
def test_value_and_derivative_hold_to_the_last_digits(name: str, dtype: Any) -> None:
    exact = EXACT[name]
    x = points(dtype)
    x = x[x < exact.below]
    leaf = mg.tensor(x, requires_grad=True)
    y = mg.activations[name](leaf)
    mg.sum(y).backward()
    assert y.dtype == leaf.grad.dtype == dtype
    least = float(np.finfo(dtype).smallest_subnormal)
    for at, value, slope in zip(x, y.numpy(), leaf.grad, strict=True):
        with mpmath.workdps(DIGITS if abs(at) > 1e-7 else 700):
            z = mpf(float(at))
            expected = {"value": mpf(exact.value(z)), "derivative": mpf(exact.slope(z))}
            size = {"value": expected["value"], "derivative": exact.slope_of(z, expected["derivative"])}
            for what, found in (("value", value), ("derivative", slope)):
                ulp = float(np.spacing(dtype(abs(float(size[what])))))
                # Where a factor of the result is itself below the normal numbers, it has lost digits.
                lost = abs(z) * least if abs(expected[what]) < abs(z) * np.finfo(dtype).tiny else 0
                off = abs(mpf(float(found)) - expected[what])
                assert off <= exact.ulps(float(z)) * ulp + lost, f"{what} at {at}: {found}, {float(off / ulp):.3g} ULP"


ROUGH = {"softsign": (0.0,), "elu": (0.0,), "celu": (0.0,), "relu2": (0.0,), "sparse_plus": (-1.0, 1.0)}
"""Where, besides kinks, a second or third derivative jumps."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", EXACT)
def test_second_and_third_derivatives_hold_to_the_last_digits(name: str, dtype: Any) -> None:
    exact, f = EXACT[name], mg.activations[name]
    beside = [np.nextafter(dtype(k), dtype(side)) for k in f.kinks for side in (-INF, INF)]
    x = np.unique(np.append(seams(-1e5, 1e5, dtype), beside).astype(dtype))
    x = x[x < exact.below]
    rough = np.isin(x, [*f.kinks, *ROUGH.get(name, ())])
    of_slope = name == "gelu"  # whose integrals take long
    function = exact.slope if of_slope else exact.value
    rights = [derivatives(lambda z: mpf(function(z)), float(at), of_slope=of_slope) for at in x[~rough]]
    for order in (2, 3):
        found = nth_derivative(f, order)(x)
        assert np.isfinite(found[rough]).all()
        for at, d, right in zip(x[~rough], found[~rough], rights, strict=True):
            ulps = ULPS + 4 * abs(float(cubic(float(at)))) if name == "gelu_tanh" else exact.higher[order - 2]
            size = {"sigmoid": 0.25, "tanh": 1.0}.get(name, 0.0)
            assert_near(d, right[order - 1], at, order, ulps, size, name)


def test_every_elementwise_activation_is_compared() -> None:
    assert {f.name for f in mg.activations.values() if f.elementwise} == set(EXACT)


# --- where there are no digits ----------------------------------------------------------------------------

LIMITS = {
    "identity": (-INF, INF), "relu": (0, INF), "relu6": (0, 6), "leaky_relu": (-INF, INF), "prelu": (-INF, INF),
    "rrelu": (-INF, INF), "hard_sigmoid": (0, 1), "hard_tanh": (-1, 1), "hard_swish": (0, INF),
    "softshrink": (-INF, INF), "hardshrink": (-INF, INF), "threshold": (0, INF), "sigmoid": (0, 1), "tanh": (-1, 1),
    "log_sigmoid": (-INF, 0), "tanhshrink": (-INF, INF), "softsign": (-1, 1), "softplus": (0, INF),
    "squareplus": (0, INF), "elu": (-1, INF), "celu": (-1, INF), "selu": (-float(ALPHA * SCALE), INF),
    "gelu": (0, INF), "gelu_tanh": (0, INF), "silu": (0, INF), "mish": (0, INF), "sin": (np.nan, np.nan),
    "sinc": (0, 0), "gaussian": (0, 0), "bent_identity": (-INF, INF), "exponential": (0, INF), "relu2": (0, INF),
    "sparse_sigmoid": (0, 1), "sparse_plus": (0, INF), "snake": (np.nan, np.nan),
}  # fmt: skip
SLOPES = {
    "identity": (1, 1), "leaky_relu": (0.01, 1), "prelu": (0.25, 1), "rrelu": (11 / 48, 1), "softshrink": (1, 1),
    "hardshrink": (1, 1), "log_sigmoid": (1, 0), "tanhshrink": (1, 1), "relu": (0, 1), "threshold": (0, 1),
    "hard_swish": (0, 1), "softplus": (0, 1), "squareplus": (0, 1), "elu": (0, 1), "celu": (0, 1),
    "selu": (0, float(SCALE)), "gelu": (0, 1), "gelu_tanh": (0, 1), "silu": (0, 1), "mish": (0, 1),
    "bent_identity": (0.5, 1.5), "sin": (np.nan, np.nan), "exponential": (0, INF), "relu2": (0, INF),
    "sparse_plus": (0, 1), "snake": (np.nan, np.nan),
}  # fmt: skip
"""The others' are 0."""
WAVES = ("sin", "snake")
"""What is no number at infinity."""
OVERFLOWING = ("exponential", "relu2")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", [n for n in LIMITS if n not in WAVES])
def test_infinities_give_the_limits_and_nan_gives_nan(name: str, dtype: Any) -> None:
    x = mg.tensor(np.array([-INF, INF, np.nan], dtype), requires_grad=True)
    y = mg.activations[name](x)
    y.backward(np.ones(x.shape, dtype))
    np.testing.assert_allclose(y.numpy(), [*LIMITS[name], np.nan], rtol=1e-6)
    np.testing.assert_allclose(x.grad[:2], SLOPES.get(name, (0, 0)), rtol=1e-6)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [n for n in LIMITS if n not in (*WAVES, *OVERFLOWING)])
def test_second_and_third_derivatives_are_0_at_infinity(name: str) -> None:
    for order in (2, 3):
        found = nth_derivative(mg.activations[name], order)(np.array([-INF, INF, -1e308, 1e308]))
        assert (np.abs(found) < 1e-307).all()


@pytest.mark.parametrize("name", EXACT)
def test_value_and_derivative_at_minus_zero_are_those_at_zero(name: str) -> None:
    f = mg.activations[name]
    assert f(np.float64(-0.0)) == f(np.float64(0.0))
    assert mg.grad(f)(-0.0) == mg.grad(f)(0.0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", [n for n in EXACT if n not in OVERFLOWING])
def test_the_largest_numbers_overflow_nowhere(name: str, dtype: Any) -> None:
    largest = np.finfo(dtype).max / 2
    x = mg.tensor(np.array([-largest, -1e30, 1e30, largest], dtype), requires_grad=True)
    y = mg.activations[name](x)
    y.backward(np.ones(x.shape, dtype))
    assert np.isfinite(y.numpy()).all()
    assert np.isfinite(x.grad).all()


@pytest.mark.parametrize("name", [n for n, f in mg.activations.items() if f.elementwise])
def test_the_second_derivative_is_finite_and_quiet(name: str) -> None:
    x = np.concatenate([-np.geomspace(1e-8, 100, 30), [0.0], np.geomspace(1e-8, 100, 30)])
    f = mg.activations[name]
    assert np.isfinite(mg.grad(lambda x: mg.sum(mg.grad(lambda x: mg.sum(f(x)))(x)))(x)).all()


@pytest.mark.parametrize("name", [n for n, f in mg.activations.items() if f.elementwise])
def test_the_stated_facts_hold(name: str) -> None:
    f = mg.activations[name]
    x = np.linspace(-30, 30, 24001)
    y = f(x)
    low, high = f.range
    assert (y >= low * (1 + 1e-14) - 1e-300 if low < 0 else y >= low).all()
    assert (y <= high * (1 + 1e-14)).all()
    assert f.monotonic == bool((np.diff(y) >= -1e-15).all())
    slope = f.pull(np.ones_like(x), x, y)[f.argument]
    jumps = x[1:][np.abs(np.diff(slope)) > 0.009 * np.maximum(1, np.abs(slope[1:]))]
    assert len(jumps) == 0 if not f.kinks else {min(f.kinks, key=lambda k: abs(k - j)) for j in jumps} == set(f.kinks)
    assert f.formula
    assert f.__doc__
    assert f.source or name == "identity"


# --- sparse probabilities ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "power"), [("sparsemax", 1), ("entmax", 2)])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 1e6])
def test_sparse_probabilities_are_what_their_definition_says(name: str, power: int, scale: float) -> None:
    # p = max(x / power − τ, 0)^power for one τ, and Σ p = 1.
    x = np.random.default_rng(0).normal(0, scale, (200, 7))
    p = mg.activations[name](x)
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-12)
    lifted = np.where(p > 0, x / power - p ** (1 / power), np.nan)  # τ, in every place that isn't 0
    threshold = np.nanmax(lifted, axis=-1)
    np.testing.assert_allclose(np.nanmin(lifted, axis=-1), threshold, atol=1e-9 * max(scale, 1))
    assert (x / power <= threshold[:, None] + 1e-9 * max(scale, 1))[p == 0].all()


@pytest.mark.parametrize("name", ["sparsemax", "entmax"])
def test_a_place_that_is_masked_with_minus_infinity_gets_nothing(name: str) -> None:
    x = np.array([1.0, -np.inf, 0.75, -np.inf])
    p = mg.activations[name](x)
    assert p[[1, 3]].tolist() == [0, 0]
    np.testing.assert_allclose(p[[0, 2]], mg.activations[name](x[[0, 2]]), rtol=1e-15)
    assert np.isfinite(mg.grad(lambda x: mg.activations[name](x)[0])(x)).all()
