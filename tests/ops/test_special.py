"""Values of the special functions against 30-digit ones: at their seams, in their tails, and between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import microgradnet as mg
import microgradnet.nn.activate.elementwise  # declares gelu and its slope
from microgradnet.ops import special
from microgradnet.record import primitives


def normal(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def gelu_slope(x: Any) -> Any:
    return normal(x) + x * mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


EXACT: dict[str, tuple[Callable[[Any], Any], float]] = {
    "erf": (mpmath.erf, 4), "erfc": (mpmath.erfc, 4), "ndtr": (normal, 5), "gelu": (lambda x: x * normal(x), 6),
    "gelu_slope": (gelu_slope, 6),
}  # fmt: skip
"""What is computed, and within how many units in the last place; of the slope, of the larger one of its terms."""

LOWEST = {np.float64: -37.0, np.float32: -12.5}


def points(dtype: Any) -> np.ndarray:
    """Numbers of all sizes, both sides of where one formula takes over from another, and what lies between."""
    seams = [0.46875, special._CENTRE[0], special._CENTRE_OF_FLOAT32[0], 1.0, 2.0, 4.0, 6.0, 28.0, 40.0]
    beside = [np.nextafter(dtype(s), dtype(side)) for s in seams for side in (-np.inf, np.inf)]
    rng = np.random.default_rng(0)
    sizes = 10.0 ** rng.uniform(-9, 1.6, 150)
    x = np.concatenate([seams, beside, sizes, rng.uniform(0, 8, 250), rng.uniform(2, 3.5, 100), [0.0]]).astype(dtype)
    return np.concatenate([-x, x])


@pytest.mark.parametrize("how", ["forward", "on_numpy", "numpy", "numba"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", EXACT)
def test_values_hold_to_the_last_digits_whoever_computes_them(name: str, dtype: Any, how: str) -> None:
    exact, ulps = EXACT[name]
    operation = primitives[name]
    if how == "numba":
        pytest.importorskip("numba")
    ways: dict[str, Callable[..., Any]] = {
        "forward": lambda x: operation.forward(np, x), "on_numpy": operation.on_numpy,
        "numpy": mg.compile(operation.apply, backend="numpy"), "numba": mg.compile(operation.apply, backend="numba"),
    }  # fmt: skip
    x = points(dtype)
    x = x[x > LOWEST[dtype]] if name != "erfc" else x[x < -0.7 * LOWEST[dtype]]  # beyond, the digits run out
    y = ways[how](x)
    assert y.dtype == dtype
    with mpmath.workdps(30):
        for at, found in zip(x.tolist(), y.tolist(), strict=True):
            right = exact(mpf(at))
            size = max(abs(right), normal(mpf(at))) if name == "gelu_slope" else abs(right)
            off = float(abs(found - right)) / float(np.spacing(dtype(size)))
            # Numba is given the Gaussian as it is written, whose exponent has the rounding of x².
            assert off <= ulps + (at * at / 2 if (name, how) == ("gelu_slope", "numba") else 0), (at, found, off)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", EXACT)
def test_a_number_has_the_same_value_wherever_it_stands(name: str, dtype: Any) -> None:
    """In another block, beside numbers that another formula is for, alone, in two dimensions."""
    operation = primitives[name].on_numpy
    few = np.array([-40.0, -5.0, -2.5, -1.0, -0.2, -0.0, 0.0, 0.3, 2.0, 9.0, 50.0, np.inf, -np.inf, np.nan], dtype)
    expected = np.array([operation(x) for x in few])
    many = np.tile(few, 2 * special._BLOCK // few.size + 3)
    np.testing.assert_array_equal(operation(many).reshape(-1, few.size), np.tile(expected, (many.size // few.size, 1)))
    np.testing.assert_array_equal(operation(few.reshape(2, -1).T), expected.reshape(2, -1).T)
    assert operation(few[:0]).shape == (0,)
    assert type(operation(few[0])) is dtype


def test_no_number_is_written_to() -> None:
    x = np.linspace(-9, 9, 100)
    before = x.copy()
    for name in EXACT:
        primitives[name].on_numpy(x)
    np.testing.assert_array_equal(x, before)
