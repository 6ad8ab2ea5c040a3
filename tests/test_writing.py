"""Writing into tensors: every name and every view sees what NumPy's would, and the gradient is right."""

from __future__ import annotations

import gc
import inspect
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.ops import indexing
from microgradnet.record import is_view, numpy_functions
from microgradnet.tensor import _OUT_SECOND, _place_of_out
from tests.ops.cases import CASES

X = np.array([[0.5, -1.0, 2.0, 0.3], [1.5, 0.2, -0.7, 1.1], [-0.4, 0.9, 0.6, -1.3]])
V = np.array([0.7, -0.2, 1.3, 0.4])


def slopes(f: Callable[..., Any], *arguments: np.ndarray) -> list[np.ndarray]:
    """Differentiate what NumPy itself does with complex numbers, which has no rounding error (the complex step)."""
    found = []
    for k, argument in enumerate(arguments):
        gradient = np.zeros(argument.shape)
        for at in np.ndindex(argument.shape):
            moved = [a.astype(complex) for a in arguments]
            moved[k][at] += 1e-30j
            gradient[at] = np.imag(f(*moved)) / 1e-30
        found.append(gradient)
    return found


# --- programs that people write ------------------------------------------------------------------------

LABELS = np.array([0, 1, 3])


def softmax_loss(x: Any, v: Any) -> Any:
    scores = x * v
    scores -= np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.sum(np.log(p[np.arange(3), LABELS])) / 3
    loss += 0.1 * np.sum(x * x)
    return loss


def hinge_loss(x: Any, v: Any) -> Any:
    margins = np.maximum(0, x - x[np.arange(3), LABELS][:, np.newaxis] + 1)
    margins[np.arange(3), LABELS] = 0
    return np.sum(margins * v)


def rectified(x: Any, v: Any) -> Any:
    h = x * v
    h[h < 0] = 0
    return np.sum(h**2)


def leaky(x: Any, v: Any) -> Any:
    h = x * v
    h[h < 0] *= 0.1
    return np.sum(h**2)


def dropped_out(x: Any, v: Any) -> Any:
    h = x * v
    h *= np.array([1, 0, 1, 1])
    h /= 0.75
    return np.sum(h**3)


def recurrent(x: Any, v: Any) -> Any:
    h = np.zeros((3, 5, 4), like=x)
    for t in range(4):
        h[:, t + 1] = np.tanh(x + h[:, t] * v)
    return np.sum(h[:, -1] ** 2) + np.sum(h)


def convolved(x: Any, v: Any) -> Any:
    out = np.zeros((2, 3), like=x)
    for i in range(2):
        for j in range(3):
            for a in range(2):
                for b in range(2):
                    out[i, j] += x[i + a, j + b] * v[2 * a + b]
    return np.sum(out * out)


def normalised_rows(x: Any, v: Any) -> Any:
    h = np.exp(x)
    for row in h:
        row /= row.sum()
    return np.sum(h * v)


def flattened(x: Any, v: Any) -> Any:
    h = x * 2
    flat = h.reshape(-1)
    flat[::5] = v[:3]
    flat[flat < 0] = 0
    return np.sum(h**2) + np.sum(flat**3)


def transposed(x: Any, v: Any) -> Any:
    h = x * 1
    t = h.T
    t[0] += v[:3]
    h[1, 1] = np.sum(t[2])
    return np.sum(t**2 * np.arange(12.0).reshape(4, 3))


def with_out(x: Any, v: Any) -> Any:
    h = np.zeros_like(x)
    np.multiply(x, v, out=h)
    np.clip(h, -0.5, 0.5, out=h)
    h.clip(-0.4, 2, out=h)
    s = np.zeros(4, like=x)
    np.sum(h, axis=0, out=s)
    np.exp(s, out=s, where=np.array([True, False, True, True]))
    return np.sum(s * h)


