"""Random programs in every mode of differentiation, against differences, against each other and against JAX."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.programs import DERIVATIVES, Library, case, leaves, nested_case, spelt_out

OURS = Library(
    mg, mg.grad, mg.vjp, mg.jvp, mg.linearize, mg.jacobian, mg.hessian, mg.checkpoint, mg.per_example, mg.scan
)
PROGRAMS, NESTED, BESIDE_JAX, NESTED_BESIDE_JAX = 100, 20, 15, 6
"""How many in a plain run; JAX takes a second to compile each. `.ci/full` runs more, as told at the end."""

pytestmark = pytest.mark.filterwarnings("ignore:.*the function returned.*which is no tensor")


def close(found: Any, expected: Any, rtol: float, message: str) -> None:
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        assert a.shape == b.shape, message
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1, np.max(np.abs(b), initial=0)), err_msg=message)


@pytest.mark.parametrize("first", range(0, PROGRAMS, 25))
def test_modes_agree_with_differences_and_with_each_other(first: int) -> None:
    for seed in range(first, first + 25):
        program, given = case(seed)
        if program.single:  # too few digits for differences
            continue
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


@pytest.mark.parametrize("first", range(0, NESTED, 10))
def test_modes_loops_and_checkpoints_nest_in_each_other(first: int) -> None:
    spelt = spelt_out(OURS)
    assert [line for seed in range(first, first + 10) for line in differing(seed, spelt)] == []


def differing(seed: int, other: Library, longest: int = 4) -> list[str]:
    """Say in what a derivative of a program in layers differs from that of another library."""
    f, given, name = nested_case(seed, longest)
    value = f(OURS, given["x"], given["y"])
    u = np.cos(np.arange(np.size(value))).reshape(np.shape(value))
    what = f"{name} of {f}, seed {seed}"
    try:
        found = DERIVATIVES[name](OURS, partial(f, OURS), *given.values(), u)
        expected = carried_out([name], other, f, [*given.values(), u])[0]
        close(found, expected, 1e-4 if f.single else 1e-7, what)
    except Exception as error:
        return [f"{what}: {type(error).__name__}: {error}"]
    return []


# --- beside JAX ----------------------------------------------------------------------------------------------

with_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX isn't installed")


@with_jax
@pytest.mark.parametrize("seed", range(1000, 1000 + BESIDE_JAX))
def test_modes_agree_with_jax(seed: int) -> None:
    assert differing_from_jax(seed, kinds=1) == []


@with_jax
@pytest.mark.parametrize("seed", range(2000, 2000 + NESTED_BESIDE_JAX))
def test_modes_loops_and_checkpoints_nest_as_in_jax(seed: int) -> None:
    assert differing(seed, of_jax(), longest=3) == []


def differing_from_jax(seed: int, kinds: int = 3) -> list[str]:
    """Name the derivatives of a program without layers, some of all kinds, in which JAX differs."""
    program, given = case(seed, longest=6)
    value = program(OURS, given["x"], given["y"])
    arguments = [*given.values(), np.cos(np.arange(np.size(value))).reshape(np.shape(value))]
    names = np.random.default_rng(seed).permutation(list(DERIVATIVES))[:kinds].tolist()
    wrong = []
    for name, expected in zip(names, carried_out(names, of_jax(), program, arguments), strict=True):
        try:
            found = DERIVATIVES[name](OURS, partial(program, OURS), *arguments)
            close(found, expected, 1e-4 if program.single else 1e-7, name)
        except AssertionError as error:
            wrong.append(f"{name} of program {seed}: {error}")
    return wrong


def carried_out(names: list[str], library: Library, f: Any, arguments: list[Any]) -> list[Any]:
    """Compute derivatives of a program with another library: with JAX all in one, which is quicker than one by one."""

    def all_of_them(*arguments: Any) -> list[Any]:
        return [DERIVATIVES[name](library, partial(f, library), *arguments) for name in names]

    if library.xp is mg:
        return all_of_them(*arguments)
    import jax

    quick: Any = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}  # to compile
    with jax.enable_x64(True):
        of_jax: list[Any] = jax.jit(all_of_them, compiler_options=quick)(*map(library.xp.asarray, arguments))
    return of_jax


def of_jax() -> Library:
    import jax
    import jax.numpy as jnp

    def per_example(loss: Any, argnums: Any = 0, rows: int = 1) -> Any:
        assert rows == 1
        return jax.vmap(jax.grad(loss, argnums), in_axes=(None, 0))

    def scan(step: Any, state: Any, n: Any = None, xs: Any = None) -> Any:
        return jax.lax.scan(step if xs is not None else lambda state, _: step(state), state, xs, length=n)

    return Library(
        jnp, jax.grad, jax.vjp, jax.jvp, jax.linearize, jax.jacrev, jax.hessian, jax.checkpoint, per_example, scan
    )


if __name__ == "__main__":  # python -m tests.test_random_programs 5000 3000 300 100
    import sys
    import warnings

    warnings.simplefilter("ignore")
    start, *counts = map(int, sys.argv[1:])
    spelt = spelt_out(OURS)
    ways: list[tuple[str, Any]] = [
        ("in layers, one derivative each, differ from what they are by reverse passes and loops of Python's alone",
         lambda seed: differing(seed, spelt)),
        ("in layers, one derivative each, differ from JAX", lambda seed: differing(seed, of_jax(), longest=3)),
        ("without layers, three derivatives each, differ from JAX", differing_from_jax),
    ]  # fmt: skip
    for count, (what, differ) in zip(counts, ways, strict=False):
        lines = [line for seed in range(start, start + count) for line in differ(seed)]
        print(f"of {count} programs from {start} on, {len(lines)} {what}", *lines, sep="\n", flush=True)
