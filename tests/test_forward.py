"""Forward mode: tangents pushed through what was recorded, one or several at a time, nested with everything else."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.dual import _fused
from microgradnet.record import next_index, primitives

random = np.random.default_rng(0)
W = random.normal(size=(4, 3))
X, V, U = random.normal(size=(3, 3))


def f(x: Any) -> Any:
    return mg.tanh(W @ x) * mg.sum(x**2)


def forward(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Differentiate along V by a tangent."""
    return lambda x: mg.jvp(g, (x,), (V,))[1]


def linearized(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: mg.linearize(g, x)[1](V)


def backward(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same by a gradient for each element of the output."""
    return lambda x: mg.stack([mg.sum(mg.grad(lambda x, i=i: mg.ravel(g(x))[i])(x) * V) for i in range(np.size(g(X)))])


def whole(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: mg.jacobian(g)(x) @ V


def compiled(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: mg.compile(lambda x, v: mg.jvp(g, (x,), (v,))[1], backend="numpy")(x, V)


WAYS = {"jvp": forward, "linearize": linearized, "grad": backward, "jacobian": whole}


# --- nested ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ways", [*itertools.product(WAYS, repeat=3)], ids="of ".join)
def test_every_nesting_of_modes_is_the_same_third_derivative(ways: tuple[str, ...]) -> None:
    g: Callable[[Any], Any] = f
    for way in reversed(ways):
        g = WAYS[way](g)
    h = 1e-3 * V
    differences = (f(X + 2 * h) - 2 * f(X + h) + 2 * f(X - h) - f(X - 2 * h)) / 2e-9
    np.testing.assert_allclose(g(X), differences, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("way", WAYS)
def test_inside_compile_and_no_grad_it_is_the_same(way: str) -> None:
    expected = WAYS[way](f)(X)
    with mg.no_grad():
        np.testing.assert_allclose(WAYS[way](f)(X), expected, rtol=1e-12)
    np.testing.assert_allclose(mg.compile(WAYS[way](f), backend="numpy")(X), expected, rtol=1e-12)
    np.testing.assert_allclose(compiled(WAYS[way](f))(X), forward(WAYS[way](f))(X), rtol=1e-10)


def derivative(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: mg.jvp(g, (x,), (1.0,))[1]


@pytest.mark.parametrize(("outer", "inner"), [*itertools.product([derivative, mg.grad], repeat=2)])
def test_perturbations_of_two_levels_are_not_confused(outer: Any, inner: Any) -> None:
    # J. M. Siskind and B. A. Pearlmutter, "Perturbation confusion and referential transparency", 2005.
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    assert outer(lambda x: inner(lambda y: x)(2.0) + 0.0 * x)(3.0) == 0.0


SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "grad": lambda g, x: mg.grad(g)(x),
    "value_and_grad": lambda g, x: mg.value_and_grad(g)(x)[1],
    "grad of a container": lambda g, x: mg.grad(lambda p: g(p["x"]))({"x": x, "n": None})["x"],
    "vjp": lambda g, x: mg.vjp(g, x)[1](1.0)[0],
    "jvp": lambda g, x: mg.jvp(g, (x,), (1.0,))[1],
    "jvp of a container": lambda g, x: mg.jvp(lambda p: [g(p["x"]), p["x"]], ({"x": x},), ({"x": 1.0},))[1][0],
    "linearize": lambda g, x: mg.linearize(g, x)[1](1.0),
    "jacobian": lambda g, x: mg.jacobian(g)(x),
    "per_example": lambda g, x: mg.per_example(lambda z, k: g(z) * k)(x, np.array([2.0, 1.0]))[1],
    "grad of scan": lambda g, x: mg.grad(lambda z: mg.scan(lambda z: (z, g(z)), z, 2)[1][1])(x),
    "grad of checkpoint": lambda g, x: mg.grad(mg.checkpoint(g))(x),
    "jvp of checkpoint": lambda g, x: mg.jvp(mg.checkpoint(g), (x,), (1.0,))[1],
    "grad of compile": lambda g, x: mg.grad(mg.compile(g, backend="numpy"))(x),
    "compile of grad": lambda g, x: mg.compile(mg.grad(g), backend="numpy")(x),
    "compile of jvp": lambda g, x: mg.compile(lambda z: mg.jvp(g, (z,), (1.0,))[1], backend="numpy")(x),
}
CURVATURES: dict[str, Callable[[Any, Any], Any]] = {
    "hessian": lambda g, x: mg.hessian(g)(x),
    "hvp": lambda g, x: mg.hvp(g, x, 1.0),
}


@pytest.mark.parametrize("outer", [*SLOPES, *CURVATURES])
def test_no_two_levels_of_any_modes_are_confused(outer: str) -> None:
    def of(inner: Callable[[Any, Any], Any], x: Any) -> Any:
        return x * inner(lambda y: x * y**3 + x**3 * y, x**2)  # the inner function closes over what is outside

    for name in [*SLOPES, *CURVATURES]:
        inner = (SLOPES | CURVATURES)[name]
        found = (SLOPES | CURVATURES)[outer](lambda x, inner=inner: of(inner, x), 0.7)
        by_power = {6: 3.0, 4: 1.0} if name in SLOPES else {4: 6.0}
        order = 1 if outer in SLOPES else 2
        expected = sum(c * math.perm(n, order) * 0.7 ** (n - order) for n, c in by_power.items())
        assert found == pytest.approx(expected), (outer, name)


def test_a_tangent_can_be_differentiated_and_so_can_its_direction() -> None:
    t, v = mg.tensor(X, requires_grad=True), mg.tensor(V, requires_grad=True)
    _, tangent = mg.jvp(f, (t,), (v,))
    by_x, by_v = mg.gradients(mg.sum(tangent), [t, v])
    np.testing.assert_allclose(by_v, mg.jacobian(f)(X).sum(0))
    np.testing.assert_allclose(by_x, mg.hvp(lambda x: mg.sum(f(x)), X, V))


# --- dual numbers: nothing is recorded until somebody asks ---------------------------------------------------


def _nodes_left_by(n: int) -> int:
    before = next_index()
    mg.jvp(lambda x: [x := mg.tanh(mg.sin(x) * x + 1.0)[::-1] for _ in range(n)][-1], (X,), (V,))
    return before - next_index()


def test_a_tangent_leaves_no_record_behind() -> None:
    _nodes_left_by(1)  # at the first call of an operation, its VJP is traced
    assert _nodes_left_by(100) == _nodes_left_by(1)


def _written(x: Any) -> Any:
    h = x * 2
    rows = h[1:]
    rows[:1] *= x[:1]
    h[h > 1] = 0.5
    h += x
    x[0] = h[1]
    return h * rows[0] * x


def _constants(x: Any) -> Any:
    with mg.no_grad():
        scale, part = x * 2, x[1:]
    return x * scale + x.detach() * mg.sum(part) + x * x.item(0) + (x > 0) * x


def _several(x: Any) -> Any:
    return [x[1:] * 2, {"a": x[0], "b": mg.exp(x)}]


def _in_python(x: Any) -> Any:
    return np.array([[x[0], 1.0], [x[1] * x[2], x[0]]]).dot([1.0, 2.0])


INSIDE: dict[str, Callable[[Any], Any]] = {
    "a gradient": lambda x: mg.grad(lambda y: mg.sum(y**3 * x))(x) * x,
    "a gradient that reads it from outside": lambda x: mg.grad(lambda y: mg.sum(y**3 * x))(X) * x,
    "a tangent": lambda x: mg.jvp(lambda y: mg.sin(y * x), (x,), (x,))[1] * x,
    "a tangent that reads it from outside": lambda x: mg.jvp(lambda y: mg.sin(y * x), (X,), (V,))[1] * x,
    "its tangent alone": lambda x: mg.jvp(lambda y: mg.sin(y * X), (X,), (x,))[1],
    "a tangent of what doesn't depend on it": lambda x: mg.jvp(mg.sin, (X,), (V,))[1] * x,
    "a Jacobian": lambda x: mg.jacobian(lambda y: mg.tanh(W @ y) * x[0])(x) @ x,
    "a Hessian": lambda x: mg.hessian(lambda y: mg.sum(y**3 * x))(x) @ x,
    "a pullback": lambda x: mg.vjp(lambda y: y * mg.sum(y * x), x)[1](x)[0],
    "a checkpoint": lambda x: mg.checkpoint(lambda y, n: mg.sin(y) * x * n)(x * x, 2.0),
    "a checkpoint of several": lambda x: mg.checkpoint(lambda y: {"a": y[0], "b": mg.sin(y)})(x)["b"] * x[0],
    "a gradient of a checkpoint": lambda x: mg.grad(lambda y: mg.sum(mg.checkpoint(lambda z: mg.sin(z) * x)(y)))(x),
    "a scan": lambda x: mg.scan(lambda s: (mg.tanh(s * x), s[0]), x, n=4)[0],
    "rows": lambda x: mg.per_example(lambda w, row: mg.sum(mg.tanh(w * row)))(x, W),
    "a compiled function": lambda x: mg.compile(lambda y: mg.tanh(y) * y, backend="numpy")(x) * x,
    "writing": _written,
    "constants": _constants,
    "several results": _several,
    "an array of Python's making": _in_python,
    "many parts": lambda x: np.stack([x[i % 3] * x[0] for i in range(12)]),
    "a median": lambda x: mg.median(x) * x,
    "a constant tensor": lambda x: mg.tensor(W) @ (x * mg.tensor(V)),
    "a number in either place": lambda x: np.maximum(0, x) + np.minimum(x, 0) + 2**x + np.arctan2(x, x[0]),
    "another dtype": lambda x: x.astype(np.float32) * x,
    "a transpose": lambda x: (W * x).T.reshape(2, -1)[:, None] @ W.ravel()[:6],
    "a choice": lambda x: mg.where(x > 0, x, mg.exp(x)),
    "no structure": lambda x: mg.linalg.inv(mg.outer(x, x) + np.eye(3)),
    "what is linear in one of both": lambda x: mg.linalg.solve(mg.outer(x, x) + np.eye(3), x),
    "itself": lambda x: x,
    "nothing of it": lambda x: mg.sum(x > 0) + 0.0 * x,
}


Along = Callable[[Callable[[Any], Any]], Callable[[Any], Any]]

LEVELS: dict[str, Callable[[Along], Any]] = {
    "three, each reading the others": lambda d: d(
        lambda x: d(lambda y: d(lambda z: mg.sin(x * y * z) * x)(y * x))(x * 2)
    )(X),
    "three at constants": lambda d: d(lambda x: x * d(lambda y: y * d(lambda z: mg.sin(x * y * z) * x)(U))(X))(X),
    "the argument of the outer one": lambda d: d(lambda x: d(lambda _: x)(x) + x)(X),
    "a gradient around": lambda d: mg.grad(lambda w: mg.sum(d(lambda x: mg.tanh(x * w) * w)(X)))(U),
    "a gradient between": lambda d: d(lambda x: mg.grad(lambda w: mg.sum(d(lambda z: mg.tanh(z * w) * x)(w)))(x))(X),
    "gradients on both sides": lambda d: mg.grad(
        lambda x: mg.sum(d(lambda w: mg.grad(lambda z: mg.sum(mg.tanh(z * w) * x))(w * x))(x))
    )(X),
    "a Hessian around": lambda d: mg.hessian(lambda w: mg.sum(d(lambda x: mg.tanh(W @ x * w[0]))(X)))(U),
    "compiled around": lambda d: mg.compile(lambda w: d(lambda x: mg.sin(x * w))(X), backend="numpy")(U),
    "in a checkpoint": lambda d: mg.grad(
        lambda x: mg.sum(mg.checkpoint(lambda y: d(lambda z: mg.sin(z * y) * x)(y))(x * 2))
    )(X),
    "in checkpoints, around one": lambda d: d(
        lambda x: mg.checkpoint(lambda y: mg.checkpoint(lambda z: d(lambda u: mg.sin(u * z * x))(y))(y * x))(x)
    )(X),
    "in a scan": lambda d: d(lambda x: mg.scan(lambda s: (d(lambda y: mg.sin(y * s))(x), s[0]), x, n=3)[0])(X),
    "in rows": lambda d: mg.per_example(lambda w, row: mg.sum(d(lambda x: mg.tanh(x * w) * row)(X)))(U, W),
}


@pytest.mark.parametrize("levels", LEVELS)
def test_levels_of_dual_numbers_are_told_apart_as_those_of_the_record(levels: str) -> None:
    np.testing.assert_allclose(LEVELS[levels](forward), LEVELS[levels](linearized), rtol=1e-11, atol=1e-13)


def _flat(values: Any) -> Any:
    parts = [*values.values()] if isinstance(values, dict) else values if isinstance(values, list) else [values]
    nested = [_flat(v) if isinstance(v, dict | list) else np.ravel(v) for v in parts]
    return np.concatenate(nested)


@pytest.mark.filterwarnings("ignore:jvp")
@pytest.mark.parametrize("inside", INSIDE)
def test_what_is_inside_of_a_tangent_has_the_derivative_of_the_record(inside: str) -> None:
    g = INSIDE[inside]
    output, tangent = mg.jvp(g, (X,), (V,))
    again, push = mg.linearize(g, X)
    np.testing.assert_array_equal(_flat(output), _flat(again))
    np.testing.assert_allclose(_flat(tangent), _flat(push(V)), rtol=1e-12, atol=1e-14)
    leaves = [output, tangent] if not isinstance(output, list) else [*output[:1], output[1]["a"], tangent[1]["b"]]
    assert all(type(leaf) is np.ndarray for leaf in leaves)
    outer = mg.tensor(X, requires_grad=True)  # on the record altogether
    for recorded in (mg.jvp(g, (outer,), (V,))[1], mg.jvp(g, (X,), (mg.tensor(V, requires_grad=True),))[1]):
        np.testing.assert_allclose(_flat(_values(recorded)), _flat(tangent), rtol=1e-12, atol=1e-14)


def _values(tensors: Any) -> Any:
    if isinstance(tensors, dict):
        return {k: _values(v) for k, v in tensors.items()}
    return [*map(_values, tensors)] if isinstance(tensors, list) else tensors.numpy()


def test_an_outer_tensor_that_is_only_read_inside_makes_the_tangent_a_tensor() -> None:
    w = mg.tensor(V, requires_grad=True)
    output, tangent = mg.jvp(lambda x: mg.sin(x * x) * w, (X,), (V,))
    assert isinstance(output, mg.Tensor)
    np.testing.assert_allclose(mg.gradients(mg.sum(tangent), w), np.cos(X * X) * 2 * X * V)
    np.testing.assert_allclose(
        mg.grad(lambda w: mg.sum(mg.jvp(lambda x: mg.sin(x * x) * w, (X,), (V,))[1] ** 2))(V),
        2 * (np.cos(X * X) * 2 * X * V) ** 2 * V,
    )


def test_a_dual_number_that_was_kept_is_a_tensor_afterwards() -> None:
    kept: list[Any] = []

    def g(x: Any) -> Any:
        kept.append(x * 2)
        return mg.sin(x)

    mg.jvp(g, (X,), (V,))
    np.testing.assert_array_equal((kept[0] + 1).numpy(), X * 2 + 1)
    later, tangent = mg.jvp(lambda x: x * kept[0], (X,), (V,))
    np.testing.assert_allclose(np.asarray(later), X * X * 2)
    np.testing.assert_allclose(np.asarray(tangent), V * X * 2)


def test_a_view_that_was_kept_follows_what_is_written_afterwards() -> None:
    kept: list[Any] = []

    def g(x: Any) -> Any:
        a = mg.sin(x)
        kept.extend([a, a[:2]])
        return a

    mg.jvp(g, (X,), (V,))
    base, view = kept
    base[0] = 5.0
    np.testing.assert_array_equal(view.numpy(), [5.0, np.sin(X[1])])


def test_what_was_kept_of_a_dual_pass_is_a_constant_and_no_gradient_of_it_is_made_up() -> None:
    kept: list[Any] = []

    def g(x: Any) -> Any:
        kept[:] = [x, x * x]
        return mg.sin(x)

    def failing(x: Any) -> Any:
        g(x)
        raise RuntimeError("later")

    mg.jvp(g, (X,), (V,))
    with pytest.raises(ValueError, match="does not require gradients"):
        mg.gradients(mg.sum(kept[1]), kept[0])
    with pytest.raises(RuntimeError, match="later"):
        mg.jvp(failing, (X,), (V,))
    with pytest.raises(ValueError, match="does not require gradients"):
        mg.gradients(mg.sum(kept[1]), kept[0])


def test_what_would_lose_a_tangent_is_refused_by_the_name_of_what_it_is() -> None:
    with pytest.raises(TypeError, match=r"jvp: the Python float made of the result of multiply would have no gradient"):
        mg.jvp(lambda x: float(x[0] * 2) * x, (X,), (V,))
    with pytest.raises(TypeError, match=r"made of the argument 'x' would have no gradient"):
        mg.jvp(lambda x: float(x) * x, (1.0,), (1.0,))
    with pytest.raises(ValueError, match="read-only"):
        mg.jvp(lambda x: (h := x * 2).data.fill(0) or h, (X,), (V,))
    with pytest.raises(ValueError, match=r"matmul: .*\(the shapes are \(4, 3\) and \(4,\)\)"):
        mg.jvp(lambda x: W @ np.append(x, 1.0), (X,), (V,))


def test_a_number_that_a_thread_made_is_refused() -> None:
    def g(x: Any) -> Any:
        made: list[float] = []
        thread = threading.Thread(target=lambda: made.append(float(x[0] * 2)))
        thread.start()
        thread.join()
        return x * made[0]

    with pytest.raises(TypeError, match="would have no gradient"):
        mg.jvp(g, (X,), (V,))


BUILT_IN = [p for p in primitives.values() if p.structure == "elementwise" and p.arity == 1 and p.differentiable]


def written_out(primitive: Any, dtype: Any) -> Any:
    """The VJP of an operation in the steps that dual numbers take, or None if they call it as it is declared."""
    steps, known = _fused(primitive, *primitive.vjps, f"__{np.dtype(dtype)}", ("g", "y", "x"))

    def rule(g: Any, y: Any, x: Any) -> Any:
        names = {**known, "g": g, "y": y, "x": x}
        exec(steps, names)
        return names["__pushed"]

    return rule if steps else None


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("primitive", [p for p in BUILT_IN if not p.defaults], ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_vjp_that_is_written_out_is_the_same_to_the_last_bit(primitive: Any, dtype: Any) -> None:
    (vjp,) = primitive.vjps
    rule = written_out(primitive, dtype) or vjp
    for shape in [(7,), (2, 3), (0,), (1, 1)]:
        small, g = (np.asarray(random.uniform(low, 1.5, shape), dtype) for low in (0.1, -1))
        for x in (small, -small, 100 * small, 0 * small):
            y = primitive.on_numpy(x)
            before = [a.copy() for a in (g, y, x)]
            found, expected = rule(g, y, x), vjp(g, y, x)
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, expected)
            for a, b in zip((g, y, x), before, strict=True):
                np.testing.assert_array_equal(a, b)  # written into what is its own only


def test_most_vjps_are_written_out() -> None:
    written = [p.name for p in BUILT_IN if not p.defaults and written_out(p, float) is not None]
    assert {"exp", "tanh", "sin", "sqrt", "square", "log", "negative"} <= {*written}


def test_a_vjp_of_ones_own_may_read_what_changes() -> None:
    scale = [2.0]
    op = mg.primitive(
        lambda xp, x: scale[0] * x,
        [lambda g, y, x: g * scale[0]],
        name="scaled_by_what_changes",
        structure="elementwise",
    )
    np.testing.assert_array_equal(mg.jvp(op, (X,), (V,))[1], 2 * V)
    scale[0] = 3.0
    np.testing.assert_array_equal(mg.jvp(op, (X,), (V,))[1], 3 * V)


def test_a_checkpoint_is_run_once_by_a_tangent() -> None:
    runs = []

    def g(a: Any, b: Any, c: Any) -> Any:
        runs.append(a)
        return mg.sin(a * b) * c

    expected = mg.jvp(g, (X, V, U), (V, U, X))[1]
    runs.clear()
    np.testing.assert_allclose(mg.jvp(mg.checkpoint(g), (X, V, U), (V, U, X))[1], expected, rtol=1e-12)
    assert len(runs) == 1
    push = mg.linearize(mg.checkpoint(g), X, V, U)[1]
    runs.clear()
    np.testing.assert_allclose(push(V, U, X), expected, rtol=1e-12)
    assert len(runs) == 1


# --- one function, any number of tangents ------------------------------------------------------------------


def test_a_linearized_function_does_not_run_again() -> None:
    calls = []

    def counted(x: Any) -> Any:
        calls.append(x)
        return f(x)

    output, push = mg.linearize(counted, X)
    np.testing.assert_array_equal(output, f(X))
    for t in np.eye(3):
        np.testing.assert_allclose(push(t), mg.jacobian(f)(X) @ t)
    assert len(calls) == 1


def test_containers_and_what_is_told_on_the_side() -> None:
    def layer(p: Any, x: Any) -> Any:
        y = mg.tanh(x @ p["w"] + p["b"])
        return {"y": y, "all": [mg.sum(y)]}, {"rows": x.shape[0], "y": y}

    p = {"w": random.normal(size=(3, 2)), "b": np.zeros(2), "name": "first"}
    t = {"w": random.normal(size=(3, 2)), "b": np.ones(2), "name": "first"}
    x, u = random.normal(size=(2, 5, 3))
    output, tangent, aux = mg.jvp(layer, (p, x), (t, u), has_aux=True)
    again, push, _ = mg.linearize(layer, p, x, has_aux=True)
    shifted = [
        layer({**p, "w": p["w"] + h * t["w"], "b": p["b"] + h * t["b"]}, x + h * u)[0]["y"] for h in (1e-6, -1e-6)
    ]
    np.testing.assert_allclose(tangent["y"], (shifted[0] - shifted[1]) / 2e-6, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(tangent["all"][0], tangent["y"].sum())
    np.testing.assert_array_equal(push(t, u)["y"], tangent["y"])
    np.testing.assert_array_equal(again["y"], output["y"])
    assert aux["rows"] == 5
    assert type(aux["y"]) is np.ndarray


def test_tangents_have_the_shape_and_dtype_of_the_output() -> None:
    x, v = np.float32([1, 2]), np.array([1.0, 10.0])
    output, tangent = mg.jvp(lambda x: mg.astype(x, np.float64) ** 2, (x,), (v,))
    assert (output.dtype, tangent.dtype) == (np.float64, np.float64)
    assert mg.jvp(lambda x: x**2, (x,), (v,))[1].dtype == np.float32
    assert mg.jvp(lambda x: mg.zeros(3), (x,), (v,))[1].tolist() == [0, 0, 0]
    assert mg.jvp(lambda x: x + np.ones((3, 2)), (x,), (v,))[1].shape == (3, 2)
    assert mg.jvp(mg.sum, (np.zeros((0, 2)),), (np.zeros((0, 2)),))[1] == 0


def test_results_are_ones_own_to_write_into() -> None:
    v = V.copy()
    _, tangent = mg.jvp(lambda x: x, (X,), (v,))
    tangent[0] = 99.0
    np.testing.assert_array_equal(v, V)

    def written(g: Any) -> Callable[[Any], Any]:
        def loss(v: Any) -> Any:
            tangent = mg.jvp(g, (X,), (v,))[1]
            tangent[0] = 0.0
            return mg.sum(v * v)

        return loss

    for g in (lambda x: x, lambda x: x[1:], lambda x: x * 1.0):
        np.testing.assert_allclose(mg.grad(written(g))(V), 2 * V)


def test_a_function_that_writes_into_its_argument() -> None:
    def g(x: Any) -> Any:
        rows = x[1:]
        x[0] = x[1] * x[2]
        rows *= 10
        rows[[0, 0]] += x[0]
        return x**2

    expected = mg.jacobian(lambda x: mg.stack([g(x * 1.0)[i] for i in range(3)]))(X)
    np.testing.assert_allclose(mg.jvp(g, (X,), (V,))[1], expected @ V)
    rows = np.stack([mg.grad(lambda x, i=i: g(x)[i])(X) for i in range(3)])
    np.testing.assert_allclose(expected, rows)


def test_nothing_is_computed_of_tangents_that_are_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    pushed = []
    exp = primitives["exp"]
    monkeypatch.setattr(exp, "push", lambda *known, push=exp.push: pushed.append(push(*known)) or pushed[-1])
    mg.jvp(lambda x: x * mg.exp(mg.tensor(3.0, requires_grad=True)), (2.0,), (1.0,))
    assert pushed in ([], [None])


def test_a_chain_of_a_hundred_thousand() -> None:
    def chain(x: Any) -> Any:
        for _ in range(100_000):
            x = x * 0.99999
        return x

    assert mg.jvp(chain, (1.0,), (1.0,))[1] == chain(1.0)


# --- Jacobians -----------------------------------------------------------------------------------------------

SHAPES = [((), ()), ((3,), ()), ((), (3,)), ((2, 3), (4,)), ((4,), (2, 3)), ((0,), (2,)), ((2,), (0,)), ((3,), (3,))]


@pytest.mark.parametrize(("inputs", "outputs"), SHAPES)
def test_both_sides_of_a_jacobian_are_the_same(inputs: tuple[int, ...], outputs: tuple[int, ...]) -> None:
    shape = (int(np.prod(outputs)), int(np.prod(inputs)))
    a, x = random.normal(size=shape), random.normal(size=inputs)

    def g(x: Any) -> Any:
        return mg.reshape(mg.sin(a @ mg.reshape(x, (shape[1],))) * mg.sum(x * x), outputs)

    def more(x: Any, padding: int) -> Any:
        return mg.concatenate([mg.ravel(g(x)), mg.zeros(padding)])

    found = mg.jacobian(g)(x)
    assert found.shape == outputs + inputs
    by_columns = mg.jacobian(lambda x: more(x, 10))(x)[: shape[0]]  # more outputs than inputs: tangents
    by_rows = mg.jacobian(lambda y: g(y[: shape[1]].reshape(inputs)))(np.r_[x.ravel(), np.zeros(10)])  # cotangents
    np.testing.assert_allclose(found, by_columns.reshape(found.shape), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found, by_rows[..., : shape[1]].reshape(found.shape), rtol=1e-12, atol=1e-14)


def test_a_jacobian_takes_the_cheaper_side(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []
    monkeypatch.setattr("microgradnet.transforms._columns", lambda run: passes.append("tangents") or [np.zeros(1)])
    monkeypatch.setattr("microgradnet.transforms._rows", lambda run: passes.append("cotangents") or [np.zeros(1)])
    mg.jacobian(lambda x: mg.sum(x))(X)
    mg.jacobian(lambda x: mg.concatenate([x, x]))(X)
    mg.hessian(lambda x: mg.sum(x**3))(X)
    assert passes == ["cotangents", "tangents", "tangents"]


def test_a_jacobian_in_pieces_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, rows = mg.jacobian(f)(X), mg.jacobian(lambda x: mg.sum(f(x), keepdims=True))(X)
    monkeypatch.setattr("microgradnet.transforms._AT_ONCE", 20)
    np.testing.assert_allclose(mg.jacobian(f)(X), whole)
    np.testing.assert_allclose(mg.jacobian(lambda x: mg.sum(f(x), keepdims=True))(X), rows)


# --- what is declared ------------------------------------------------------------------------------------------


def test_an_operation_without_a_structure_is_transposed() -> None:
    cube = mg.primitive(lambda xp, x: x**3, [lambda g, y, x: 3 * g * x**2], name="cube_for_forward")
    assert mg.jvp(cube, (2.0,), (5.0,)) == (8.0, 60.0)
    np.testing.assert_allclose(mg.jacobian(cube)(X), np.diag(3 * X**2))
    np.testing.assert_allclose(mg.hessian(lambda x: mg.sum(cube(x)))(X), np.diag(6 * X))


def test_an_operation_of_ones_own_says_its_structure() -> None:
    scaled = mg.primitive(
        lambda xp, a, mask, factor=1.0: xp.where(mask, a, 0.0) * factor,
        (lambda g, y, a, mask, factor: mg.where(mask, g, 0.0) * factor, None),
        name="scaled_for_forward", structure="linear", keep="mask",
    )  # fmt: skip
    mask = np.array([True, False, True])
    np.testing.assert_array_equal(mg.jvp(lambda x: scaled(x, mask, factor=2.0), (X,), (V,))[1], 2 * V * mask)
    np.testing.assert_array_equal(mg.jacobian(lambda x: scaled(x, mask, factor=2.0))(X), np.diag(2.0 * mask))


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"structure": "convex"}, r"structure= is one of .*'elementwise', 'linear', 'multilinear'.*; got 'convex'"),
        ({"structure": "multilinear", "keep": "a"}, "reads its other inputs"),
        ({"structure": "linear in c"}, "'linear in' and names of inputs; got 'linear in c'"),
        ({"structure": "linear in b", "keep": "b"}, "reads its other inputs"),
    ],
)
def test_a_structure_that_no_tangent_could_follow_is_refused(known: dict[str, Any], said: str) -> None:
    def product(xp: Any, a: Any, b: Any) -> Any:
        return a * b

    with pytest.raises(ValueError, match=said):
        mg.primitive(product, (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a), name="refused_product", **known)


def test_a_freed_graph_says_so() -> None:
    output, push = mg.linearize(lambda x: mg.exp(x) * x, mg.tensor(2.0, requires_grad=True))
    output.backward()
    with pytest.raises(RuntimeError, match="the graph was freed"):
        push(1.0)


SUMS = (lambda g, y, x: mg.flip(mg.cumsum(mg.flip(g))),)


@pytest.mark.parametrize("structure", ["elementwise", "linear", "multilinear", None])
def test_gradcheck_finds_a_wrong_structure(structure: Any) -> None:
    sums = mg.primitive(lambda xp, x: xp.cumsum(x), SUMS, name="sums_for_forward", structure=structure)
    report = mg.gradcheck(sums, X, order=2)
    assert report.ok == (structure != "elementwise")
    if not report.ok:
        assert [a.argument for a in report.arguments if not a.ok] == ["elementwise sums_for_forward"]
        assert "elementwise sums_for_forward" in str(report)
    cube = mg.primitive(lambda xp, x: x**3, [lambda g, y, x: 3 * g * x**2], name="cube_forward", structure=structure)
    assert mg.gradcheck(cube, X).ok == (structure in ("elementwise", None))


def test_a_pass_of_tangents_is_drawn_and_written_as_any_computation() -> None:
    x, w, direction = np.eye(3), mg.tensor(W.T, requires_grad=True), mg.tensor(np.ones((3, 4)), requires_grad=True)
    layer, tangent = mg.jvp(lambda w: mg.sigmoid(x @ w), (w,), (direction,))
    assert {entry.scope for entry in mg.Graph.of(layer, tangent) if entry.operation} == {(), ("tangent",)}
    assert "tangent" in mg.draw(layer, tangent).source
    names = {"w": w, "direction": direction, "layer": layer, "tangent": tangent}
    assert r"\mathrm{direction} \odot \mathrm{layer} \odot (1 - \mathrm{layer})" in mg.latex(tangent, names=names)