def by_functions(x: Any, v: Any) -> Any:
    h = np.copy(x)
    np.put(h, [0, 7], v[:2])
    np.fill_diagonal(h, v[:3])
    np.put_along_axis(h, np.array([[3], [0], [1]]), v[:3, None], 1)
    np.copyto(h[1], v, where=np.array([True, False, True, False]))
    np.putmask(h, np.arange(12).reshape(3, 4) % 5 == 4, v)
    np.place(h, np.arange(12).reshape(3, 4) % 5 == 2, v[1])
    np.add.at(h, [0, 0], v)
    np.subtract.at(h, ([1, 1], [2, 2]), v[:2])
    np.multiply.at(h, [2], v)
    return np.sum(h**2)


def argument_written(x: Any, v: Any) -> Any:
    x[0] = v
    x *= 2
    v += 1
    return np.sum(x * x) + np.sum(v * v)


def last_of_repeats(x: Any, v: Any) -> Any:
    h = x * 1
    h[[0, 0]] = np.stack([v, v * v])
    return np.sum(h**2)


def sorted_in_place(x: Any, v: Any) -> Any:
    h = x * v
    h.sort(axis=0)
    return np.sum(h * v)


def filled(x: Any, v: Any) -> Any:
    h = np.full((2, 4), v[0], like=x)
    h[1] = v
    g = np.full_like(x, 0.5)
    g[0] = v
    e = np.empty_like(x)
    e[:] = x
    e[2].fill(v[1])
    return np.sum(h) * np.sum(g * e)


def diagonal_scaled(x: Any, v: Any) -> Any:
    h = x * 1
    diagonal = np.einsum("ii->i", h[:, :3])
    diagonal *= v[:3]
    return np.sum(h**2)


PROGRAMS = {
    f.__name__: f
    for f in (
        softmax_loss, hinge_loss, rectified, leaky, dropped_out, recurrent, convolved, normalised_rows, flattened,
        transposed, with_out, by_functions, argument_written, last_of_repeats, sorted_in_place, filled,
        diagonal_scaled,
    )
}  # fmt: skip


