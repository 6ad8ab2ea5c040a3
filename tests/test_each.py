"""mg.per_example: the gradient of each row is what `mg.grad` says of that row, however it is computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet import each

random = np.random.default_rng(0)
W = random.normal(size=(3, 4)) / 2
V = random.normal(size=4)
X = random.normal(size=(5, 3))
Y = random.normal(size=5)
K = np.array([0, 3, 1, 1, 2])
M = random.normal(size=(5, 2, 3))
BIG = random.normal(size=(64, 80)) / 8
LONG = random.normal(size=(3, 64))


def row_by_row(loss: Any, argnums: Any, rows: tuple[int, ...], args: tuple[Any, ...]) -> list[np.ndarray]:
    """The same by a loop of Python's, as a list of arrays."""
    found = []
    for i in range(len(args[rows[0]])):
        gradients = mg.grad(loss, argnums)(*(a[i] if k in rows else a for k, a in enumerate(args)))
        found.append(gradients if isinstance(gradients, tuple) else (gradients,))
    return [np.stack(each) for each in zip(*found, strict=True)]


# What the loss of one row is made of: parameters, rows, positions to differentiate, positions of rows.
CASES: dict[str, tuple[Any, tuple[Any, ...], Any, tuple[int, ...]]] = {
    "a product": (lambda w, x: mg.sum(mg.tanh(x @ w) ** 2), (W, X), 0, (1,)),
    "a matrix from the left": (lambda w, x: mg.sum(mg.sin(w.T @ x)), (W, X), 0, (1,)),
    "two layers": (lambda w, v, x, y: (mg.sigmoid(x @ w) @ v - y) ** 2, (W, V, X, Y), (0, 1), (2, 3)),
    "rows that are matrices": (lambda w, m: mg.sum(mg.exp(-(m @ w) ** 2)), (W, M), 0, (1,)),
    "matrices from both sides": (lambda w, m: mg.sum((m.T @ mg.sin(m)) @ w), (W, M), 0, (1,)),
    "a batch in a batch": (lambda w, m: mg.sum(mg.matmul(m[:, None, :], w) ** 2), (W, M), 0, (1,)),
    "einsum": (lambda w, m: mg.sum(mg.einsum("ij,jk->ik", m, w) ** 3), (W, M), 0, (1,)),
    "axes": (lambda w, x: mg.sum(mg.softmax(x @ w, axis=-1)[1:] * mg.cumsum(x @ w)[:3]), (W, X), 0, (1,)),
    "a mean over one axis": (lambda w, m: mg.sum(mg.mean(m @ w, axis=0, keepdims=True) ** 2), (W, M), 0, (1,)),
    "the largest": (lambda w, m: mg.max(m @ w) + mg.sum(mg.max(m @ w, axis=1)), (W, M), 0, (1,)),
    "choices": (lambda w, x: mg.sum(mg.where(x @ w > 0, x @ w, 0.1 * mg.exp(x @ w))), (W, X), 0, (1,)),
    "relu": (lambda w, x: mg.sum(mg.relu(x @ w) * mg.maximum(x @ w, 0.1 * (x @ w))), (W, X), 0, (1,)),
    "joined": (lambda w, x: mg.sum(mg.concatenate([x, x @ w, mg.ones(2)]) ** 3), (W, X), 0, (1,)),
    "turned": (lambda w, m: mg.sum(mg.transpose(m @ w) * mg.reshape(m @ w, (4, 2))), (W, M), 0, (1,)),
    "indices": (lambda w, x: mg.sum((x @ w)[np.array([0, 0, 3])] ** 2), (W, X), 0, (1,)),
    "linear algebra": (
        lambda w, m: mg.linalg.slogdet(np.eye(2) + m @ w @ w.T @ m.T)[1] + mg.sum(mg.linalg.inv(w.T @ w + np.eye(4))),
        (W, M), 0, (1,),
    ),
    "a number for each row": (lambda w, y: mg.sum(mg.sin(w * y)), (W, Y), 0, (1,)),
    "rows that are differentiated": (lambda w, x: mg.sum(mg.tanh(x @ w)), (W, X), 1, (1,)),
    "both": (lambda w, x: mg.sum(mg.tanh(x @ w)), (W, X), (0, 1), (1,)),
    "what doesn't depend on the row": (lambda w, x: mg.sum(w**2) + 0 * x[0], (W, X), 0, (1,)),
    "whole numbers": (lambda w, x, k: mg.sum((x @ w) * (k == np.arange(4))), (W, X, K), 0, (1, 2)),
    "an index": (lambda w, x, k: mg.log_softmax(x @ w)[k], (W, X, K), 0, (1, 2)),
    "a branch": (lambda w, x: mg.sum(x @ w) if x[0] > 0 else mg.sum(w), (W, X), 0, (1,)),
    "an argument that is the same for all": (lambda w, x, c: mg.sum(c * (x @ w) ** 2), (W, X, V), 0, (1,)),
    "single precision": (
        lambda w, x: mg.sum(mg.tanh(x @ w)) / 3, (W.astype(np.float32), X.astype(np.float32)), 0, (1,),
    ),
    "many weights": (lambda w, x: mg.sum(mg.tanh(x @ w)), (BIG, LONG), 0, (1,)),
    "many weights in single precision": (
        lambda w, x: mg.sum(mg.tanh(x @ w)), (BIG.astype(np.float32), LONG.astype(np.float32)), 0, (1,),
    ),
    "many weights, rows in single precision": (
        lambda w, x: mg.sum(mg.tanh(x @ w)), (BIG, LONG.astype(np.float32)), 0, (1,),
    ),
    "a derivative inside": (
        lambda w, x: mg.sum(mg.grad(lambda x: mg.sum(mg.tanh(x @ w) ** 2))(x) ** 2), (W, X), 0, (1,),
    ),
    "a loop": (lambda w, x: mg.scan(lambda s: (mg.tanh(s @ w[:, :3]), None), x, 3)[0] @ w[:, 0], (W, X), 0, (1,)),
    "written into": (lambda w, x: _written(w, x), (W, X), 0, (1,)),
}  # fmt: skip


