"""Arrays of another library that follows the Array API standard stay in it, through every order."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import array_api_strict as xp
import numpy as np
import pytest

import microgradnet as mg
from tests.ops.cases import CASES, OF_ORDER, WITHIN, Case, words


def network_loss(x: Any, y: Any, weights: Any, bias: Any) -> Any:
    hidden = mg.tanh(x @ weights + bias)
    return mg.mean(mg.square(y - mg.sum(mg.sigmoid(hidden), axis=1, keepdims=True)))


def test_gradients_of_another_librarys_arrays() -> None:
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(shape) for shape in ((5, 3), (5, 1), (3, 4), (4,))]
    foreign = [mg.tensor(xp.asarray(a), requires_grad=i > 1) for i, a in enumerate(arrays)]
    own = [mg.tensor(a, requires_grad=i > 1) for i, a in enumerate(arrays)]
    for tensors in (foreign, own):
        loss = network_loss(*tensors)
        g = mg.gradients(loss, tensors[2], create_graph=True)
        mg.sum(g * g).backward(retain_graph=True)
        loss.backward()
    for a, b in zip(foreign[2:], own[2:], strict=True):
        assert isinstance(a.grad, type(xp.asarray(1.0)))
        assert np.allclose(np.asarray(a.grad), b.grad, rtol=1e-12)


def test_text_and_conversion() -> None:
    t = mg.tensor(xp.asarray([1.0, 2.0]), requires_grad=True)
    assert repr(mg.exp(t)) == "tensor([2.71828183, 7.3890561 ], requires_grad=True, from exp)"
    assert type(t.numpy()) is np.ndarray


def test_assigning_and_copying_stays_in_the_library() -> None:
    t = mg.tensor(xp.asarray([1.0, 2.0]), requires_grad=True)
    mg.sum(t * t).backward()
    for again in (copy.deepcopy(t), pickle.loads(pickle.dumps(t))):
        assert isinstance(again.data, type(t.grad))
        assert isinstance(again.grad, type(t.grad))
        assert again.grad is not t.grad
    t.data = np.array([3.0, 4.0])
    t.grad = [0.0, 1.0]
    assert isinstance(t.data, type(xp.asarray(1.0)))
    assert isinstance(t.grad, type(xp.asarray(1.0)))
    assert np.asarray(mg.gradients(mg.sum(t * t), t)).tolist() == [6.0, 8.0]


@pytest.mark.parametrize(
    "door",
    [
        mg.grad(mg.sum),
        mg.compile(mg.sum),
        lambda x: mg.vjp(mg.sum, x),
        lambda x: mg.gradcheck(mg.sum, x),
        lambda x: mg.compare(mg.sum, lambda x: x, x),
        lambda x: mg.tensor([x]),
        lambda x: mg.vjp(mg.exp, np.ones(2))[1](x),
    ],
    ids=["grad", "compile", "vjp", "gradcheck", "compare", "a list", "a seed"],
)
def test_what_keeps_no_other_librarys_arrays_refuses_them(door: Any) -> None:
    with pytest.raises(TypeError, match=r"an array of array_api_strict would become one of NumPy's.*np.asarray\(x\)"):
        door(xp.asarray([1.0, 2.0]))


def test_arrays_of_two_libraries_do_not_mix() -> None:
    foreign = mg.tensor(xp.asarray([1.0, 2.0]))
    for call in (lambda: foreign * np.ones(2), lambda: mg.tensor(np.ones(2)) * foreign, lambda: np.ones(2) - foreign):
        with pytest.raises(TypeError, match=r": an array of NumPy's would be converted to one of array_api_strict"):
            call()
    assert np.asarray((foreign * 2.0).data).tolist() == [2.0, 4.0]


NUMPYS = {
    "masked", "absolute_vjp", "einsum", "scatter_add", "take_along_axis", "sort", "getitem_at", "scatter_add_at",
    "where", "getitem", "take", "pad", "operator", "power", *mg.activations,
    "setitem", "additem", "setitem_at", "additem_at", "array",
    "svd", "qr", "lstsq", "cond", "told_apart", "told_apart_twice", "of_full_rank", "free_of_choice",
    "beta", "betaln", "multigammaln", "inverse_mills", "mills_excess", *OF_ORDER,
    *(WITHIN.keys() - {"expit", "log_expit", "logit", "entr"}),
    *words(
        "append apply_along_axis block choose compress conv1d conv2d convolve copysign copysign_vjp corrcoef correlate "
        "cov cumulative_prod cumulative_sum delete ediff1d extract float_power fmax fmin geomspace gradient "
        "softmax_cross_entropy nll_loss binary_cross_entropy binary_cross_entropy_with_logits hinge cosine_similarity "
        "embedding scaled_dot_product_attention "
        "heaviside insert interp ldexp linspace logspace median nan_to_num nancumprod nancumsum nanmax "
        "nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar partition "
        "percentile piecewise poly polyder polydiv polyint polymul protocol quantile resize select "
        "sliding_window_view vander"
    ),
}  # fmt: skip
"""Operations whose cases have arrays of NumPy's in them, or do what the standard has not."""

MIXED = ("every dtype", "in float64", "constant", "number first", "counts", "3 ()", "prepend")
OF_THE_STANDARD = [c for c in CASES if c.operation not in NUMPYS and not any(part in c.variant for part in MIXED)]


@pytest.mark.parametrize("case", OF_THE_STANDARD, ids=str)
def test_values_and_gradients_are_those_of_numpy(case: Case) -> None:
    arrays = case.arguments()
    expected, pull = mg.vjp(case.recorded, *arrays)
    seed = np.cos(np.arange(expected.size)).reshape(expected.shape)
    foreign = [mg.tensor(xp.asarray(a), requires_grad=True) for a in arrays]
    found = case.recorded(*foreign)
    gradients = mg.gradients(found, foreign, seed=mg.tensor(xp.asarray(seed)))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12, atol=1e-13)
    for g, wanted in zip(gradients, pull(seed), strict=True):
        assert isinstance(g, type(xp.asarray(1.0)))
        np.testing.assert_allclose(np.asarray(g), wanted, rtol=1e-12, atol=1e-13, strict=True)


def test_writing_into_a_tensor_stays_in_the_library() -> None:
    t = mg.tensor(xp.asarray([1.0, 2.0]), requires_grad=True)
    h = t * 2.0
    h[0] = mg.sum(t)
    h *= 3.0
    h[1:] += t[:1]
    assert h.numpy().tolist() == [9.0, 13.0]
    assert np.asarray(mg.gradients(mg.sum(h), t)).tolist() == [4.0, 9.0]


def test_gradients_of_cumulative_products_are_numpys_however_long() -> None:
    random = np.random.default_rng(0)
    for n in (1, 2, 3, 5, 9):
        x, seed = random.uniform(0.5, 1.5, n), random.normal(size=n)
        t = mg.tensor(xp.asarray(x), requires_grad=True)
        found = mg.gradients(mg.cumprod(t, 0), t, seed=mg.tensor(xp.asarray(seed)))
        np.testing.assert_allclose(np.asarray(found), mg.vjp(lambda x: mg.cumprod(x, 0), x)[1](seed)[0], rtol=1e-12)
