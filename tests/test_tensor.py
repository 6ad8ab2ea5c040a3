"""What a tensor is: value, gradient, name; operators, NumPy's protocols, copies and text."""

from __future__ import annotations

import copy
import gc
import operator
import pickle
from typing import Any

import numpy as np
import pytest

import microgradnet as mg


def leaf(values: Any, **known: Any) -> mg.Tensor:
    return mg.tensor(np.asarray(values, dtype=known.pop("dtype", float)), requires_grad=True, **known)


# --- value, gradient, name ---------------------------------------------------------------------------


def test_a_tensor_copies_its_data() -> None:
    data = np.array([1.0, 2.0])
    t = mg.tensor(data)
    data[0] = 9
    assert t.numpy().tolist() == [1.0, 2.0]


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_gradient_has_the_shape_and_dtype_of_its_input(shape: tuple[int, ...], dtype: Any) -> None:
    t = mg.tensor(np.ones(shape, dtype), requires_grad=True)
    mg.sum(mg.exp(t) * 2.0).backward()
    assert isinstance(t.grad, np.ndarray)
    assert (t.grad.shape, t.grad.dtype) == (shape, np.dtype(dtype))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda a: np.asfortranarray(a), id="Fortran order"),
        pytest.param(lambda a: np.repeat(a, 2, axis=1)[:, ::2], id="strided"),
        pytest.param(lambda a: a[::-1, ::-1], id="reversed"),
        pytest.param(lambda a: np.broadcast_to(a[0], (2, 3)), id="broadcast"),
    ],
)
def test_memory_layout_does_not_matter(make: Any) -> None:
    array = make(np.arange(6.0).reshape(2, 3))
    array.flags.writeable = False
    expected = np.cos(array) * array.T.shape[0]
    assert np.allclose(mg.grad(lambda x: mg.sum(mg.sin(x)) * 3.0)(array), expected)


def test_python_numbers_do_not_promote_float32() -> None:
    t = leaf([1, 2], dtype=np.float32)
    y = 2.0 * t + 1 - 0.5 / t**2
    assert y.dtype == np.float32
    mg.sum(y).backward()
    assert t.grad.dtype == np.float32


def test_gradients_add_up_over_calls() -> None:
    t = leaf([1.0, 2.0])
    for _ in range(3):
        mg.sum(t * t).backward()
    assert t.grad.tolist() == [6.0, 12.0]
    t.grad = None
    mg.sum(t).backward()
    assert t.grad.tolist() == [1.0, 1.0]


def test_gradients_share_memory_with_nothing() -> None:
    a, b = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    seed = np.array([1.0, 1.0])
    (a + b).backward(seed)
    a.grad += 10
    assert b.grad.tolist() == [1.0, 1.0]
    assert seed.tolist() == [1.0, 1.0]


def test_a_tensor_that_the_output_does_not_depend_on_keeps_no_gradient() -> None:
    a, b = leaf([1.0]), leaf([2.0])
    mg.sum(a).backward()
    assert b.grad is None
    assert mg.grad(lambda a, b: mg.sum(mg.tensor(a)), argnums=1)(np.ones(2), np.ones(3)).tolist() == [0.0, 0.0, 0.0]


def test_integer_valued_functions_stop_the_gradient() -> None:
    t = leaf([1.5, -2.5])
    for f in (mg.floor, mg.ceil, mg.round, mg.sign, mg.argmax, mg.argmin, mg.any, mg.all, lambda t: t > 0):
        assert not f(t).requires_grad


# --- no later write changes a gradient ---------------------------------------------------------------


def test_updating_a_leaf_in_place_leaves_what_was_recorded() -> None:
    w = leaf([1.0, 2.0])
    loss = mg.sum(w * w)
    w.data -= 100.0
    loss.backward()
    assert w.grad.tolist() == [2.0, 4.0]
    assert w.numpy().tolist() == [-99.0, -98.0]