def _written(w: Any, x: Any) -> Any:
    h = x @ w
    h[1:3] = h[0] * x[1:]
    return mg.sum(h**2)


@pytest.mark.parametrize("wrap", [lambda f: f, lambda f: mg.compile(f, backend="numpy")], ids=["", "compiled"])
@pytest.mark.parametrize("name", CASES)
def test_it_is_the_gradient_of_each_row(name: str, wrap: Any) -> None:
    loss, args, argnums, rows = CASES[name]
    if name in ("an index", "a branch") and wrap(min) is not min:
        pytest.skip("can't be traced")
    found = wrap(mg.per_example(loss, argnums, rows=rows))(*args)
    for ours, theirs in zip(
        found if isinstance(found, tuple) else (found,), row_by_row(loss, argnums, rows, args), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5 if ours.dtype == np.float32 else 1e-10, atol=1e-12)
        assert ours.dtype == theirs.dtype
        assert ours.flags.owndata or wrap(min) is not min


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("an index", "a branch")])
def test_no_loop_over_rows_is_needed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, args, argnums, rows = CASES[name]
    monkeypatch.setattr(each._Examples, "one_by_one", lambda _: pytest.fail("went through the rows one by one"))
    mg.per_example(loss, argnums, rows=rows)(*args)


def test_a_loss_over_a_batch_is_that_of_a_batch_of_one_row() -> None:
    def loss(params: Any, x: Any, y: Any) -> Any:
        return mg.mean(mg.sum((mg.tanh(x @ params["w"]) - y) ** 2, axis=1))

    params, y = {"w": W, "b": 0.5, "name": "a"}, random.normal(size=(5, 4))
    found = mg.per_example(loss, keepdims=True)(params, X, y)
    assert found["name"] is None
    assert found["b"].tolist() == [0] * 5
    assert found["w"].shape == (5, 3, 4)
    np.testing.assert_allclose(found["w"].mean(0), mg.grad(loss)(params, X, y)["w"])
    np.testing.assert_allclose(found["w"][2], mg.grad(loss)(params, X[2:3], y[2:3])["w"])


def test_batches_are_containers_too_and_arguments_by_name_are_the_same_for_all() -> None:
    def loss(w: Any, data: Any, *, scale: Any) -> Any:
        return scale * mg.sum((data["x"] @ w - data["y"]) ** 2)

    found = mg.per_example(loss)(W, {"x": X, "y": Y}, scale=2.0)
    np.testing.assert_allclose(found[3], mg.grad(loss)(W, {"x": X[3], "y": Y[3]}, scale=2.0))


def test_what_comes_out_can_be_differentiated() -> None:
    def norms(w: Any) -> Any:
        return mg.sum(mg.sqrt(mg.sum(mg.per_example(lambda w, x: mg.sum(mg.tanh(x @ w)))(w, X) ** 2, axis=(1, 2))))

    assert mg.gradcheck(norms, W)
    v = mg.tensor(V, requires_grad=True)
    mg.sum(mg.per_example(lambda w, x: mg.sum(mg.tanh(x @ w) * v))(W, X) ** 2).backward()
    assert np.abs(v.grad).max() > 0


@settings(max_examples=25, deadline=None)
@given(n=st.integers(0, 6), seed=st.integers(0, 99), keepdims=st.booleans())
def test_any_number_of_rows(n: int, seed: int, keepdims: bool) -> None:
    random = np.random.default_rng(seed)
    w, x = random.normal(size=(3, 2)), random.normal(size=(n, 3))

    def loss(w: Any, x: Any) -> Any:
        return mg.sum(mg.logsumexp(x @ w, axis=-1) ** 2)

    found = mg.per_example(loss, keepdims=keepdims)(w, x)
    assert found.shape == (n, 3, 2)
    for i in range(n):
        np.testing.assert_allclose(found[i], mg.grad(loss)(w, x[i]), rtol=1e-10)


def test_an_array_outside_is_read_anew_in_every_call() -> None:
    scale = np.ones(4)
    gradient = mg.per_example(lambda w, x: mg.sum(scale * (x @ w)))
    before = gradient(W, X)
    scale *= 2
    np.testing.assert_allclose(gradient(W, X), 2 * before)