class LikeNumpy(np.ndarray):
    """An array that ``like=`` takes, so that the same program runs without tensors."""

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return super().__array_function__(function, types, args, kwargs)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_runs_unchanged_with_numpys_value_and_the_right_gradient(name: str) -> None:
    program = PROGRAMS[name]
    x, v = X.copy(), V.copy()
    value, gradients = mg.value_and_grad(program, argnums=(0, 1))(x, v)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(v, V)
    np.testing.assert_allclose(value, program(X.copy(), V.copy()), rtol=1e-12)
    assert mg.gradcheck(program, X, V)
    second = mg.grad(lambda x, v: mg.sum(mg.grad(program, argnums=1)(x, v) ** 2))
    mg.testing.assert_derivatives_right(program, X, V, order=2)
    assert second(X, V).shape == X.shape
    if name == "leaky":  # what a mask picks has another shape in every call, which `mg.compile` says
        return
    compiled = mg.compile(mg.value_and_grad(program, argnums=(0, 1)))
    for move in (0.0, 0.01):  # the second call has other numbers
        found, others = compiled(X + move, V - move)
        again, right = mg.value_and_grad(program, argnums=(0, 1))(X + move, V - move)
        np.testing.assert_allclose(found, again, rtol=1e-12)
        for a, b in zip(others, right, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)
    del gradients


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_writes_is_drawn_written_down_and_derived(name: str) -> None:
    x = mg.tensor(X, requires_grad=True, name="x")
    v = mg.tensor(V, requires_grad=True, name="v")
    loss = PROGRAMS[name](x * 1, v * 1)
    assert "digraph" in mg.draw(loss).source
    assert mg.tree(loss)
    derivation = mg.derive(loss, [x, v])
    names: dict[str, Any] = {}
    exec(derivation.source("backprop"), names)
    loss.backward()
    backprop = names["backprop"]
    constants = [n.value for n in derivation.graph if n.kind == "constant" and np.ndim(n.value)]
    found = backprop(X, V, *constants[: len(inspect.signature(backprop).parameters) - 2])
    np.testing.assert_allclose(np.asarray(found[-2]), x.grad, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(np.asarray(found[-1]), v.grad, rtol=1e-10, atol=1e-12)


# --- what a write is -------------------------------------------------------------------------------------


def parameter(value: Any) -> mg.Tensor:
    return mg.tensor(value, requires_grad=True)


def test_every_name_of_an_array_sees_a_write_and_no_other_name_of_a_number_does() -> None:
    h = parameter(V) * 1
    other = h
    h += 1
    other[0] = 5.0
    assert h is other
    assert h.tolist() == [5.0, 0.8, 2.3, 1.4]
    loss = mg.sum(h)
    before = loss
    loss += 1
    assert loss is not before
    assert loss.item() == before.item() + 1


def test_what_was_computed_before_a_write_keeps_its_value_and_its_gradient() -> None:
    w = parameter(V)
    h = w * 1
    squares = h * h
    h[:] = 0
    mg.sum(squares).backward()
    np.testing.assert_array_equal(w.grad, 2 * V)


def test_a_view_that_was_taken_before_a_write_has_the_new_numbers_and_their_gradient() -> None:
    w = parameter(V)
    h = mg.zeros(4)
    view, of_view = h[1:], h[1:][:1]
    h[1] = w[0] * 3
    assert of_view.item() == view[0].item() == V[0] * 3
    mg.sum(view).backward()
    np.testing.assert_array_equal(w.grad, [3, 0, 0, 0])


def test_a_view_taken_without_recording_stays_without() -> None:
    h = parameter(V) * 1
    with mg.no_grad():
        view = h[:2]
    h[0] = 7.0
    assert view.tolist() == [7.0, V[1]]
    assert not view.requires_grad


def test_a_view_is_made_anew_in_the_record_wherever_it_is_used() -> None:
    w = parameter(V)
    h = w * 1
    view = h[:2]
    h *= 2
    with mg.no_grad():
        assert view.tolist() == [2 * V[0], 2 * V[1]]
    mg.sum(view).backward()
    np.testing.assert_array_equal(w.grad, [2, 2, 0, 0])


def test_views_keep_nothing_alive_and_an_array_forgets_views_that_are_gone() -> None:
    h = parameter(np.ones((200, 2))) * 1
    kept = weakref.ref(h[0])
    for _ in range(1000):
        h[0]
    assert len(h._views) < 64
    gc.collect()
    assert kept() is None


def test_a_view_of_a_view_is_noted_once_however_often_it_is_used() -> None:
    h = parameter(V) * 1
    view = h[:3]
    of_view = view[1:]
    for k in range(100):
        h[1] = k
        assert of_view[0].item() == k
    assert len(h._views) + len(view._views) + len(of_view._views) < 10


def test_a_write_that_numpy_refuses_changes_nothing() -> None:
    h = parameter(V) * 1
    for index, value in ((9, 1.0), (slice(2), np.ones(3)), (slice(2), [[1.0, 2.0], [3.0, 4.0]]), ("a", 1.0)):
        with pytest.raises((IndexError, ValueError)):
            h[index] = value
    with pytest.raises(ValueError, match="broadcast"):
        h += [1, 2]
    np.testing.assert_array_equal(h.numpy(), V)


def test_dtypes_are_numpys() -> None:
    single = mg.zeros(3, dtype=np.float32)
    single[0] = parameter(0.1) * 1
    single += np.ones(3)
    assert single.dtype == np.float32
    counts = mg.zeros(2, dtype=int)
    counts[0] = 2.7
    counts += 1
    assert counts.tolist() == [3, 1]


def test_a_tensor_without_gradients_is_a_buffer_too_and_a_leaf_stays_one_object() -> None:
    total = mg.tensor(0.0)
    same = total
    w = parameter(V)
    total += mg.sum(w)
    assert same is total
    total.backward()
    np.testing.assert_array_equal(w.grad, np.ones(4))


def test_a_parameter_is_updated_without_recording_as_ever() -> None:
    w = parameter(V)
    with mg.no_grad():
        w -= 0.5 * np.ones(4)
        with pytest.raises(TypeError, match="a parameter that requires gradients can't be written into"):
            w[0] = 1.0
    np.testing.assert_array_equal(w.data, V - 0.5)


def test_a_mask_that_is_traced_is_not_frozen() -> None:
    def rest(x: Any) -> Any:
        h = x * 1
        h[h > 0] = 0
        return mg.sum(h)

    compiled = mg.compile(rest)
    assert compiled(np.array([1.0, -2.0])) == -2
    assert compiled(np.array([-1.0, 2.0])) == -1
    with pytest.raises(TypeError, match=r"np\.put: the index of a tensor that is being traced"):
        mg.compile(lambda x: np.put(x * 1, mg.argmax(x), 0))(V)


def test_an_index_that_is_traced_is_not_frozen() -> None:
    def picked(x: Any, i: Any) -> Any:
        h = x * 1
        h[i] = h[i] * x[:2]
        h[np.arange(2), i] += 1
        return mg.sum(h)

    compiled = mg.compile(mg.value_and_grad(picked))
    for i in ([0, 2], [1, 1], [2, 0]):
        index = np.array(i)
        value, gradient = compiled(X, index)
        expected, right = mg.value_and_grad(picked)(X, index)
        np.testing.assert_allclose(value, expected)
        np.testing.assert_allclose(gradient, right)


def test_a_result_is_a_view_where_numpys_is_one_and_nowhere_else() -> None:
    def owner(tensor: Any) -> Any:
        while is_view(tensor):
            tensor = tensor._view[0]
        return tensor

    differing = []
    for case in CASES:
        arrays = case.arguments()
        if case.reference or not all(a.ndim and a.size for a in arrays):
            continue
        expected = case.expected(*arrays)
        tensors = [mg.tensor(a, requires_grad=True) * 1 for a in arrays]
        found = case.call(np, *tensors)
        if isinstance(expected, np.ndarray) and isinstance(found, mg.Tensor) and expected.size:
            shares = any(np.may_share_memory(expected, a) for a in arrays)
            if shares != any(owner(found) is t for t in tensors):
                differing.append(str(case))
    assert differing == []


# --- what it costs ---------------------------------------------------------------------------------------


def test_writes_into_a_buffer_are_made_in_its_own_memory() -> None:
    w = parameter(np.ones(3))
    out = mg.zeros((300, 3))
    out[0] = w
    memory = out._value.ctypes.data
    for i in range(1, 300):
        out[i] = out[i - 1] * w
        out[i] += w
        out[i][0] = w[1]
        out[i, 1] -= 0.5
        assert out._value.ctypes.data == memory
    assert mg.gradients(mg.sum(out), w).shape == (3,)


def test_a_reverse_pass_through_indexing_makes_one_array_of_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    scatter = indexing._scatter

    def counted(*arguments: Any) -> Any:
        nonlocal made
        made += 1
        return scatter(*arguments)

    w = parameter(np.arange(400.0))
    total = mg.zeros(400)
    for i in range(400):
        total[i] = w[i] * 2
        total[i] += w[399 - i]
    loss = mg.sum(total * total)
    monkeypatch.setattr(indexing, "_scatter", counted)
    loss.backward()
    assert made == 1
    np.testing.assert_allclose(w.grad, 4 * (2 * w.data + w.data[::-1]) + 2 * (2 * w.data[::-1] + w.data))


def test_a_cotangent_that_somebody_else_has_is_not_written_to() -> None:
    w = parameter(V)
    h = w * 1
    h[0] = 0.0
    seed = np.ones(4)
    kept = h * 1.0
    grads = mg.gradients(kept, [h, w], seed=seed)
    np.testing.assert_array_equal(seed, np.ones(4))
    np.testing.assert_array_equal(grads[0], np.ones(4))
    np.testing.assert_array_equal(grads[1], [0, 1, 1, 1])
    h.backward(seed)
    np.testing.assert_array_equal(seed, np.ones(4))


# --- buffers and arrays of what was computed ---------------------------------------------------------------


def test_an_array_of_tensors_in_nested_lists() -> None:
    a = parameter(2.0)
    made = mg.array([[a, 1.0], [a * a, 3]])
    assert made.tolist() == [[2.0, 1.0], [4.0, 3.0]]
    assert mg.gradients(mg.sum(made), a) == 5
    assert np.array([a, 1.0], like=a).shape == (2,)
    assert isinstance(mg.array([1.0, 2.0]), mg.Tensor)
    copied = mg.array(made)
    copied[0, 0] = 7.0
    assert made[0, 0].item() == 2.0


JOINED: dict[str, Callable[[Any, Any], Any]] = {
    "np.c_[np.ones((3, 1)), x]": lambda x, v: np.c_[np.ones((3, 1)), x],
    "np.c_[v, v * v]": lambda x, v: np.c_[v, v * v],
    "np.c_[v, np.arange(4)]": lambda x, v: np.c_[v, np.arange(4)],
    "np.r_[v, 1.0, x[0]]": lambda x, v: np.r_[v, 1.0, x[0]],
    "np.r_[0:3, v]": lambda x, v: np.r_[0:3, v],
    "np.r_['1,2,0', v, v]": lambda x, v: np.r_["1,2,0", v, v],
    "np.r_['0,2', x, v]": lambda x, v: np.r_["0,2", x, v],
    "np.r_[x, x]": lambda x, v: np.r_[x, x],
}


@pytest.mark.parametrize("name", JOINED)
def test_the_brackets_of_numpy_join_tensors(name: str) -> None:
    def loss(x: Any, v: Any) -> Any:
        joined = JOINED[name](x, v)
        return np.sum(joined * joined * np.arange(float(joined.size)).reshape(joined.shape))

    value, gradients = mg.value_and_grad(loss, argnums=(0, 1))(X, V)
    np.testing.assert_allclose(value, loss(X, V))
    for gradient, right in zip(gradients, slopes(loss, X, V), strict=True):
        np.testing.assert_allclose(gradient, right)
    np.testing.assert_allclose(mg.compile(loss)(X, V), value)


# --- any program -------------------------------------------------------------------------------------

Arrays = list[Any]
VIEWS: list[Callable[[Any], Any]] = [
    lambda a: a[0],
    lambda a: a[1:],
    lambda a: a[::-1],
    lambda a: a[..., ::2],
    lambda a: a[-1:, ...],
    lambda a: a[None],
    lambda a: a[:],
    lambda a: a.T,
    lambda a: a.reshape(-1),
    lambda a: a.ravel(),
    lambda a: a.reshape((*a.shape[::-1],)),
    lambda a: a.squeeze(),
    lambda a: np.expand_dims(a, 0),
    lambda a: np.flip(a),
    lambda a: np.swapaxes(a, 0, -1),
    lambda a: np.moveaxis(a, 0, -1),
    lambda a: np.atleast_2d(a),
    lambda a: np.array_split(a, 2)[0],
    lambda a: np.array_split(a, 2, axis=-1)[0],
    lambda a: np.ravel(a, order="F"),
    lambda a: np.diagonal(np.atleast_2d(a)),
    lambda a: np.broadcast_to(a, (2, *a.shape)),
    lambda a: a[(0,) * a.ndim + (...,)],
    lambda a: np.squeeze(a[(slice(1),) * a.ndim]),
    lambda a: a[(slice(1),) * a.ndim].reshape(()),
    lambda a: a,
]
"""What NumPy makes views of, or copies, where the memory doesn't allow one."""

NEW: list[Callable[[Any, Any], Any]] = [
    lambda a, b: np.sin(a),
    lambda a, b: a * a,
    lambda a, b: a + np.sum(b),
    lambda a, b: a.copy(),
    lambda a, b: a.flatten(),
    lambda a, b: np.copy(a),
    lambda a, b: a[[0, -1]],
    lambda a, b: a[np.arange(len(a)) % 2 == 0],
    lambda a, b: np.repeat(np.atleast_1d(a), 1, axis=0),
    lambda a, b: np.tile(a, 1),
    lambda a, b: np.take(np.atleast_1d(a), [0], axis=0),
    lambda a, b: np.take(np.atleast_2d(a), 0, axis=0),
    lambda a, b: np.repeat(np.atleast_1d(a), 1),
    lambda a, b: np.sum(a),
    lambda a, b: np.sum(a).reshape(1),
    lambda a, b: np.atleast_2d(np.sum(a)),
    lambda a, b: np.cumsum(a),
    lambda a, b: np.zeros_like(a),
    lambda a, b: np.full_like(a, np.sum(b)),
    lambda a, b: np.concatenate([a, a]),
    lambda a, b: np.stack([a, np.sin(a)]),
]


def add(a: Any, b: Any) -> Any:
    a += b
    return a


def subtract(a: Any, b: Any) -> Any:
    a -= b
    return a


def multiply(a: Any, b: Any) -> Any:
    a *= b
    return a


def power(a: Any, b: Any) -> Any:
    a **= 2
    return a


def add_itself(a: Any, b: Any) -> Any:
    a += a
    return a


def negated(a: Any, b: Any) -> Any:
    return np.negative(a, out=a) if isinstance(a, np.ndarray | mg.Tensor) and a.ndim else a


def sine(a: Any, b: Any) -> Any:
    return np.multiply(a, b, out=a) if a.ndim else a


IN_PLACE = [add, subtract, multiply, power, add_itself, negated, sine]

INDICES: list[Callable[[Any], Any]] = [
    lambda a: 0,
    lambda a: -1,
    lambda a: slice(1, None),
    lambda a: slice(None, None, -1),
    lambda a: slice(None),
    lambda a: ...,
    lambda a: (0,) * a.ndim,
    lambda a: (..., -1),
    lambda a: (None, slice(0, 2)),
    lambda a: [0, -1],
    lambda a: [0, 0],
    lambda a: (np.array([0, 0]),),
    lambda a: np.arange(a.size).reshape(a.shape) % 3 == 1,
    lambda a: np.arange(len(a)) % 2 == 0,
    lambda a: np.zeros(a.shape, bool),
]


def item(a: Any, index: Any, b: Any) -> None:
    a[index] = b


def item_from_itself(a: Any, index: Any, b: Any) -> None:
    a[index] = a[index][::-1] * b if a[index].ndim else a[index] * b


def item_plus(a: Any, index: Any, b: Any) -> None:
    a[index] += b


def item_minus(a: Any, index: Any, b: Any) -> None:
    a[index] -= b


def item_times(a: Any, index: Any, b: Any) -> None:
    a[index] *= b


def item_of_item(a: Any, index: Any, b: Any) -> None:
    a[0][index] = b


def item_of_item_plus(a: Any, index: Any, b: Any) -> None:
    a[0][index] += b


def shifted(a: Any, index: Any, b: Any) -> None:
    a[1:] += a[:-1]


def row(a: Any, index: Any, b: Any) -> None:
    a[0] = a[-1]


def swapped(a: Any, index: Any, b: Any) -> None:
    a[[0, -1]] = a[[-1, 0]]


def filled(a: Any, index: Any, b: Any) -> None:
    a.fill(b)


def added_at(a: Any, index: Any, b: Any) -> None:
    np.add.at(a, [0, 0, -1], b)


def subtracted_at(a: Any, index: Any, b: Any) -> None:
    np.subtract.at(a, index, b)


def put(a: Any, index: Any, b: Any) -> None:
    np.put(a, [0, -1], b)


def copied_to(a: Any, index: Any, b: Any) -> None:
    np.copyto(a, b, where=np.arange(a.shape[-1]) % 2 == 0)


def diagonal_filled(a: Any, index: Any, b: Any) -> None:
    np.fill_diagonal(a, b)


WRITES = [
    item, item_from_itself, item_plus, item_minus, item_times, item_of_item, item_of_item_plus, shifted, row, swapped,
    filled, added_at, subtracted_at, put, copied_to, diagonal_filled,
]  # fmt: skip

REFUSED = (ValueError, IndexError, TypeError)

Step = tuple[int, int, int, int, int]


class Stopped(Exception):
    """Raised where NumPy refuses a step."""


def run(steps: list[Step], x: Any, v: Any, refused: list[bool], follow: bool) -> Any:
    """Carry out a program on a growing list of arrays, and reduce all of them to one number.

    With `follow` the steps that NumPy refused (a shape that doesn't fit, a read-only view) are left out.
    """
    arrays: Arrays = [x, v]
    for number, (kind, which, what, other, where) in enumerate(steps):
        if follow and refused[number]:
            continue
        a, b = arrays[which % len(arrays)], arrays[other % len(arrays)]
        value = b if (what + where) % 2 else np.sum(b) * 0.5
        try:
            if kind == 0:
                arrays.append(VIEWS[what % len(VIEWS)](a))
            elif kind == 1:
                arrays.append(NEW[what % len(NEW)](a, b))
            elif kind == 2:
                arrays[which % len(arrays)] = IN_PLACE[what % len(IN_PLACE)](a, value)
            else:
                WRITES[what % len(WRITES)](a, INDICES[where % len(INDICES)](a), value)
        except REFUSED:
            if follow:
                raise
            refused[number] = True
        else:
            refused[number] = False
        for i, array in enumerate(arrays):  # numbers stay small
            if array.size > 60:
                arrays[i] = np.sum(array)
    total = 0.0
    for i, array in enumerate(arrays):
        total = total + np.sum(np.sin(array) * (1 + 0.1 * i))
    return total


NUMBER = st.integers(0, 25)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), NUMBER, NUMBER, NUMBER, NUMBER), min_size=1, max_size=8))
def test_a_program_that_writes_does_what_numpy_does_and_has_its_gradient(steps: list[Step]) -> None:
    refused = [False] * len(steps)
    with np.errstate(all="ignore"):
        value = run(steps, X.copy(), V.copy(), refused, False)
        right = slopes(lambda x, v: run(steps, x, v, refused, True), X, V)
        if not np.isfinite(value) or not all(np.isfinite(g).all() and (np.abs(g) < 1e8).all() for g in right):
            return
        x, v = X.copy(), V.copy()
        found, gradients = mg.value_and_grad(lambda x, v: run(steps, x, v, refused, True), argnums=(0, 1))(x, v)
    np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-9)
    for gradient, expected in zip(gradients, right, strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(x, X)  # the arrays of the caller stay what they are
    np.testing.assert_array_equal(v, V)


def test_arguments_that_are_written_into_are_still_found_in_the_record() -> None:
    def f(x: Any, v: Any) -> Any:
        x *= v
        v[0] = 1.0
        return mg.sum(x * x * v)

    def by_hand(x: Any, v: Any) -> Any:
        w = np.where(np.arange(4) == 0, 1.0, v)
        return 2 * x * v**2 * w, np.sum(2 * x**2 * v * w, 0) + np.where(np.arange(4) == 0, 0, np.sum((x * v) ** 2, 0))

    assert mg.compare(f, by_hand, X, V).ok
    (found,) = mg.diagnose(f, lambda x, v: (2 * by_hand(x, v)[0], by_hand(x, v)[1]), X, V)
    assert (found.kind, found.parameters) == ("scale", ("x",))
    np.testing.assert_allclose(mg.jacobian(f, argnums=(0, 1))(X, V)[0], by_hand(X, V)[0])
    np.testing.assert_allclose(mg.vjp(f, X, V)[1](1.0)[1], by_hand(X, V)[1])
    np.testing.assert_allclose(mg.jvp(f, (X, V), (np.ones_like(X), 0 * V))[1], np.sum(by_hand(X, V)[0]))
    assert mg.hessian(f, argnums=(0, 1))(X, V)[0][0].shape == (3, 4, 3, 4)
    assert V[0] == 0.7


BY_POSITION: dict[str, tuple[Callable[..., Any], int]] = {
    "fix(a, out)": (np.fix, 1),
    "max(a, axis, out)": (np.max, 1),
    "dot(a, b, out)": (np.dot, 2),
    "cumsum(a, axis, dtype, out)": (np.cumsum, 1),
}


@pytest.mark.parametrize("name", BY_POSITION)
def test_out_is_found_by_its_position(name: str) -> None:
    function, count = BY_POSITION[name]
    arrays = [np.array([[1.5, -2.5], [0.5, 4.0]]), np.array([[1.0, 2.0], [3.0, 5.0]])][:count]
    more = {np.max: (0,), np.cumsum: (0, None)}.get(function, ())
    expected = function(*arrays, *more)
    out = mg.tensor(np.zeros(expected.shape))
    returned = function(*map(mg.tensor, arrays), *more, out)
    assert returned is out
    np.testing.assert_array_equal(out.numpy(), expected)


def test_of_no_other_function_is_out_the_second_argument() -> None:
    """Of those alone a call on two arguments is looked at for it."""
    others = {f for f in numpy_functions if not isinstance(f, np.ufunc) and f not in _OUT_SECOND}
    positions = {f.__name__ for f in others if _place_of_out(f) == 1}
    assert positions == {"multi_dot"}  # which takes it by name only