def test_an_array_that_was_handed_out_can_be_written_at_any_time() -> None:
    w = leaf([1.0, 2.0])
    handed_out = w.data
    handed_out[:] = [3.0, 4.0]
    loss = mg.sum(w * w) + mg.sum(mg.reshape(w, (2, 1)) ** 2)
    handed_out[:] = 0.0
    loss.backward()
    assert w.grad.tolist() == [12.0, 16.0]
    assert w.numpy().tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "view",
    [lambda a: a, lambda a: a[::-1], lambda a: np.broadcast_to(a, (2, 2))],
    ids=["itself", "reversed", "broadcast"],
)
def test_writing_into_a_plain_array_after_it_was_used(view: Any) -> None:
    x = np.array([1.0, 2.0])
    w = leaf([5.0, 6.0])
    loss = mg.sum(w * view(x))
    expected = mg.grad(lambda w: mg.sum(w * view(x)))(w.numpy())
    x[:] = 77.0
    loss.backward()
    assert np.array_equal(w.grad, expected)


def test_writing_into_an_index_after_it_was_used() -> None:
    index = np.array([0, 0, 1])
    w = leaf([5.0, 6.0])
    loss = mg.sum(w[index])
    index[:] = 1
    loss.backward()
    assert w.grad.tolist() == [2.0, 1.0]


def test_views_of_constants_are_safe_too() -> None:
    x = mg.tensor(np.ones((2, 3)))
    w = leaf(np.ones((2, 1)))
    loss = mg.sum(x.T @ w)
    x.data[:] = 50.0
    loss.backward()
    assert w.grad.ravel().tolist() == [3.0, 3.0]


def test_views_of_an_array_that_was_handed_out_are_safe_too() -> None:
    x = mg.tensor(np.ones((2, 3)))
    handed_out = x.data
    transposed = x.T
    w = leaf(np.ones((2, 1)))
    loss = mg.sum(transposed @ w)
    handed_out[:] = 50.0
    loss.backward()
    assert w.grad.ravel().tolist() == [3.0, 3.0]


def test_read_only_arrays_and_tensors_are_not_copied() -> None:
    x = np.ones(200)  # tiny ones are
    x.flags.writeable = False
    y = leaf(np.ones(200)) * x
    assert y._node.saved is not None
    assert y._node.saved[2] is x


def test_a_leaf_can_be_updated_under_no_grad_as_in_pytorch() -> None:
    w = leaf([1.0, 2.0])
    mg.sum(w * w).backward()
    with mg.no_grad():
        w -= 0.5 * w.grad
    assert w.numpy().tolist() == [0.0, 0.0]
    assert w.requires_grad


def test_data_can_be_assigned() -> None:
    w = leaf([1.0, 2.0])
    new = np.array([3, 4])
    w.data = new
    new[0] = 0
    assert w.numpy().tolist() == [3.0, 4.0]
    assert w.dtype == np.float64


def test_names() -> None:
    t = mg.tensor([1.0], name="weights")
    assert t.name == "weights"
    y = 2 * leaf([1.0])
    y.name = "doubled"
    assert y.name == "doubled"
    anonymous = t + 1
    anonymous.name = "shifted"
    assert anonymous.name == "shifted"


# --- operators and NumPy's protocols -----------------------------------------------------------------

OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
    operator.matmul, operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]  # fmt: skip


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
def test_operators_and_their_reflected_forms_are_numpys(op: Any) -> None:
    a, b = np.array([[1.0, 2.5], [3.0, 0.5]]), np.array([[2.0, 2.5], [0.5, 4.0]])
    numbers = [] if op is operator.matmul else [(leaf(a), 2), (2, leaf(a)), (leaf(a), np.float64(3)), (2.5, leaf(a))]
    for left, right in [(leaf(a), leaf(b)), (leaf(a), b), (a, leaf(b)), (leaf(a), mg.tensor(b)), *numbers]:
        plain = [t.numpy() if isinstance(t, mg.Tensor) else t for t in (left, right)]
        result = op(left, right)
        assert isinstance(result, mg.Tensor)
        assert np.array_equal(result.numpy(), op(*plain))


@pytest.mark.parametrize("op", [operator.and_, operator.or_, operator.xor], ids=lambda op: op.__name__)
def test_logical_operators(op: Any) -> None:
    a, b = np.array([True, False, True]), np.array([True, True, False])
    for result in (op(mg.tensor(a), mg.tensor(b)), op(mg.tensor(a), b), op(a, mg.tensor(b))):
        assert np.array_equal(result.numpy(), op(a, b))
    assert (~mg.tensor(a)).tolist() == [False, True, False]


