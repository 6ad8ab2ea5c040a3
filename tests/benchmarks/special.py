"""The error function and what is made of it, beside SciPy's and PyTorch's, which are compiled code: one thread each.

python -m tests.benchmarks.special
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

SIZES = [100_000, 1_000_000]
ROUNDS = {100_000: 31, 1_000_000: 9}


def contenders(x: np.ndarray) -> dict[str, tuple[Callable[[], Any], str, Callable[[], Any]]]:
    """By what is computed: ours, whose it stands beside, and theirs. The last is what ufuncs alone cost."""
    special, torch = pytest.importorskip("scipy.special"), pytest.importorskip("torch")
    torch.set_num_threads(1)
    tensor, gelu = torch.tensor(x), mg.activations["gelu"]
    theirs = {name: partial(getattr(special, name), x) for name in ("erf", "erfc", "ndtr")}
    by_torch = partial(torch.nn.functional.gelu, tensor)
    block, out = x[:8192], np.empty(8192)

    def passes() -> None:
        for _ in range(x.size // 8192):
            for _ in range(32):
                np.multiply(block, 0.5, out)

    found = {name: (partial(getattr(mg, name), x), "SciPy", f) for name, f in theirs.items()}
    found["gelu"] = (partial(gelu, x), "PyTorch", by_torch)
    for backend in ("numpy", "numba"):
        for name, f, other, their in (("erf", mg.erf, "SciPy", theirs["erf"]), ("gelu", gelu, "PyTorch", by_torch)):
            found[f"{name}, compiled, {backend}"] = (partial(mg.compile(f, backend=backend), x), other, their)
    found["32 multiplications, as one rational function takes"] = (passes, "PyTorch's gelu", by_torch)
    return found


def measure(size: int, show: Callable[[str], None]) -> None:
    x = np.random.default_rng(0).normal(size=size)
    for name, (ours, whose, theirs) in contenders(x).items():
        show(side_by_side(ours, theirs, rounds=ROUNDS[size]).report(f"{name} of {size:,} numbers", whose))


@pytest.mark.parametrize("size", SIZES)
def test_error_functions_beside_compiled_code(size: int, show: Callable[[str], None]) -> None:
    measure(size, show)


if __name__ == "__main__":
    for size in SIZES:
        measure(size, lambda line: print(line, flush=True))
