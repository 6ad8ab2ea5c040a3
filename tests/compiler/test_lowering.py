"""What is seldom compiled has the values, dtypes and signs that it has uncompiled, on both backends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(size=(40, 300))
TALL = RANDOM.normal(size=(300, 20))
EDGES = np.array([-0.0, 0.0, 1.0, -1.0, 0.5, np.inf, -np.inf, np.nan])
LOW, HIGH = np.array([0.0, -0.0, 2.0, -2.0, 0.75, 0.0, 0.0, 0.0]), np.array([-0.0, 0.0, 1.0, 2.0, 0.25, 1.0, 1.0, 1.0])

scaled_in_order = mg.primitive(
    lambda xp, a, b: xp.sort(a) * b, [None, None], name="scaled_in_order_here"
)  # no source, and a forward with a call that no step stands for

FUNCTIONS: dict[str, tuple[Any, Any]] = {
    "clip between arrays": (lambda x: mg.clip(x, LOW, HIGH), EDGES),
    "clip between numbers": (lambda x: mg.clip(x, -0.0, 0.0), EDGES),
    "clip between crossed numbers": (lambda x: mg.clip(x, 2.0, -1.0), EDGES),
    "clip from below": (lambda x: mg.clip(x, 0.0, None), EDGES),
    "a mask": (lambda x: mg.where(x > 0, x, 0), EDGES),
    "a mask of the others": (lambda x: mg.where(x > 0, 0, x), EDGES),
    "a mask of minus zero": (lambda x: mg.where(x > 0, x, -0.0), EDGES),
    "a mask of one": (lambda x: mg.where(x > 0, 1.0, 0.0) * x, EDGES),
    "a choice between integers": (lambda x: mg.where(x > 0, 1, 2) * x, EDGES),
    "a choice of constants": (lambda x: mg.where(np.array([True, False] * 4), 1.0, 2.0) + x, EDGES),
    "powers": (lambda x: x**2 + x**1 - x**-1 + x**0.5 + x**0, EDGES),
    "powers of a number": (lambda x: 2**x + 2.0**x, EDGES),
    "a variance without a degree of freedom": (lambda x: mg.var(x, ddof=8), EDGES[:5]),
    "a variance with none left": (lambda x: mg.var(x, ddof=5), EDGES[:5]),
    "a variance with one left": (lambda x: mg.var(x, ddof=4), EDGES[:5]),
    "a standard deviation": (lambda x: mg.std(x, axis=1, ddof=1, keepdims=True), ROWS),
    "a product of two dtypes": (lambda x: x.astype(np.float32) @ TALL, ROWS),
    "a product of integers": (lambda x: (x > 0).astype(int) @ (TALL > 0).astype(int), ROWS),
    "a product over a long axis": (lambda x: x @ TALL, ROWS),
    "a product of a transpose over a long axis": (lambda x: mg.sin(x).T @ mg.cos(TALL), ROWS.T.copy()),
    "a product over an axis that is just not long": (lambda x: x[:, :160] @ TALL[:160], ROWS),
    "a product of vectors": (lambda x: x[0] @ x[1] + x[0] @ TALL[:, 0], ROWS),
    "a number beside a call": (lambda x: scaled_in_order(x, 2.5), EDGES),
    "an array beside a call": (lambda x: scaled_in_order(x, x), EDGES),
    "a reshape with an open length": (lambda x: mg.reshape(mg.sin(x).T, (-1, 8)) + mg.reshape(x, (-1, 8)), ROWS),
    "a sum in another dtype": (lambda x: mg.sum(x.astype(np.float32), axis=0, dtype=np.float64), ROWS),
    "a reduction with axes counted from the end": (lambda x: mg.max(mg.sin(x), axis=-1) + mg.sum(x, axis=(-1,)), ROWS),
    "truth of rows": (lambda x: mg.any(x > 2, axis=1) & ~mg.all(x > -2.5, axis=1), ROWS),
    "a conversion to what it is": (lambda x: mg.astype(mg.sin(x), x.dtype), ROWS),
    "ones and zeros like it": (lambda x: mg.ones_like(x) + x * mg.zeros_like(x) + mg.full_like(x, 2), ROWS),
    "reversed axes": (lambda x: mg.flip(x) + mg.flip(x, 0) - mg.flip(x, (-1, 0)) * x[::-2][:1], ROWS),
    "reciprocals of few": (lambda x: 1 / x + 1.0 / x, EDGES),
    "reciprocals of many": (lambda x: 1 / x, ROWS),
    "roundings": (lambda x: mg.round(x, 1) + mg.round(x, -1) - mg.round(x), EDGES),
    "closeness": (lambda x: mg.isclose(x, x + 1e-9) | mg.isclose(x, x[::-1], equal_nan=True), EDGES),
    "places in a line": (lambda x: mg.searchsorted(LOW[:3], x) + mg.searchsorted(LOW[:3], x, "right"), EDGES),
    "places of the largest": (lambda x: mg.argmax(x, axis=0) + mg.argmin(x, axis=1, keepdims=True), ROWS),
    "the place of the largest": (lambda x: mg.argmax(x) + mg.argmin(x, keepdims=True), EDGES),
    "counts": (lambda x: mg.count_nonzero(x, axis=0) + mg.count_nonzero(x > 0), ROWS),
    "means of integers": (lambda x: mg.mean((x > 0).astype(int), axis=0) + mg.mean(x > 0), ROWS),
    "running sums of truth": (lambda x: mg.cumsum(x > 0, axis=1) * mg.cumprod(x, axis=0), ROWS),
    "remainders": (lambda x: x % 0.5 + x // 0.5 - (-x) % 2, EDGES),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_compiled_is_as_uncompiled(name: str, dtype: Any, backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if backend == "numba":  # the kernels that Numba is given, run by Python
        numba = pytest.importorskip("numba")
        monkeypatch.setattr(numba, "njit", lambda **options: lambda kernel: kernel)
    f, x = FUNCTIONS[name]
    if backend == "numba" and x is not EDGES:
        x = x[:6, :20] if x is ROWS and "product" not in name else x[:2]
        if "product" in name:
            pytest.skip("a product of matrices is BLAS's")
    x = x.astype(dtype)
    compiled, expected = mg.compile(f, backend=backend), f(x)
    for _ in range(2):
        found = compiled(x)
        assert (found.shape, found.dtype) == (np.shape(expected), np.asarray(expected).dtype)
        np.testing.assert_allclose(found, expected, rtol=1e-12 if found.dtype == np.float64 else 1e-4, atol=1e-9)
        zero = np.asarray(expected == 0) & ("remainders" not in name)
        np.testing.assert_array_equal(np.signbit(found)[zero], np.signbit(expected)[zero])


def test_sums_in_loops_are_as_exact_as_numpys(monkeypatch: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba, "njit", lambda **options: lambda kernel: kernel)
    x = np.array([1.0] + [1e-16] * 1000)
    found = mg.compile(lambda x: mg.sum(x), backend="numba")(x)
    assert found == 1.0 + 1e-13


# --- sources that write into arrays ----------------------------------------------------------------------------------

HELPERS: dict[str, tuple[bool, Any]] = {
    "y = np.array(x); y[1:] = y[:-1]; return y": (True, lambda x: np.concatenate([x[:1], x[:-1]])),
    "y = np.zeros(x.shape, x.dtype); np.add.at(y, np.s_[:2], x[2:]); return y * 2":
        (True, lambda x: np.concatenate([2 * x[2:], [0, 0]])),
    "y = np.zeros(x.shape, x.dtype); z = y[:2]; y[0] = x[3]; return z": (False, lambda x: np.array([x[3], 0])),
    "y = np.array(x); z = y; y[0] = 3.0; return z": (False, lambda x: np.concatenate([[3.0], x[1:]])),
    "y = x * 2; y[0] = 3.0; return y": (False, lambda x: np.concatenate([[3.0], 2 * x[1:]])),
}  # fmt: skip


@pytest.mark.parametrize("text", HELPERS)
def test_a_source_that_writes_is_taken_apart_if_nothing_else_looks_at_what_it_writes_into(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba, "njit", lambda **options: lambda kernel: kernel)
    in_loops, f = HELPERS[text]
    lines = "".join(f"\n    {line.strip()}" for line in text.split(";"))
    name = f"writing_{list(HELPERS).index(text)}_here"
    operation = mg.primitive(lambda xp, x: f(np.asarray(x)), [None], name=name, source=f"\ndef f(x):{lines}\nf({{0}})")
    compiled = mg.compile(lambda x: operation(x), backend="numba")
    x = np.arange(4.0)
    np.testing.assert_array_equal(compiled(x), operation(x))
    assert ("kernel_0" in compiled.source()) == in_loops


# --- indices of every kind -------------------------------------------------------------------------------------------


@st.composite
def indices(draw: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Integers, slices, arrays that are broadcast, masks, new axes and an ellipsis, in every order."""
    number = draw(st.integers(0, len(shape)))
    parts: list[Any] = []
    for n in shape[:number]:
        places = st.integers(-n, n - 1)
        steps = st.sampled_from([-2, -1, 1, 2, None])
        parts.append(
            draw(
                st.one_of(
                    places,
                    st.builds(slice, st.none() | places, st.none() | places, steps),
                    st.lists(places, min_size=2, max_size=2).map(np.array),
                    st.lists(st.lists(places, min_size=1, max_size=1), min_size=3, max_size=3).map(np.array),
                )
            )
        )
    for _ in range(draw(st.integers(0, 2))):
        parts.insert(draw(st.integers(0, len(parts))), None)
    if draw(st.booleans()):
        rest = draw(st.integers(0, len(parts)))
        tail = [k for k, part in enumerate(parts[rest:], rest) if part is not None]
        parts.insert(rest, ...)
        for k, n in zip(tail, shape[len(shape) - len(tail) :], strict=True):  # they belong to the last axes now
            part = parts[k + 1]
            parts[k + 1] = part if isinstance(part, slice) else part % n
    elif not any(isinstance(part, np.ndarray) for part in parts) and number < len(shape) and draw(st.booleans()):
        parts.append(np.arange(shape[number]) % 2 == 0)
    return tuple(parts)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), shape=st.sampled_from([(4,), (3, 2), (2, 3, 4)]))
def test_an_index_of_any_kind_reads_and_writes_the_same_elements(data: Any, shape: tuple[int, ...]) -> None:
    pytest.importorskip("numba")
    index = data.draw(indices(shape))
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)

    def f(x: Any) -> Any:
        part = mg.sin(x)[index]
        written = mg.scatter_add(part * 2, index, shape)
        return part, written, mg.grad(lambda x: mg.sum(mg.cos(x[index])))(x)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("numba.njit", lambda **options: lambda kernel: kernel)
        compiled = mg.compile(f, backend="numba")
        found = compiled(x)
    assert "getitem(" not in compiled.source()
    for result, wanted in zip(found, f(x), strict=True):
        np.testing.assert_allclose(result, wanted, rtol=1e-14)
