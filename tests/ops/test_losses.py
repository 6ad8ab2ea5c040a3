"""Losses, look-up, dropout and attention: what the table of cases doesn't say of them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg

LOGITS = np.array([[1000.0, 0.0, -1000.0], [-1000.0, 1000.0, 0.0], [0.0, 0.0, 0.0]])


# --- values and gradients ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_gradient_of_cross_entropy_is_softmax_minus_labels(dtype: Any) -> None:
    logits, labels = np.random.default_rng(0).normal(size=(5, 4)).astype(dtype), np.array([0, 3, 1, 1, 2])
    gradient = mg.grad(lambda z: mg.sum(mg.softmax_cross_entropy(z, labels)))(logits)
    assert gradient.dtype == dtype
    expected = scipy.special.softmax(logits, axis=1) - np.eye(4, dtype=dtype)[labels]
    np.testing.assert_allclose(gradient, expected, atol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize(
    "labels",
    [[0, 1, 2], np.eye(3), np.eye(3, dtype=int), np.eye(3, dtype=bool)],
    ids=["integers", "shares", "whole shares", "booleans"],
)
def test_cross_entropy_is_exact_at_logits_of_a_thousand(labels: Any) -> None:
    loss, pull = mg.vjp(lambda z: mg.softmax_cross_entropy(z, labels), LOGITS)
    np.testing.assert_array_equal(loss, [0, 0, np.log(3)])
    (gradient,) = pull(np.ones(3))
    np.testing.assert_array_equal(gradient[:2], 0)
    np.testing.assert_allclose(gradient[2], [1 / 3, 1 / 3, -2 / 3], rtol=1e-15)


def test_a_wrong_logit_of_a_thousand_costs_what_it_is_off() -> None:
    loss, pull = mg.vjp(lambda z: mg.softmax_cross_entropy(z, [2, 0, 1]), LOGITS)
    np.testing.assert_array_equal(loss, [2000, 2000, np.log(3)])
    np.testing.assert_array_equal(pull(np.ones(3))[0][0], [1, 0, -1])


@pytest.mark.parametrize("labels", [[0], [[1.0, 0.0]], [[0.25, 0.75]]], ids=["integer", "no share", "a share"])
def test_a_class_that_can_not_be_costs_nothing_where_it_has_no_share(labels: Any) -> None:
    logits = np.array([[0.5, -np.inf]])
    loss, pull = mg.vjp(lambda z: mg.softmax_cross_entropy(z, labels), logits)
    assert loss == (np.inf if labels == [[0.25, 0.75]] else 0)
    if np.isfinite(loss):
        np.testing.assert_array_equal(pull(np.ones(1))[0], 0)


def test_shares_get_their_gradient_where_they_are_zero() -> None:
    logits, shares = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    gradient = mg.grad(lambda y: mg.sum(mg.softmax_cross_entropy(logits, y)))(shares)
    np.testing.assert_allclose(gradient, -scipy.special.log_softmax(logits, axis=1))


def test_binary_cross_entropies_keep_all_digits_of_sure_logits() -> None:
    logits = np.array([-1000.0, -40.0, 40.0, 1000.0])
    for labels, sure in ((1, logits), (0, -logits)):
        loss, pull = mg.vjp(lambda z, y=labels: mg.binary_cross_entropy_with_logits(z, y), logits)
        np.testing.assert_allclose(loss, np.logaddexp(0, -sure), rtol=1e-14)
        expected = (1 - 2 * labels) * scipy.special.expit(-sure)
        np.testing.assert_allclose(pull(np.ones(4))[0], expected, rtol=1e-14)


def test_binary_cross_entropy_of_sure_probabilities() -> None:
    loss, pull = mg.vjp(lambda p: mg.binary_cross_entropy(p, [0, 1]), np.array([0.0, 1.0]))
    np.testing.assert_array_equal(loss, 0)
    np.testing.assert_array_equal(pull(np.ones(2))[0], [1, -1])
    assert mg.binary_cross_entropy(1.0, 0) == np.inf


def test_slopes_at_the_kinks() -> None:
    assert mg.grad(lambda s: mg.hinge(s, 1))(1.0) == 0
    for x in (-1.0, 1.0):
        assert mg.grad(lambda x: mg.huber(x, 0))(x) == x
    assert mg.grad(lambda x: mg.huber(x, 0, delta=2.0))(1e300) == 2
    assert mg.huber(1e300, 0) == 1e300


@given(st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=6), st.floats(1e-100, 1e100))
def test_cosine_similarity_does_not_depend_on_lengths(numbers: list[float], scale: float) -> None:
    x, y = np.array(numbers).reshape(2, 3)
    cosine = mg.cosine_similarity(x, y)
    assert -1 - 1e-15 <= cosine <= 1 + 1e-15
    np.testing.assert_allclose(mg.cosine_similarity(scale * x, y), cosine, atol=1e-14)


def test_a_vector_without_a_direction_is_like_none() -> None:
    value, (gx, gy) = mg.value_and_grad(mg.cosine_similarity, argnums=(0, 1))(np.zeros(3), np.ones(3))
    assert value == 0
    np.testing.assert_array_equal([gx, gy], 0)


def test_attention_over_nothing_is_zero_to_the_second_order() -> None:
    mask = np.array([[True, False], [False, False]])
    random = np.random.default_rng(0)
    q, k, v = (random.normal(size=(2, 2)) for _ in range(3))
    for given_mask in (mask, np.where(mask, 0.0, -np.inf)):

        def attended(q: Any, k: Any, v: Any, m: Any = given_mask) -> Any:
            return mg.scaled_dot_product_attention(q, k, v, m)

        out, pull = mg.vjp(attended, q, k, v)
        np.testing.assert_allclose(out, [v[0], [0, 0]])
        gq, gk, gv = pull(np.ones((2, 2)))
        np.testing.assert_array_equal([gq, gk], 0)  # each looks at one key at most
        np.testing.assert_array_equal(gv, [[1, 1], [0, 0]])
        assert np.isfinite(mg.hessian(lambda q, f=attended: mg.sum(f(q, k, v) ** 2))(q)).all()


def test_a_causal_mask_lets_no_gradient_come_back_from_later_on() -> None:
    x = np.random.default_rng(0).normal(size=(4, 3))
    mask = np.tri(4, dtype=bool)
    jacobian = mg.jacobian(lambda x: mg.scaled_dot_product_attention(x, x, x, mask))(x)
    later = np.triu(np.ones((4, 4)), 1)
    np.testing.assert_array_equal(jacobian * later[:, None, :, None], 0)


# --- dtypes, and what was wanted ----------------------------------------------------------------------


SINGLE: dict[str, Any] = {
    "class labels": lambda x: mg.softmax_cross_entropy(x, [1, 0]),
    "one-hot labels": lambda x: mg.softmax_cross_entropy(x, np.eye(2, dtype=int)),
    "binary labels": lambda x: mg.binary_cross_entropy_with_logits(x, np.eye(2, dtype=int)),
    "truth values": lambda x: mg.binary_cross_entropy(mg.sigmoid(x), np.eye(2, dtype=bool)),
    "signs": lambda x: mg.hinge(x, np.array([[1, -1], [-1, 1]])),
    "a number": lambda x: mg.huber(x, 1),
    "a mask": lambda x: mg.scaled_dot_product_attention(x, x, x, np.zeros((2, 2))),
    "a rate": lambda x: mg.dropout(x, 0.5, np.random.default_rng(0)),
    "indices": lambda x: mg.embedding(x, [0, 1]),
}


@pytest.mark.parametrize("beside", SINGLE)
def test_single_precision_stays_beside(beside: str) -> None:
    x = mg.tensor(np.ones((2, 2)), dtype=np.float32, requires_grad=True)
    assert SINGLE[beside](x).dtype == np.float32


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_labels_may_change_under_compile_and_wrong_ones_are_an_error_there_too(backend: Any) -> None:
    if backend == "numba":
        pytest.importorskip("numba")

    def step(z: Any, table: Any, labels: Any) -> Any:
        def loss(z: Any, table: Any) -> Any:
            return mg.mean(mg.softmax_cross_entropy(z + mg.embedding(table, labels), labels))

        return mg.value_and_grad(loss, argnums=(0, 1))(z, table)

    compiled = mg.compile(step, backend=backend)
    random = np.random.default_rng(0)
    z, table = random.normal(size=(4, 3)), random.normal(size=(3, 3))
    for labels in (np.array([0, 1, 2, 1]), np.array([2, 2, 0, 0])):
        value, gradients = compiled(z, table, labels)
        expected, others = step(z, table, labels)
        np.testing.assert_allclose(value, expected, rtol=1e-14)
        for g, other in zip(gradients, others, strict=True):
            np.testing.assert_allclose(g, other, atol=1e-15)
    for wrong in (-1, 3):
        with pytest.raises(IndexError, match=f"the indices must be from 0 to 2, got {wrong}"):
            compiled(z, table, np.array([0, 1, wrong, 1]))


def test_what_is_looked_up_is_written_as_indexing() -> None:
    table = mg.tensor(np.ones((3, 2)), requires_grad=True, name="T")
    assert "T[[0, 2]]" in mg.latex(mg.sum(mg.embedding(table, [0, 2])))


# --- dropout -------------------------------------------------------------------------------------------


def test_dropout_is_repeatable_and_new_in_each_call() -> None:
    x = np.ones(1000)
    rng, same = np.random.default_rng(3), np.random.default_rng(3)
    first, second = mg.dropout(x, 0.25, rng), mg.dropout(x, 0.25, rng)
    np.testing.assert_array_equal(first, mg.dropout(x, 0.25, same))
    assert not np.array_equal(first, second)
    assert set(np.unique(first)) == {0, 1 / 0.75}
    assert 0.2 < np.mean(first == 0) < 0.3


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_gradient_of_dropout_passes_where_the_value_did_to_the_second_order(dtype: Any) -> None:
    x = np.linspace(-2, 2, 12, dtype=dtype).reshape(3, 4)
    mask = np.random.default_rng(0).random(x.shape) >= 0.4

    def f(x: Any) -> Any:
        return mg.sum(mg.dropout(x, 0.4, np.random.default_rng(0)) ** 2)

    gradient = mg.grad(f)(x)
    assert gradient.dtype == dtype
    np.testing.assert_allclose(gradient, np.where(mask, 2 * x / 0.6**2, 0), rtol=1e-6)
    if dtype == np.float64:
        assert mg.gradcheck(f, x, order=2)


def test_dropout_of_nothing_draws_nothing_and_of_all_leaves_zeros() -> None:
    rng = np.random.default_rng(0)
    x = np.array([1.0, np.inf, np.nan])
    assert mg.dropout(x, 0.0, rng) is x
    assert rng.random() == np.random.default_rng(0).random()
    np.testing.assert_array_equal(mg.dropout(x, 1, rng), 0)


def test_a_checkpoint_leaves_out_the_same_again() -> None:
    x = np.linspace(-1, 1, 50)

    def loss(x: Any, rng: np.random.Generator, around: Any = lambda f: f) -> Any:
        return mg.sum(around(lambda x: mg.tanh(mg.dropout(2 * x, 0.5, rng)) * x)(x))

    plain = mg.grad(loss)(x, np.random.default_rng(0))
    np.testing.assert_array_equal(mg.grad(loss)(x, np.random.default_rng(0), mg.checkpoint), plain)


def test_a_mask_is_never_frozen_into_a_compiled_function() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match=r"the mask would be drawn once.*let it be an argument"):
        mg.compile(lambda x: mg.dropout(x, 0.5, rng))(np.ones(3))
    compiled = mg.compile(mg.grad(lambda x, mask: mg.sum(mg.where(mask, x, 0) / 0.5)))
    for mask in ([True, False, True], [False, False, True]):
        np.testing.assert_array_equal(compiled(np.ones(3), np.array(mask)), np.where(mask, 2.0, 0))


# --- what is refused -----------------------------------------------------------------------------------

Z = mg.tensor(np.zeros((4, 3)), requires_grad=True)
COLUMN, ROW = np.zeros((4, 1)), np.zeros(4)

REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "labels from 1 on": (
        lambda: mg.softmax_cross_entropy(Z, [1, 2, 3, 1]),
        IndexError,
        "softmax_cross_entropy: labels must be from 0 to 2, got 3",
    ),
    "labels from the end": (
        lambda: mg.nll_loss(Z, [0, 1, -1, 2]),
        IndexError,
        "nll_loss: labels must be from 0 to 2, got -1",
    ),
    "labels read from a table": (
        lambda: mg.softmax_cross_entropy(Z, ROW),
        TypeError,
        "softmax_cross_entropy: labels must be integers from 0 to 2, got dtype float64; .astype(int) makes some",
    ),
    "labels that are booleans": (
        lambda: mg.softmax_cross_entropy(Z, ROW == 1),
        TypeError,
        "softmax_cross_entropy: labels must be integers from 0 to 2, got dtype bool; .astype(int) makes some",
    ),
    "labels as a column": (
        lambda: mg.softmax_cross_entropy(Z, COLUMN.astype(int)),
        ValueError,
        "softmax_cross_entropy: labels have shape (4, 1), but logits of shape (4, 3), with the classes along axis 1, "
        "need one integer each, of shape (4,), or a share of each class, of shape (4, 3)",
    ),
    "a column beside a row": (
        lambda: mg.binary_cross_entropy_with_logits(COLUMN, ROW),
        ValueError,
        "binary_cross_entropy_with_logits: labels have shape (4,), but logits have shape (4, 1); reshape or "
        "broadcast_to one of them, for what they were broadcast to may pair each with every other",
    ),
    "a row beside a column": (lambda: mg.huber(ROW, COLUMN), ValueError, "huber: targets have shape (4, 1), but"),
    "labels of signs": (
        lambda: mg.binary_cross_entropy_with_logits(ROW, [1, -1, 1, 1]),
        ValueError,
        "binary_cross_entropy_with_logits: labels must be from 0 to 1, got -1.0; (labels + 1) / 2 makes them of -1",
    ),
    "logits as probabilities": (
        lambda: mg.binary_cross_entropy([0.5, 1.5], [0, 1]),
        ValueError,
        "binary_cross_entropy: probabilities must be from 0 to 1, got 1.5; of logits there is "
        "binary_cross_entropy_with_logits",
    ),
    "NaN as a probability": (lambda: mg.binary_cross_entropy(np.nan, 1), ValueError, "from 0 to 1, got nan"),
    "labels of 0 and 1": (
        lambda: mg.hinge(ROW, [0, 1, 1, 0]),
        ValueError,
        "hinge: labels must be -1 or 1, got 0.0; 2 * labels - 1 makes them of 0 and 1",
    ),
    "delta": (lambda: mg.huber(ROW, 0, 0), ValueError, "huber: delta must be positive, got 0.0"),
    "a number as a table": (lambda: mg.embedding(1.0, [0]), ValueError, "embedding: the table needs a row for each"),
    "an index from the end": (
        lambda: mg.embedding(Z, [0, -1]),
        IndexError,
        "embedding: the indices must be from 0 to 3, got -1",
    ),
    "an index between rows": (
        lambda: mg.embedding(Z, [0.5]),
        TypeError,
        "embedding: the indices must be integers from 0 to 3, got dtype float64; .astype(int) makes some",
    ),
    "a seed": (
        lambda: mg.dropout(Z, 0.5, 0),  # type: ignore[arg-type]
        TypeError,
        "dropout: rng must be a numpy.random.Generator, got int; make one by np.random.default_rng(seed), once",
    ),
    "a share in per cent": (
        lambda: mg.dropout(Z, 20, np.random.default_rng(0)),
        ValueError,
        "dropout: rate must be from 0 to 1, got 20.0",
    ),
    "heads that differ": (
        lambda: mg.scaled_dot_product_attention(Z, np.zeros((4, 2)), Z),
        ValueError,
        "scaled_dot_product_attention: q, k and v must have shapes (..., n, d), (..., m, d) and (..., m, e), got "
        "(4, 3), (4, 2) and (4, 3)",
    ),
    "a mask of integers": (
        lambda: mg.scaled_dot_product_attention(Z, Z, Z, np.tri(4, dtype=int)),
        TypeError,
        "scaled_dot_product_attention: a mask of dtype int64 could be meant in two ways; give booleans",
    ),
    "a mask of another shape": (
        lambda: mg.scaled_dot_product_attention(Z, Z, Z, np.ones((2, 4, 4), bool)),
        ValueError,
        "scaled_dot_product_attention: a mask of shape (2, 4, 4) can't be broadcast to that of the scores, (4, 4)",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_meant_is_refused_in_the_users_words(what: str) -> None:
    call, error, words = REFUSED[what]
    with pytest.raises(error, match=re.escape(words)):
        call()


# --- the same in other packages ------------------------------------------------------------------------


def test_losses_and_attention_are_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    f = torch.nn.functional
    random = np.random.default_rng(0)
    z, t, p = random.normal(size=(5, 4)), random.normal(size=(5, 4)), random.uniform(0.1, 0.9, (5, 4))
    labels, signs = random.integers(0, 4, 5), random.choice([-1.0, 1.0], (5, 4))
    q, k, v = (random.normal(size=(2, n, 3)) for n in (4, 5, 5))
    mask = random.random((4, 5)) > 0.3
    n, y, s, m = map(torch.tensor, (labels, p, signs, mask))
    one = {"reduction": "none"}
    pairs: list[tuple[Any, Any, list[Any]]] = [
        (lambda z: mg.softmax_cross_entropy(z, labels), lambda z: f.cross_entropy(z, n, **one), [z]),
        (lambda z: mg.softmax_cross_entropy(z, p), lambda z: f.cross_entropy(z, y, **one), [z]),
        (lambda z: mg.mean(mg.softmax_cross_entropy(z, labels)), lambda z: f.cross_entropy(z, n), [z]),
        (lambda z: mg.nll_loss(z, labels), lambda z: f.nll_loss(z, n, **one), [z]),
        (mg.binary_cross_entropy, lambda a, b: f.binary_cross_entropy(a, b.detach(), **one), [p, p[::-1].copy()]),
        (
            lambda z: mg.binary_cross_entropy_with_logits(z, p),
            lambda z: f.binary_cross_entropy_with_logits(z, y, **one),
            [z],
        ),
        (lambda z: mg.mean(mg.hinge(z, signs)), lambda z: torch.relu(1 - s * z).mean(), [z]),
        (lambda a, b: mg.huber(a, b, 0.7), lambda a, b: f.huber_loss(a, b, delta=0.7, **one), [z, t]),
        (mg.cosine_similarity, lambda a, b: f.cosine_similarity(a, b, dim=-1, eps=0), [z, t]),
        (lambda a: mg.rel_entr(p, a), lambda a: f.kl_div(a.log(), y, **one), [p[::-1].copy()]),
        (lambda w: mg.embedding(w, labels), lambda w: f.embedding(n, w), [z]),
        (mg.scaled_dot_product_attention, f.scaled_dot_product_attention, [q, k, v]),
        (
            lambda *a: mg.scaled_dot_product_attention(*a, mask),
            lambda *a: f.scaled_dot_product_attention(*a, attn_mask=m),
            [q, k, v],
        ),
    ]
    for ours, theirs, arrays in pairs:
        value, pull = mg.vjp(ours, *arrays)
        tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
        other = theirs(*tensors)
        np.testing.assert_allclose(value, other.detach().numpy(), rtol=1e-12, atol=1e-14)
        other.sum().backward()
        for g, tensor in zip(pull(np.ones(np.shape(value))), tensors, strict=True):
            if tensor.grad is not None:
                np.testing.assert_allclose(g, tensor.grad.numpy(), rtol=1e-11, atol=1e-13)


def test_losses_and_attention_are_jaxs() -> None:
    jax = pytest.importorskip("jax")
    random = np.random.default_rng(0)
    z, p = random.normal(size=(5, 4)), random.uniform(0.1, 0.9, (5, 4))
    labels = random.integers(0, 4, 5)
    q, k, v = (random.normal(size=(2, n, 3)) for n in (4, 5, 5))
    mask = random.random((4, 5)) > 0.3

    def attended(q: Any, k: Any, v: Any) -> Any:  # JAX's own function computes in float32
        scores = q @ jax.numpy.swapaxes(k, 1, 2) / 3**0.5
        return jax.nn.softmax(jax.numpy.where(mask, scores, -np.inf)) @ v

    pairs: list[tuple[Any, Any, list[Any]]] = [
        (
            lambda z: mg.softmax_cross_entropy(z, labels),
            lambda z: -jax.nn.log_softmax(z)[np.arange(5), labels],
            [z],
        ),
        (
            lambda z: mg.binary_cross_entropy_with_logits(z, p),
            lambda z: -p * jax.nn.log_sigmoid(z) - (1 - p) * jax.nn.log_sigmoid(-z),
            [z],
        ),
        (lambda p: mg.kl_div(p, p[::-1]), lambda p: jax.scipy.special.kl_div(p, p[::-1]), [p]),
        (lambda *a: mg.scaled_dot_product_attention(*a, mask), attended, [q, k, v]),
    ]
    with jax.enable_x64(True):
        for ours, theirs, arrays in pairs:
            value, pull = mg.vjp(ours, *arrays)
            other, pull_theirs = jax.vjp(theirs, *arrays)
            np.testing.assert_allclose(value, other, rtol=1e-11, atol=1e-13)
            seed = np.ones(np.shape(value))
            for g, expected in zip(pull(seed), pull_theirs(seed), strict=True):
                np.testing.assert_allclose(g, expected, rtol=1e-10, atol=1e-13)
