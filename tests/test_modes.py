"""Every mode of differentiation, of functions as people write them: the derivatives are those of a plain formula."""

from __future__ import annotations

import collections
import functools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import microgradnet as mg

X, V = np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0, 100.0])

# --- functions of a vector, each beside its formula --------------------------------------------------------------


def writes(x: Any) -> Any:
    a = x * 1
    a[0] += a[1] * a[2]
    a[1:] *= a[0]
    a -= 1
    np.multiply(a, 2, out=a)
    return np.sum(a * np.array([1.0, 2.0, 3.0]))


def written(x: Any) -> Any:
    first = x[0] + x[1] * x[2]
    return 2 * ((first - 1) + 2 * (x[1] * first - 1) + 3 * (x[2] * first - 1))


def writes_into_its_argument(x: Any) -> Any:
    x[0] = x[1] * x[2]
    x += 1
    return np.sum(x**2)


def changes_containers(x: Any) -> Any:
    made: list[Any] = []
    totals: dict[str, Any] = collections.defaultdict(lambda: 0.0)
    for i in range(3):
        made.append(x * i)
        totals["sum"] += made[-1]
    made[0] = totals["sum"]
    made.reverse()
    return mg.sum(made[0] * made.pop() * x)


def _products(x: Any) -> Iterator[Any]:
    h = x
    for _ in range(3):
        h = h * x
        yield h


def returns_early(x: Any) -> Any:
    for i, part in enumerate(x):
        if part > 1.5:
            return part**3 * x[0] * (i + 1)
    return x[0]


def iterates(x: Any) -> Any:
    """Newton's method for the root of the sum of squares, up to a tolerance."""
    a, y = mg.sum(x * x), 1.0
    while abs(y * y - a) > 1e-13 * a:
        y = (y + a / y) / 2
    return y


def catches(x: Any) -> Any:
    try:
        return mg.sum(x) / [][0]
    except IndexError:
        return mg.sum(x**3)


def in_threads(x: Any) -> Any:
    made: list[Any] = []
    thread = threading.Thread(target=lambda: made.append(mg.sum(x * x)))
    thread.start()
    thread.join()
    with ThreadPoolExecutor(2) as pool:
        return made[0] * sum(pool.map(lambda i: x[i] * i, range(3)))


def calls_itself(x: Any, n: int = 3) -> Any:
    return mg.sum(x) if n == 0 else x[0] * calls_itself(x, n - 1)


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "writes": (writes, written),
    "writes into its argument": (
        writes_into_its_argument,
        lambda x: (x[1] * x[2] + 1) ** 2 + (x[1] + 1) ** 2 + (x[2] + 1) ** 2,
    ),
    "changes containers": (changes_containers, lambda x: mg.sum(6 * x**3)),
    "generates": (lambda x: mg.sum(sum(_products(x))), lambda x: mg.sum(x**2 + x**3 + x**4)),
    "folds": (lambda x: functools.reduce(lambda a, b: a * b, x), lambda x: x[0] * x[1] * x[2]),
    "sorts": (lambda x: sum(a * i for i, a in enumerate(sorted(x * x))), lambda x: x[1] ** 2 + 2 * x[2] ** 2),
    "returns early": (returns_early, lambda x: 2 * x[1] ** 3 * x[0]),
    "iterates": (iterates, lambda x: mg.sqrt(mg.sum(x * x))),
    "catches an error": (catches, lambda x: mg.sum(x**3)),
    "has threads": (in_threads, lambda x: mg.sum(x * x) * (x[1] + 2 * x[2])),
    "calls itself": (calls_itself, lambda x: x[0] ** 3 * mg.sum(x)),
    "makes an array": (lambda x: mg.sum(np.array([x[0] * x[1], x[2]]) ** 2), lambda x: (x[0] * x[1]) ** 2 + x[2] ** 2),
    "cuts a part off": (lambda x: mg.sum(x.detach() * x * x), lambda x: mg.sum(mg.tensor([1.0, 2.0, 3.0]) * x * x)),
}

Function = Callable[[Any], Any]
MODES: dict[str, Callable[[Function], Any]] = {
    "grad": lambda f: mg.grad(f)(X),
    "vjp": lambda f: mg.vjp(f, X)[1](2.0)[0],
    "jvp": lambda f: mg.jvp(f, (X,), (V,))[1],
    "linearize": lambda f: mg.linearize(f, X)[1](V),
    "jacobian": lambda f: mg.jacobian(lambda x: mg.stack([f(x * i) for i in (1.0, 1.0)]))(X),
    "jacobian by columns": lambda f: mg.jacobian(lambda x: f(x * 1.0) * mg.ones(9))(X),
    "hessian": lambda f: mg.hessian(f)(X),
    "hvp": lambda f: mg.hvp(f, X, V),
    "jvp of grad": lambda f: mg.jvp(mg.grad(f), (X,), (V,))[1],
    "grad of jvp": lambda f: mg.grad(lambda x: mg.jvp(f, (x,), (V,))[1])(X),
    "jvp of jvp": lambda f: mg.jvp(lambda x: mg.jvp(f, (x,), (V,))[1], (X,), (V,))[1],
    "checkpoint": lambda f: mg.grad(mg.checkpoint(f))(X),
    "hessian of checkpoint": lambda f: mg.hessian(mg.checkpoint(f))(X),
    "jvp of checkpoint": lambda f: mg.jvp(mg.checkpoint(f), (X,), (V,))[1],
    "per_example": lambda f: mg.per_example(lambda w, k: f(w) * k)(X, np.array([1.0, -2.0])),
    "per_example of rows": lambda f: mg.per_example(lambda w, row: f(row) * mg.sum(w))(X, np.stack([X, X])),
    "jacobian of per_example": lambda f: mg.jacobian(mg.per_example(lambda w, k: f(w) * k))(X, np.array([1.0, -2.0])),
    "scan": lambda f: mg.grad(lambda x: mg.scan(lambda s: (s, f(s * 1)), x, 2)[1][1])(X),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_derivatives_are_those_of_the_formula(function: str, mode: str) -> None:
    f, formula = FUNCTIONS[function]
    np.testing.assert_allclose(MODES[mode](f), MODES[mode](formula), rtol=1e-10)
    np.testing.assert_array_equal(X, [1.0, 2.0, 3.0])


@pytest.mark.parametrize("mode", MODES)
def test_after_an_error_everything_is_as_before(mode: str) -> None:
    def fails(x: Any) -> Any:
        raise KeyError(mg.sum(x * x).shape)

    expected = MODES[mode](written)
    with pytest.raises(KeyError):
        MODES[mode](fails)
    np.testing.assert_array_equal(MODES[mode](written), expected)
