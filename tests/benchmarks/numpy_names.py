"""How many names of NumPy that JAX or autograd differentiates do we? Each is called in the same plain way in all three.

Counted are functions of `numpy` and `numpy.linalg` through which some derivative that isn't zero comes back. How a
name is called is found by trying the ways in `WAYS`, the plainest first. JAX would compile each try: it traces them,
and runs only what we lack.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg

A = np.array([[1.0, 2.5, 0.3], [0.7, 3.1, 1.9], [2.2, 0.4, 1.3]])
DEFINITE = A @ A.T + 5 * np.eye(3)
MASK, PLACES = A > 1, np.array([0, 2, 1])
for given in (A, DEFINITE, MASK, PLACES):
    given.flags.writeable = False  # some names write into what they are given

WAYS: list[Callable[[Any, Any], Any]] = [
    lambda f, x: f(x),
    lambda f, x: f(x / 4),
    lambda f, x: f(x + 1),
    lambda f, x: f(x, x + 1),
    lambda f, x: f(x[0]),
    lambda f, x: f(x[0], x[1]),
    lambda f, x: f(x, x[0]),
    lambda f, x: f(x[0], x),
    lambda f, x: f([x, x]),
    lambda f, x: f(x, 1),
    lambda f, x: f(x, 3),
    lambda f, x: f(x, 0.5),
    lambda f, x: f(x, (3, 3, 1)),
    lambda f, x: f(x, 0, 1),
    lambda f, x: f(x, x, axis=0),
    lambda f, x: f(x, 1, 0.5),
    lambda f, x: f(x, axis=0),
    lambda f, x: f(x[:, :1], (3, 3)),
    lambda f, x: f(MASK, x),
    lambda f, x: f(MASK[0], x),
    lambda f, x: f(MASK, x, 0.0),
    lambda f, x: f(PLACES, x),
    lambda f, x: f(x, PLACES),
    lambda f, x: f(x, np.argsort(A), 1),
    lambda f, x: f("ij,jk->ik", x, x),
    lambda f, x: f([MASK], [x]),
    lambda f, x: f(x, [MASK], [lambda t: 2 * t, lambda t: t]),
    lambda f, x: f(np.array([0.5, 1.5]), np.arange(3.0), x[0]),
    lambda f, x: f(lambda v: v * v, 0, x),
    lambda f, x: f(lambda v, axis: v.sum(axis), x, 0),
    lambda f, x: f(x[None], axis=1),
    lambda f, x: f(np.zeros(3), x),
    lambda f, x: f(3, x[0, 0]),
    lambda f, x: f(x, np.float64),
    lambda f, x: f(x.reshape(3, 3, 1), 1),
]
"""How a function may be called with a matrix."""


def numbers(given: Any) -> list[Any]:
    """Find the floating-point arrays in what a function returns."""
    parts = given if isinstance(given, tuple | list) else (given,)
    return [p for p in parts if hasattr(p, "dtype") and p.dtype.kind in "fO"]  # objects: what np.array makes of tensors


def through(grad: Callable[..., Any], f: Any, way: Callable[[Any, Any], Any], start: Any = A) -> bool:
    """Whether some derivative that isn't zero comes back, and all are finite."""

    def loss(x: Any) -> Any:
        return sum((p**2).sum() for p in numbers(way(f, x)))

    try:
        g = np.asarray(grad(loss)(start.copy()), dtype=float)
    except Exception:  # whatever a library says of a call that it has not
        return False
    return g.shape == start.shape and bool(np.isfinite(g).all() and g.any())


def of(module: Any, name: str) -> Any:
    for part in name.split("."):
        module = getattr(module, part, None)
    return module


OTHER = {"save", "savez", "load", "fromfile", "fromstring", "frombuffer", "fromiter", "from_dlpack", "set_printoptions"}
"""Names of what reads, writes and prints."""


def names(known: Callable[[str], bool]) -> list[str]:
    """List the functions of NumPy that somebody knows."""
    found = [n for n in dir(np) if not n.startswith("_") and n not in OTHER and not isinstance(of(np, n), type)]
    found += [f"linalg.{n}" for n in dir(np.linalg) if not n.startswith("_")]
    return [n for n in found if callable(of(np, n)) and known(n)]


def traced(f: Any, way: Callable[[Any, Any], Any]) -> bool:
    """Whether JAX traces a gradient, be it zero."""
    import jax

    def loss(x: Any) -> Any:
        return sum((p**2).sum() for p in numbers(way(f, x)))

    try:
        return bool(jax.eval_shape(jax.grad(loss), A).shape == A.shape)
    except Exception:
        return False


def measure() -> str:
    import autograd
    import autograd.numpy as anp
    import jax
    import jax.numpy as jnp
    from autograd.core import primitive_vjps

    jax.config.update("jax_enable_x64", True)
    counts = {"JAX": 0, "autograd": 0}
    ours, lacking = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names(lambda n: callable(of(jnp, n)) or of(anp, n) in primitive_vjps):
            way = next((w for w in WAYS if through(mg.grad, of(np, name), w)), None)
            in_jax, in_autograd = of(jnp, name), of(anp, name)
            # Most often our way is theirs. Of what we lack the plain ways say enough.
            order = WAYS[:12] if way is None else [way, *WAYS[:3]]
            of_jax = next((w for w in order if callable(in_jax) and traced(in_jax, w)), None)
            jax_has = of_jax is not None and (way is not None or through(jax.grad, in_jax, of_jax))
            autograd_has = callable(in_autograd) and any(through(autograd.grad, in_autograd, w) for w in order)
            counts["JAX"] += jax_has
            counts["autograd"] += autograd_has
            if jax_has or autograd_has:
                (lacking if way is None else ours).append(name)
    said = ", ".join(f"{peer} {count}" for peer, count in counts.items())
    return (
        f"names of NumPy that JAX or autograd differentiates: {len(ours) + len(lacking)} ({said}); "
        f"microgradnet, through NumPy itself: {len(ours)}\nnot here: {', '.join(lacking)}"
    )


def test_names_of_numpy(show: Callable[[str], None]) -> None:
    pytest.importorskip("jax")
    pytest.importorskip("autograd")
    show(measure())


if __name__ == "__main__":
    print(measure())