def test_divmod_and_signs() -> None:
    t = leaf([5.5, -5.5])
    quotient, remainder = divmod(t, 2)
    assert (quotient.tolist(), remainder.tolist()) == ([2.0, -3.0], [1.5, 0.5])
    assert (-t).tolist() == [-5.5, 5.5]
    assert (+t).tolist() == [*abs(t).tolist()[:1], -5.5]


def test_numpy_functions_return_tensors() -> None:
    t = leaf([[1.0, 2.0], [3.0, 4.0]])
    for f in (np.exp, np.sum, np.linalg.inv, np.transpose, np.cumsum, np.mean, lambda t: np.einsum("ij->j", t)):
        y = f(t)
        assert isinstance(y, mg.Tensor)
        assert np.allclose(y.numpy(), f(t.numpy()))
    assert isinstance(np.stack([t, t]), mg.Tensor)
    assert isinstance(np.where(t > 2, t, 0.0), mg.Tensor)
    assert np.add.reduce(t).tolist() == [4.0, 6.0]
    assert isinstance(np.float64(2.0) * t, mg.Tensor)


def test_constants_become_arrays() -> None:
    t = mg.tensor([1.0, 2.0])
    assert np.asarray(t).tolist() == [1.0, 2.0]
    assert np.arange(3)[mg.tensor(1)] == 1
    assert np.ones(3)[mg.tensor([True, False, True])].shape == (2,)
    with mg.no_grad():
        assert np.asarray(leaf([1.0])).tolist() == [1.0]


def test_sequence_protocol() -> None:
    t = leaf([[1.0, 2.0], [3.0, 4.0]])
    assert len(t) == 2
    first, second = t
    assert (first * second).tolist() == [3.0, 8.0]
    assert 3.0 in t
    assert 5.0 not in t


def test_numbers() -> None:
    t = mg.tensor(2.5)
    assert (float(t), int(t), bool(t), complex(t), t.item()) == (2.5, 2, True, 2.5 + 0j, 2.5)
    assert f"{t:.3f} {leaf([1.25]):.1f}" == "2.500 1.2"


# --- copies, pickles, text ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))], ids=["copy", "deepcopy", "pickle"]
)
def test_leaves_can_be_copied_and_pickled(again: Any) -> None:
    t = leaf([1.0, 2.0], name="w")
    mg.sum(t * t).backward()
    other = again(t)
    assert other is not t
    assert (other.tolist(), other.grad.tolist(), other.name, other.requires_grad) == ([1, 2], [2, 4], "w", True)
    mg.sum(other).backward()
    assert t.grad.tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: mg.tensor([1.0, 2.0]), "tensor([1., 2.])"),
        (lambda: mg.tensor(3), "tensor(3, dtype=int64)"),
        (lambda: leaf([1.0], dtype=np.float32, name="w"), "tensor([1.], dtype=float32, name='w', requires_grad=True)"),
        (lambda: mg.exp(leaf([0.0])), "tensor([1.], requires_grad=True, from exp)"),
        (lambda: mg.tensor([]), "tensor([])"),
        (lambda: mg.tensor([[1.0, 2.0], [3.0, 4.0]]), "tensor([[1., 2.],\n        [3., 4.]])"),
    ],
    ids=["vector", "number", "named", "result", "empty", "matrix"],
)
def test_text(make: Any, text: str) -> None:
    assert repr(make()) == text


def test_a_long_tensor_prints_shortly() -> None:
    assert len(repr(mg.tensor(np.zeros(10**6)))) < 100


LINKS = {"x * 0.5": lambda x: x * 0.5, "0.5 * x": lambda x: 0.5 * x, "x + x": lambda x: x + x, "sin": mg.sin}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_node_of_a_chain_is_one_object_to_the_garbage_collector(link):
    y = link(mg.tensor(0.5, requires_grad=True))
    gc.collect()
    before = {id(o) for o in gc.get_objects()}
    for _ in range(200):
        y = link(y)
    gc.collect()  # which lets go of tuples of numbers
    new = [o for o in gc.get_objects() if id(o) not in before]
    assert 200 <= len(new) < 220
