"""Compiled equals uncompiled, over the one table of cases: values and VJPs, in both dtypes, on both backends."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.ops.cases import CASES, CONSTANTS, Case

def value_and_vjp(case: Case) -> Any:
    def both(*arrays: Any) -> tuple[Any, ...]:
        output, pull = mg.vjp(case.recorded, *arrays)
        return output, *pull(np.cos(np.arange(output.size, dtype=output.dtype)).reshape(output.shape))

    return both


def assert_same(results: Any, expected: Any, dtype: Any) -> None:
    for result, wanted in zip(results, expected, strict=True):
        wanted = np.asarray(wanted)
        assert type(result) is np.ndarray
        assert (result.shape, result.dtype) == (wanted.shape, wanted.dtype)
        # A VJP is up to ten operations, each of which may differ by 4 ULP; sums of both signs cancel.
        eps = np.finfo(dtype).eps
        scale = np.max(np.abs(wanted), initial=0.0)
        np.testing.assert_allclose(result, wanted, rtol=40 * eps, atol=4 * eps * scale)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_vjp(case: Case, dtype: Any) -> None:
    f = value_and_vjp(case)
    arrays = case.arguments(dtype)
    compiled = mg.compile(f, backend="numpy")
    before = [array.copy() for array in arrays]
    first = compiled(*arrays)
    assert_same(first, f(*arrays), dtype)
    others = [array * dtype(1.00001) for array in arrays]
    kept = [result.copy() for result in first]
    assert_same(compiled(*others), f(*others), dtype)
    assert len(compiled.signatures) == 1
    for result, copy in zip([*first, *arrays], [*kept, *before], strict=True):
        np.testing.assert_array_equal(result, copy)


numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="needs numba")


@numba
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_vjp_in_machine_code(case: Case, dtype: Any) -> None:
    f = value_and_vjp(case)
    arrays = case.arguments(dtype)
    compiled = mg.compile(f, backend="numba")
    try:
        results = compiled(*arrays)
    except TypeError as error:
        assert "Numba can't compile" in str(error)
    else:
        assert_same(results, f(*arrays), dtype)


@pytest.mark.parametrize("name", CONSTANTS)
def test_what_has_no_derivative(name: str) -> None:
    a = np.array([[0.25, -1.5], [2.0, 0.55]])

    def f(a: Any) -> Any:
        return CONSTANTS[name](mg, a)

    if name.startswith("array_equal"):  # a Python bool
        with pytest.raises(TypeError, match="would freeze a value that changes"):
            mg.compile(f, backend="numpy")(a)
    else:
        np.testing.assert_array_equal(mg.compile(f, backend="numpy")(a), f(a))
