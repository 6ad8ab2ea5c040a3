"""The error function and what is made of it, beside SciPy's and PyTorch's, which are compiled code: one thread each.

python -m tests.benchmarks.special
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

SIZES = [100_000, 1_000_000]
ROUNDS = {100_000: 31, 1_000_000: 9}

Contender = tuple[str, Callable[[], Any], str, Callable[[], Any]]
"""What is computed, ours, whose it stands beside, and theirs."""


def contenders(x: np.ndarray) -> Iterator[Contender]:
    special = pytest.importorskip("scipy.special")
    for name in ("erf", "erfc", "ndtr"):
        yield name, partial(getattr(mg, name), x), "SciPy", partial(getattr(special, name), x)
    for backend in ("numpy", "numba"):
        compiled = mg.compile(mg.erf, backend=backend)
        yield f"erf, compiled, {backend}", partial(compiled, x), "SciPy", partial(special.erf, x)
    for dtype in ("float64", "float32"):
        yield from of_gelu(x.astype(dtype), dtype)


def of_gelu(x: np.ndarray, dtype: str) -> Iterator[Contender]:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    tensor, leaf = torch.tensor(x), torch.tensor(x, requires_grad=True)
    gelu, theirs = mg.activations["gelu"], torch.nn.functional.gelu

    def with_gradient() -> None:
        leaf.grad = None
        theirs(leaf).sum().backward()

    functions = {
        f"gelu of {dtype}": (gelu, partial(theirs, tensor)),
        f"the sum of gelu of {dtype}, and its gradient": (
            mg.value_and_grad(lambda x: mg.sum(gelu(x))), with_gradient,
        ),
    }  # fmt: skip
    for name, (f, their) in functions.items():
        yield name, partial(f, x), "PyTorch", their
        for backend in ("numpy", "numba"):
            yield f"{name}, compiled, {backend}", partial(mg.compile(f, backend=backend), x), "PyTorch", their
    yield (
        f"the polynomials and the exponential of gelu alone, of {dtype}",
        partial(floor, x),
        "PyTorch",
        partial(theirs, tensor),
    )


def floor(x: np.ndarray) -> None:
    """Do with ufuncs, in the cache, what computes nothing but the two polynomials of `gelu` and its exponential."""
    y, z, c = np.full((2, 8192), 0.5, x.dtype), np.full(8192, 0.5, x.dtype), np.array(0.5, x.dtype)
    for _ in range(x.size // 8192):
        for p in y:
            for _ in range(6):
                np.multiply(p, z, p)
                np.add(p, c, p)
        np.exp(z, y[0])


def measure(size: int, show: Callable[[str], None]) -> None:
    x = np.random.default_rng(0).normal(size=size)
    for name, ours, whose, theirs in contenders(x):
        show(side_by_side(ours, theirs, rounds=ROUNDS[size]).report(f"{name}, {size:,} numbers", whose))


@pytest.mark.parametrize("size", SIZES)
def test_error_functions_beside_compiled_code(size: int, show: Callable[[str], None]) -> None:
    measure(size, show)


if __name__ == "__main__":
    for size in SIZES:
        measure(size, lambda line: print(line, flush=True))
