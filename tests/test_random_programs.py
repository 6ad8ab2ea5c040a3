"""Random programs in every mode of differentiation, against differences, against each other and against JAX."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.programs import DERIVATIVES, Library, case, leaves

OURS = Library(mg, mg.grad, mg.vjp, mg.jvp, mg.linearize, mg.jacobian, mg.hessian)
PROGRAMS, BESIDE_JAX = 300, 30
"""How many in a plain run; JAX takes a second to compile each, and more are run by hand, as told at the end."""

pytestmark = pytest.mark.filterwarnings("ignore:.*the function returned.*which is no tensor")


def close(found: Any, expected: Any, rtol: float, message: str) -> None:
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        assert a.shape == b.shape, message
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1, np.max(np.abs(b), initial=0)), err_msg=message)


@pytest.mark.parametrize("first", range(0, PROGRAMS, 25))
def test_modes_agree_with_differences_and_with_each_other(first: int) -> None:
    for seed in range(first, first + 25):
        program, given = case(seed)
        x, y, v, w = given.values()
        f = partial(program, OURS)
        value = f(x, y)
        u = np.cos(np.arange(np.size(value))).reshape(np.shape(value))
        found = {name: derive(OURS, f, *given.values(), u) for name, derive in DERIVATIVES.items()}
        h = 1e-5
        slope = (f(x + h * v, y + h * w) - f(x - h * v, y - h * w)) / (2 * h)
        close(found["jvp"], slope, 2e-5, f"jvp of program {seed}")
        close(found["linearize"], found["jvp"], 1e-10, f"linearize of program {seed}")
        by_x, by_y = found["jacobian"]
        close(np.tensordot(by_x, v, 1) + np.tensordot(by_y, w, 2), found["jvp"], 1e-9, f"jacobian of program {seed}")
        close(
            sum(np.sum(g * t) for g, t in zip(found["vjp"], (v, w), strict=True)),
            np.sum(u * found["jvp"]),
            1e-9,
            f"vjp of program {seed}",
        )
        close(
            found["jacobian of a number"],
            [j.reshape(-1, *a.shape).sum(0) for j, a in ((by_x, x), (by_y, y))],
            1e-9,
            f"jacobian of program {seed}",
        )
        (xx, xy), (yx, yy) = found["hessian"]
        along = np.tensordot(xx, v, 1) + np.tensordot(xy, w, 2), np.tensordot(yx, v, 1) + np.tensordot(yy, w, 2)
        for name in ("grad of jvp", "jvp of grad"):
            close(found[name], along, 1e-8, f"{name} of program {seed}")
        twice = found["jacobian of jvp"]
        close(
            np.tensordot(twice[0], v, 1) - np.tensordot(twice[1], w, 2),
            found["jvp of jvp"],
            1e-8,
            f"jvp of jvp of program {seed}",
        )
        close(
            [np.tensordot(u, j, np.ndim(u)) for j in twice], found["vjp of jvp"], 1e-8, f"vjp of jvp of program {seed}"
        )


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX isn't installed")
@pytest.mark.parametrize("seed", range(1000, 1000 + BESIDE_JAX))
def test_modes_agree_with_jax(seed: int) -> None:
    assert differing(seed, kinds=1) == []


def differing(seed: int, kinds: int = 3) -> list[str]:
    """Name the derivatives of a program, some of all kinds, in which JAX differs."""
    import jax
    import jax.numpy as jnp

    theirs = Library(jnp, jax.grad, jax.vjp, jax.jvp, jax.linearize, jax.jacrev, jax.hessian)
    program, given = case(seed, longest=6)
    value = program(OURS, given["x"], given["y"])
    u = np.cos(np.arange(np.size(value))).reshape(np.shape(value))
    names = np.random.default_rng(seed).permutation(list(DERIVATIVES))[:kinds]
    with jax.enable_x64(True):
        arguments = [jnp.asarray(a) for a in (*given.values(), u)]
        of_jax = jax.jit(lambda *a: [DERIVATIVES[name](theirs, partial(program, theirs), *a) for name in names])(
            *arguments
        )
    wrong = []
    for name, expected in zip(names, of_jax, strict=True):
        try:
            close(DERIVATIVES[name](OURS, partial(program, OURS), *given.values(), u), expected, 1e-7, name)
        except AssertionError as error:
            wrong.append(f"{name} of program {seed}: {error}")
    return wrong


if __name__ == "__main__":  # python -m tests.test_random_programs 5000 200
    import sys
    import warnings

    warnings.simplefilter("ignore")
    start, count = map(int, sys.argv[1:])
    found = [line for seed in range(start, start + count) for line in differing(seed)]
    print(
        f"{count} programs from {start} on, three kinds of derivatives each: {len(found)} differ from JAX",
        *found,
        sep="\n",
    )
