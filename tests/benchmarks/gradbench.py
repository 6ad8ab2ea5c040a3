"""GradBench's evals beside HIPS autograd: the same file, with the other library's names in the place of this one's.

Of the nested ones a gradient of the outer function is timed, not the whole descent, which calls it again and again.
What they compile of the inner function, autograd records: it has nothing else. A second line has it recorded here, too.

python -m tests.benchmarks.gradbench
"""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from tests.benchmarks.measure import side_by_side

FILE = Path(__file__).parents[2] / "examples" / "gradbench" / "evals.py"

random = np.random.default_rng(0)


def evals(source: str) -> Any:
    module = types.ModuleType("evals")
    exec(source, vars(module))
    return module


def ours() -> Any:
    return evals(FILE.read_text(encoding="utf-8"))


def recorded() -> Any:
    """The file with nothing compiled."""
    module = ours()
    module.compiled = lambda f, backend: f
    return module


def theirs() -> Any:
    """The file with autograd's derivatives."""
    import autograd

    def vjp(f: Any, x: Any) -> Any:
        pull, output = autograd.make_vjp(f)(x)
        return output, lambda g: (pull(g),)

    def linearize(f: Any, x: Any) -> Any:
        push = autograd.make_jvp(f)(x)  # which runs the function for each tangent
        return None, lambda t: push(t)[1]

    source = FILE.read_text(encoding="utf-8").replace("import numpy as np", "import autograd.numpy as np")
    named = types.SimpleNamespace(
        grad=autograd.grad,
        vjp=vjp,
        linearize=linearize,
        hvp=lambda f, x, v: autograd.hessian_vector_product(f)(x, v),
        compile=lambda f, backend: f,
    )
    sys.modules["other"] = named  # type: ignore[assignment]
    return evals(source.replace("import microgradnet as mg", "import other as mg"))


def lists(*shape: int) -> Any:
    return random.random(shape).tolist()


POINTS = lists(1000, 8)

INPUTS: dict[str, Any] = {
    "det": {"A": lists(64), "ell": 8},
    "lse": {"x": lists(10_000)},
    "llsq": {"x": lists(8), "n": 10_000},
    "ode": {"x": lists(1000), "s": 10},
    "kmeans": {"points": POINTS, "centroids": POINTS[-10:]},
    "gmm": {
        "d": 10, "k": 5, "n": 1000, "m": 0, "gamma": 1.0, "x": lists(1000, 10),
        "alpha": lists(5), "mu": lists(5, 10), "q": lists(5, 10), "l": lists(5, 45),
    },
    "lstm": {
        "main_params": lists(4, 56), "extra_params": lists(3, 14), "state": lists(4, 14),
        "sequence": random.integers(0, 2, (256, 14)).tolist(),
    },
    "ba": {"n": 5, "m": 7, "p": 1000, "cam": lists(11), "x": [1.5, 1.2, 1.7], "w": 0.7, "feat": lists(2)},
    "ht": {
        "theta": lists(26), "us": lists(100, 2),
        "data": {
            "model": {
                "parents": [-1, *(0 if i % 4 == 1 else i - 1 for i in range(1, 22))], "is_mirrored": False,
                "base_relatives": lists(22, 4, 4), "inverse_base_absolutes": lists(22, 4, 4),
                "base_positions": lists(500, 4), "weights": lists(500, 22), "triangles": [[0, 1, 2]] * 100,
            },
            "correspondences": [*range(100)], "points": lists(100, 3),
        },
    },
}  # fmt: skip


def cases(module: Any) -> dict[str, Callable[[], Any]]:
    """What is timed, by name."""
    found = {}
    for name, given in INPUTS.items():
        *_, (function, compute) = module.EVALS[name](given).items()  # the derivative
        found[f"{name} {function}"] = compute
    for outer, by_outer in module.MODES.items():
        for inner, by_inner in module.MODES.items():
            missed = by_outer(lambda w, f=by_inner: module.missed_by(f, w[0]))
            most = by_outer(lambda x, f=by_inner: module.largest(f, x, np.ones(2)))
            found[f"particle {outer}{inner}"] = lambda f=missed: f(np.array([0.5]))
            found[f"saddle {outer}{inner}"] = lambda f=most: f(np.array([0.5, 0.4]))
    return found


def flat(value: Any) -> np.ndarray:
    parts = value.values() if isinstance(value, dict) else [value]
    return np.concatenate([np.ravel(part) for part in parts])


RECORDED = ", recorded"


def measure(name: str) -> str:
    of = name.removesuffix(RECORDED)
    ours_, theirs_ = cases(ours() if of == name else recorded())[of], cases(theirs())[of]
    np.testing.assert_allclose(flat(ours_()), flat(theirs_()), rtol=1e-9, atol=1e-9)
    return side_by_side(ours_, theirs_, rounds=9).report(name, "autograd")


NESTED = "particle", "saddle"
NAMES = [name for of in cases(ours()) for name in [of, *([of + RECORDED] if of.startswith(NESTED) else [])]]


@pytest.mark.skipif(importlib.util.find_spec("autograd") is None, reason="autograd is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_gradbench_beside_autograd(name: str, show: Callable[[str], None]) -> None:
    with threadpool_limits(1):
        show(measure(name))


if __name__ == "__main__":
    with threadpool_limits(1):
        for name in NAMES:
            print(measure(name), flush=True)
