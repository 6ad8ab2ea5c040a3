"""A compiled function that is differentiated: it stays compiled, in every order and mode, and is right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.record import node_of

X = np.array([[0.5, -1.0, 0.3], [2.0, 0.7, -0.4]])
W = np.array([1.5, -0.5, 0.25])
C = np.array(0.75)


def compiled(f: Any, **options: Any) -> Any:
    return mg.compile(f, **{"backend": "numpy", **options})


def layer(x: Any, w: Any, c: Any) -> Any:
    return mg.tanh(x @ w * c) + c * c


def loss(x: Any, w: Any, c: Any) -> Any:
    return mg.sum(layer(x, w, c) ** 2) + mg.sum(mg.maximum(w, c))


def counted(f: Callable[..., Any]) -> tuple[Any, list[int]]:
    """A function that notes its calls."""
    calls: list[int] = []

    def noting(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return f(*args, **kwargs)

    return noting, calls


def operations(output: Any) -> list[str]:
    """The names of the operations that an output was recorded with, unopened."""
    found = [node_of(output)]
    for node in found:
        found += [x for x in node.inputs if x.primitive is not None and x not in found]
    return [node.primitive.name for node in found if node.primitive is not None]


OF_A_NUMBER: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "grad": lambda f: mg.grad(lambda *a: f(*a) * a[2], (0, 1, 2)),
    "value_and_grad": lambda f: mg.value_and_grad(f, 1),
    "grad of grad": lambda f: mg.grad(lambda *a: mg.sum(mg.grad(f, 1)(*a) * a[1] ** 2), (0, 1, 2)),
    "grad of grad of grad": lambda f: mg.grad(
        lambda x, w, c: mg.sum(mg.grad(lambda w: mg.sum(mg.grad(f, 1)(x, w, c) ** 2))(w) * w), (1, 2)
    ),
    "hessian": lambda f: mg.hessian(f, (1, 2)),
    "hvp": lambda f: lambda x, w, c: mg.hvp(lambda w: f(x, w, c), w, w * w),
    "jvp": lambda f: lambda *a: mg.jvp(lambda *b: f(*b) * b[2], a, a),
    "jvp of grad": lambda f: lambda *a: mg.jvp(mg.grad(f, 1), a, a),
    "grad of jvp": lambda f: mg.grad(lambda *a: mg.jvp(f, a, [np.ones(b.shape) for b in a])[1], (0, 1, 2)),
    "jvp of jvp": lambda f: lambda *a: mg.jvp(lambda *b: mg.jvp(f, b, a)[1], a, a),
    "linearize": lambda f: lambda *a: mg.linearize(f, *a)[1](*a),
    "per_example": lambda f: lambda x, w, c: mg.per_example(lambda w, x: f(x[None], w, c))(w, x),
    "checkpoint": lambda f: mg.grad(mg.checkpoint(f), (0, 1, 2)),
    "in a compiled one": lambda f: compiled(mg.grad(f, (0, 1, 2))),
}

OF_SEVERAL: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "jacobian": lambda f: mg.jacobian(f, (0, 1, 2)),
    "jacobian of jacobian": lambda f: mg.jacobian(lambda *a: mg.jacobian(f, 1)(*a), (1, 2)),
    "vjp": lambda f: lambda *a: mg.vjp(f, *a)[1](np.array([1.0, -2.0])),
}


def close(found: Any, expected: Any) -> None:
    assert mg_structure(found) == mg_structure(expected)
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        assert (np.shape(a), np.asarray(a).dtype) == (np.shape(b), np.asarray(b).dtype)
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


def leaves(tree: Any) -> list[Any]:
    return [x for part in tree for x in leaves(part)] if isinstance(tree, tuple | list) else [tree]


def mg_structure(tree: Any) -> Any:
    return [mg_structure(part) for part in tree] if isinstance(tree, tuple | list) else None


@pytest.mark.parametrize(("f", "transform"), [
    *[pytest.param(loss, t, id=name) for name, t in OF_A_NUMBER.items()],
    *[pytest.param(layer, t, id=name) for name, t in OF_SEVERAL.items()],
])  # fmt: skip
def test_every_mode_of_a_compiled_function_is_that_of_the_function(f: Any, transform: Any) -> None:
    of_compiled, of_itself = transform(compiled(f)), transform(f)
    for args in ((X, W, C), (X[:, :2] + 0.1, W[1:], C - 0.2), (X, W, C)):
        close(of_compiled(*args), of_itself(*args))


def test_a_compiled_gradient_is_differentiated() -> None:
    force = compiled(mg.grad(loss, (1, 2)))

    def through(force: Any) -> Any:
        def f(x: Any, w: Any, c: Any) -> Any:
            for _ in range(3):
                of_w, of_c = force(x, w, c)
                w, c = w - 0.1 * of_w, c - 0.01 * of_c
            return mg.sum(w**2) * c

        return mg.grad(f, (0, 1, 2))

    close(through(force)(X, W, C), through(mg.grad(loss, (1, 2)))(X, W, C))


def test_it_is_one_operation_and_the_function_is_not_run_again() -> None:
    f, calls = counted(loss)
    fast = compiled(f)
    gradient = mg.grad(lambda w: fast(X, w, C) * 2)
    first = gradient(W)
    ran = len(calls)
    np.testing.assert_array_equal(gradient(W), first)
    assert len(calls) == ran
    assert operations(fast(X, mg.tensor(W, requires_grad=True), C)) == ["compile"]


def test_a_snapshot_shows_what_the_function_does() -> None:
    w = mg.tensor(W, requires_grad=True, name="w")
    with mg.scope("inside"):
        of_compiled, of_itself = compiled(layer)(X, w, 0.75), layer(X, w, 0.75)

    def shown(y: Any) -> list[Any]:
        return [(n.title, n.scope) for n in mg.Graph.of(y)]

    assert shown(of_compiled) == shown(of_itself)
    np.testing.assert_allclose(mg.gradients(mg.sum(of_compiled), w), mg.gradients(mg.sum(of_itself), w))


def test_what_returns_its_argument_can_be_shown() -> None:
    w = mg.tensor(W, requires_grad=True)
    same = compiled(lambda w: w)(w)
    assert [n.title for n in mg.Graph.of(same) if n.operation is not None] == ["·"]
    np.testing.assert_array_equal(mg.gradients(mg.sum(same * same), w), 2 * W)


def test_second_derivatives_can_be_drawn() -> None:
    w = mg.tensor(W, requires_grad=True)
    gradient = mg.gradients(compiled(loss)(X, w, 0.75), w, create_graph=True)
    assert "tanh" in [n.title for n in mg.Graph.of(gradient)]
    close(mg.gradients(mg.sum(gradient), w), mg.grad(lambda w: mg.sum(mg.grad(loss, 1)(X, w, 0.75)))(W))


def test_backward_adds_up() -> None:
    fast = compiled(loss)
    w = mg.tensor(W, requires_grad=True)
    for _ in range(2):
        fast(X, w, C).backward()
    np.testing.assert_allclose(w.grad, 2 * mg.grad(loss, 1)(X, W, C))


def of_tree(p: Any, k: int, *, shift: Any) -> dict[str, Any]:
    return {
        "value": mg.sum(p["w"] ** k) * p["c"],
        "parts": [p["w"] * shift, p["w"] > 0, mg.argmax(p["w"]), None, "text", 2.5],
        "constant": shift * 2,
    }


def test_containers_go_in_and_out() -> None:
    fast = compiled(of_tree)

    def g(f: Any) -> Any:
        def total(p: Any, shift: Any) -> Any:
            found = f(p, 3, shift=shift)
            value, (scaled, positive, largest, none, text, number) = found["value"], found["parts"]
            assert (none, text, float(number), int(largest)) == (None, "text", 2.5, 0)
            np.testing.assert_array_equal(positive, [True, False, True])
            return value + mg.sum(scaled * positive) + mg.sum(found["constant"])

        return mg.grad(total, (0, 1))

    for shift in (2.0, np.array([1.0, 2.0, 3.0])):
        found, expected = (g(f)({"w": W, "c": 0.5}, shift) for f in (fast, of_tree))
        close([found[0]["w"], found[0]["c"], found[1]], [expected[0]["w"], expected[0]["c"], expected[1]])


def test_what_depends_on_nothing_that_moves_is_constant() -> None:
    fast = compiled(lambda x, y: (mg.sum(x**2), mg.sum(y**2), y > 0))
    x = mg.tensor(W, requires_grad=True)
    of_x, of_y, positive = fast(x, W)
    assert (of_x.requires_grad, of_y.requires_grad, positive.requires_grad) == (True, False, False)
    of_y_alone = compiled(lambda x, y: mg.grad(lambda x: mg.sum(x * y))(x))
    assert not of_y_alone(x, W).requires_grad


def test_a_result_that_never_changes_is_no_tensor() -> None:
    with pytest.warns(UserWarning, match="which is no tensor, so the gradient is zero"):
        np.testing.assert_array_equal(mg.grad(compiled(lambda x: 3.0))(W), np.zeros(3))


def test_a_donated_array_is_not_written_to_where_the_call_is_recorded() -> None:
    fast = compiled(lambda x, w: (x * 2, mg.sum(w * w)), donate=0)
    x = X.copy()
    doubled, _ = fast(x, mg.tensor(W, requires_grad=True))
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(doubled.numpy(), 2 * X)


def test_later_writes_change_no_gradient() -> None:
    fast = compiled(lambda x, w: mg.sum(x * w) ** 2)
    x, w = W.copy(), mg.tensor(W, requires_grad=True)
    value = fast(x, w)
    x[:] = 0
    np.testing.assert_allclose(mg.gradients(value, w), 2 * (W @ W) * W)


def test_without_recording_nothing_is_recorded() -> None:
    fast = compiled(loss)
    w = mg.tensor(W, requires_grad=True)
    with mg.no_grad():
        value = fast(X, w, C)
    assert not value.requires_grad
    close(value.numpy(), loss(X, W, C))


def test_at_a_kink_a_tensor_without_axes_is_no_number() -> None:
    def f(w: Any, c: Any) -> Any:
        return mg.sum(mg.maximum(w, c))

    at = np.array([0.5, 1.0]), np.array(0.5)
    close(mg.grad(compiled(f), (0, 1))(*at), mg.grad(f, (0, 1))(*at))
    close(mg.grad(compiled(f))(*at), mg.grad(f)(*at))
    close(mg.grad(lambda c: mg.grad(compiled(f))(at[0], c)[0])(at[1]), np.array(0.0))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_dtypes_are_kept(dtype: Any) -> None:
    args = X.astype(dtype), W.astype(dtype), C.astype(dtype)
    fast = compiled(layer)
    for f in (mg.grad(lambda *a: mg.sum(fast(*a)), (0, 1, 2)), lambda *a: mg.jvp(fast, a, a)):
        assert {np.asarray(g).dtype for g in f(*args)} == {np.dtype(dtype)}
    mixed = compiled(lambda x, w: (x * 2, w * 2))
    found = mg.grad(lambda x, w: sum(map(mg.sum, mixed(x, w))), (0, 1))(args[0], W)  # type: ignore[arg-type]
    assert [g.dtype for g in found] == [dtype, np.float64]


def test_large_arrays_are_recorded_operation_by_operation() -> None:
    fast = compiled(lambda x: mg.sum(mg.tanh(x) ** 2))
    assert operations(fast(mg.tensor(np.ones(20_000), requires_grad=True))) != ["compile"]


def branching(x: Any) -> Any:
    return mg.sum(x**2) if x[0].item() > 0 else mg.sum(x)


def test_what_cannot_be_compiled_is_called_itself() -> None:
    np.testing.assert_array_equal(mg.grad(compiled(branching))(W), 2 * W)
    np.testing.assert_array_equal(mg.grad(compiled(branching))(-W), np.ones(3))
    c = mg.tensor(2.0, requires_grad=True)
    fast = compiled(lambda w: mg.sum(w**2) * c)
    w = mg.tensor(W, requires_grad=True)
    close(mg.gradients(fast(w), [w, c]), [4 * W, np.array(W @ W)])


def test_errors_are_those_of_the_function() -> None:
    with pytest.raises(ValueError, match=r"the shapes are \(2, 3\) and \(2,\)"):
        mg.grad(compiled(loss), 1)(X, W[:2], C)


def test_numbers_that_leave_the_range_warn_as_ever() -> None:
    fast = compiled(lambda w: mg.sum(mg.log(w)))
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert mg.grad(fast)(np.array([0.0, 1.0]))[1] == 1
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        mg.grad(fast)(np.array([0.0, 1.0]))


def test_threads_call_at_a_time() -> None:
    fast = compiled(loss)
    expected = mg.grad(loss, 1)(X, W, C)
    wrong: list[Any] = []

    def work() -> None:
        found = [mg.grad(lambda w: fast(X, w, C))(W) for _ in range(50)]
        wrong.extend(g for g in found if not np.allclose(g, expected))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_numba_where_it_was_asked_for() -> None:
    pytest.importorskip("numba")
    f = compiled(lambda w: mg.sum(mg.sin(w) * w), backend="numba")
    close(mg.hessian(f)(W), mg.hessian(lambda w: mg.sum(mg.sin(w) * w))(W))
