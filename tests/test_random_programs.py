"""Random programs in every mode of differentiation, against differences, against each other and against JAX."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests import wide_programs
from tests.programs import DERIVATIVES, Library, case, leaves, nested_case, spelt_out
from tests.wide_programs import OURS, drawn_case

PROGRAMS, NESTED, BESIDE_JAX, WIDE = 100, 20, 10, 40
"""How many in a plain run. `.ci/full` runs more, as told at the end."""

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
    assert [line for seed in range(first, first + 10) for line in differing(seed, spelt_out(OURS))] == []


with_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX isn't installed")


@with_jax
@pytest.mark.parametrize("layers", [0, 3])
@pytest.mark.parametrize("first", range(1000, 1000 + BESIDE_JAX, 10))
def test_modes_loops_and_checkpoints_nest_as_in_jax(first: int, layers: int) -> None:
    assert [line for seed in range(first, first + 10) for line in differing(seed, of_jax(), 3, layers, 4)] == []


@with_jax
@pytest.mark.parametrize("first", range(3000, 3000 + WIDE, 10))
def test_any_shapes_and_dtypes_as_in_jax(first: int) -> None:
    assert [line for seed in range(first, first + 10) for line in differing_wide(seed)] == []


@with_jax
def test_a_trace_is_carried_out_as_jax_would() -> None:
    import jax

    def f(x: Any) -> Any:
        xp = of_jax().xp
        return xp.sum(xp.prod(xp.tanh(x) + 1.1, axis=1) * xp.sort(x, axis=0)[1, :2] + xp.cumprod(x, axis=0)[:, 2])

    x = np.random.default_rng(0).normal(size=(2, 3))
    with jax.enable_x64(True):
        expected = jax.jit(jax.hessian(f))(x)
    close(of_jax().run(jax.hessian(f), x), expected, 1e-12, "the Hessian")


def of_jax() -> Library:
    from tests.jaxprs import JAX

    return JAX


def differing(seed: int, other: Library, longest: int = 4, layers: int = 3, most: int = 6) -> list[str]:
    """Say in what a derivative of a program in layers differs from that of another library."""
    f, given, name = nested_case(seed, longest, layers, most)
    value = f(OURS, given[0], given[1])
    u = np.cos(np.arange(np.size(value))).reshape(np.shape(value))
    what = f"{name} of {f}, seed {seed}"
    ours, theirs = (partial(DERIVATIVES[name], library, partial(f, library)) for library in (OURS, other))
    args, rtol = [*given, u], 1e-4 if f.single else 1e-7
    try:
        found, expected = ours(*args), other.run(theirs, *args)
        close_beyond_rounding(found, expected, rtol, what, ours, args, 2e-7 if f.single else 1e-15)
    except Exception as error:
        return [f"{what}: {type(error).__name__}: {error}"]
    return []


def differing_wide(seed: int) -> list[str]:
    """Say in what a derivative of a wide program differs from JAX's, or its compiled form from what it is."""
    f, args, name = drawn_case(seed)
    single = f.single or any(a.dtype == np.float32 for a in args)
    rtol = 3e-3 if single else 1e-7
    what = f"{name} of {f} of {', '.join(f'{a.dtype}{a.shape}' for a in args[:-1])}, wide, seed {seed}"
    ours, theirs = (partial(wide_programs.DERIVATIVES[name], lib, partial(f, lib)) for lib in (OURS, of_jax()))
    try:
        found = ours(*args)
        beside = [of_jax().run(theirs, *args)]
        if seed % 3 == 0 and not f.branches:
            beside.append(OURS.compile(ours)(*args))
        for expected in beside:
            for a, b in zip(leaves(found), leaves(expected), strict=True):
                assert a.dtype == b.dtype or name == "hessian"  # of d²f/dx dy theirs has that of x, ours that of y
            close_beyond_rounding(found, expected, rtol, what, ours, args, 2e-7 if single else 1e-15)
    except Exception as error:
        return [f"{what}: {type(error).__name__}: {error}"]
    return []


def close_beyond_rounding(
    found: Any, expected: Any, rtol: float, what: str, f: Any, args: list[Any], eps: float
) -> None:
    """Raise if two libraries differ by more than a rounding of the arguments, and of what follows, explains."""
    try:
        close(found, expected, rtol, what)
    except AssertionError:
        close(found, expected, max(rtol, 1000 * moved_by_rounding(f, args, found, eps)), what)


def moved_by_rounding(f: Any, args: list[Any], found: Any, eps: float) -> float:
    """Compute how far a rounding of the arguments moves the results, so that none of two libraries is right."""
    signs = np.random.default_rng(0)
    near = [a if a.dtype.kind == "i" else a + (a * eps * signs.choice([-1, 1], a.shape)).astype(a.dtype) for a in args]
    parts = [(np.abs(a - b), np.abs(b)) for a, b in zip(leaves(f(*near)), leaves(found), strict=True)]
    return max(float(np.max(change, initial=0) / max(1, np.max(size, initial=0))) for change, size in parts)


if __name__ == "__main__":  # python -m tests.test_random_programs 5000 800 700 1500 1800
    import gc
    import sys
    import time
    import warnings
    from collections import Counter

    warnings.simplefilter("ignore")
    gc.set_threshold(100_000, 50, 50)  # what JAX traces is many small objects
    start, *counts = map(int, sys.argv[1:])
    spelt = spelt_out(OURS)
    ways: list[tuple[str, Any, Any]] = [
        ("in layers differ from what they are by reverse passes and loops of Python's alone",
         lambda seed: differing(seed, spelt), lambda seed: nested_case(seed, 4, 3)),
        ("in layers differ from JAX", lambda seed: differing(seed, of_jax(), 3, 3, 4),
         lambda seed: nested_case(seed, 3, 3, 4)),
        ("without layers differ from JAX", lambda seed: differing(seed, of_jax(), 6, 0, 4),
         lambda seed: nested_case(seed, 6, 0, 4)),
        ("of any shapes and both dtypes differ from JAX", differing_wide, drawn_case),
    ]  # fmt: skip
    for count, (what, differ, drawn) in zip(counts, ways, strict=False):
        if not count:
            continue
        began = time.process_time()
        lines: list[str] = []
        for seed in range(start, start + count):
            lines += differ(seed)
            if seed % 200 == 199 and "jax" in sys.modules:  # it keeps all that it has traced
                sys.modules["jax"].clear_caches()
                gc.collect()
        seconds = time.process_time() - began
        parts: Counter[str] = Counter()
        for seed in range(start, start + count):
            f, _, name = drawn(seed)
            layers = [layer if isinstance(layer, str) else layer[0] for layer in f.layers]
            parts.update([f"{len(layers)} deep", *layers, f"at last {name}"])
        print(f"of {count} programs from {start} on, {len(lines)} {what} ({seconds:.0f} s)", *lines, sep="\n")
        print("  ", ", ".join(f"{part} {n}" for part, n in sorted(parts.items())), flush=True)