REFUSED: list[tuple[str, Any, type[Exception], str]] = [
    ("lengths", lambda f: mg.per_example(f)(W, X, Y[:3]), ValueError, "lengths 3 and 5"),
    ("no batch", lambda f: mg.per_example(f, (0, 1, 2))(W, X, Y), ValueError, "missing"),
    ("a number", lambda f: mg.per_example(f)(W, X, np.float64(3.0)), TypeError, "y is a batch, but it is one number"),
    ("text", lambda f: mg.per_example(f)(W, X, "a"), TypeError, "y is a batch.*of type str; rows= says"),
    ("no argument", lambda f: mg.per_example(f, 5)(W, X, Y), TypeError, "argument 5 is asked for, but there are 3"),
    ("whole numbers", lambda f: mg.per_example(f)(np.array([1, 2, 3]), X, Y), TypeError, "floating-point.*int64"),
    ("no rows", lambda f: mg.per_example(f, rows="x")(W, X, Y), TypeError, "rows must be an integer.*got 'x'"),
    ("several numbers", lambda f: mg.per_example(lambda w, x: x @ w)(W, X), ValueError, "must return one number"),
    ("no function", lambda f: mg.per_example(3), TypeError, "per_example takes a function"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refusals_say_what_is_wrong(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call(lambda w, x, y: mg.sum((x @ w - y) ** 2))


def test_an_error_of_the_loss_comes_out_as_it_is() -> None:
    def loss(w: Any, x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        mg.per_example(loss)(W, X)


# --- what the last call has traced ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("an index", "a branch", "a loop")])
def test_the_steps_of_the_last_call_are_not_traced_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, args, argnums, rows = CASES[name]
    gradients = mg.per_example(loss, argnums, rows=rows)
    gradients(*args)
    monkeypatch.setattr(each, "lowered", lambda *_, **__: pytest.fail("traced again"))
    others = [a * 0.75 if a.dtype.kind == "f" else a[::-1] for a in args]
    found = gradients(*others)
    for ours, theirs in zip(
        found if isinstance(found, tuple) else (found,), row_by_row(loss, argnums, rows, others), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5 if ours.dtype == np.float32 else 1e-10, atol=1e-12)


def test_whatever_changes_between_calls_is_seen() -> None:
    known: dict[str, Any] = {}

    def loss(w: Any, x: Any) -> Any:
        h = known["f"](x @ w * known["scale"]) + known["array"]
        with mg.no_grad() if known["frozen"] else mg.scope("h"):
            h = h * known["number"]
        return mg.sum(mg.sum(h[known["index"]] ** known["power"] * (x @ w)[:2], axis=known["axis"]) * known["tensor"])

    def inside(x: Any) -> Any:
        return x**2 * known["scale"]

    changes: list[dict[str, Any]] = [
        {
            "f": mg.tanh, "scale": 1.0, "array": np.ones(4), "number": 2, "index": slice(0, 2), "power": 2, "axis": 0,
            "tensor": 1.0, "frozen": False,
        },
        {"f": mg.sin}, {"scale": 2.0}, {"array": np.full(4, 2.0)}, {"array": np.full(1, 2.0)}, {"number": 2.0},
        {"number": 3}, {"index": slice(1, 3)}, {"index": np.array([3, 3])}, {"power": 3}, {"power": 3.0},
        {"frozen": True}, {"frozen": False}, {"tensor": mg.tensor(2.0)}, {"tensor": mg.tensor(3.0)},
        {"tensor": mg.tensor(3.0, requires_grad=True)}, {"tensor": mg.tensor(4.0, requires_grad=True)},
        {"f": lambda x: mg.checkpoint(inside)(x)}, {"scale": 3.0},
        {"f": lambda x: mg.scan(lambda s: (mg.sin(s) * known["scale"], None), x, known["number"])[0]}, {"scale": 4.0},
        {"number": 2}, {"axis": None},
    ]  # fmt: skip
    gradients = mg.per_example(loss)
    for change in [*changes, {"tensor": 1.0}]:
        known.update(change)
        for x in (X, X[:3], 2 * X):
            found, expected = gradients(W, x), row_by_row(loss, 0, (1,), (W, x))[0]
            if isinstance(found, mg.Tensor):
                found, expected = found.detach().numpy(), expected.detach().numpy()  # type: ignore[attr-defined]
            np.testing.assert_allclose(found, expected, rtol=1e-10, err_msg=str(change))
    known["array"][:] = 5.0
    np.testing.assert_allclose(gradients(W, X), row_by_row(loss, 0, (1,), (W, X))[0], rtol=1e-10)


def test_arguments_of_the_same_shapes_are_told_apart() -> None:
    which = [0]
    gradients = mg.per_example(lambda a, b, x: mg.sum((a, b)[which[0]] * x), (0, 1), rows=2)
    a, b, x = random.normal(size=(3, 5))
    for which[0] in (0, 1, 0):
        found = gradients(a, b, x)
        assert found[which[0]].tolist() == x.tolist() if np.ndim(a) == 0 else np.abs(found[1 - which[0]]).max() == 0
