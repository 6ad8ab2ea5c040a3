"""Convolution, pooling and normalisation, beside their definitions and beside other packages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.ops import convolution as room
from tests.ops.cases import convolved

Settings = dict[str, Any]


class AnotherNamespace:
    """NumPy, as a namespace in which a forward has to compute by the definition."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


@st.composite
def convolutions(draw: Any) -> tuple[np.ndarray, np.ndarray, Settings]:
    """Draw images, kernels and settings of the whole family, as gradients of gradients meet them."""
    grouped = draw(st.booleans())
    axes = draw(st.integers(1, 2))
    images, channels, out = (draw(st.integers(1, 3)) for _ in range(3))
    lengths, sizes, padding = [], [], []
    each: dict[str, list[int]] = {"stride": [], "spread": [], "dilation": []}
    for _ in range(axes):
        n, size = draw(st.integers(1, 6)), draw(st.integers(1, 5))
        s, t, d = (draw(st.sampled_from([1, 1, 2, 3])) for _ in range(3))
        before = draw(st.integers(-2, 4))
        least = (size - 1) * d + 1 - before - (n - 1) * t - 1  # for one place at least
        after = draw(st.integers(least, least + 5))
        lengths.append(n)
        sizes.append(size)
        padding.append((before, after))
        for name, value in (("stride", s), ("spread", t), ("dilation", d)):
            each[name].append(value)
    groups = (draw(st.integers(1, 2)),) if grouped else ()
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = random.normal(size=(images, *groups, channels, *lengths))
    w = random.normal(size=(*groups, out, channels, *sizes))
    return x, w, {k: tuple(v) for k, v in each.items()} | {"padding": tuple(padding), "grouped": grouped}


@settings(max_examples=300, deadline=None)
@given(convolutions(), st.sampled_from([1, 200, 1 << 20]))
def test_every_way_to_compute_a_convolution_is_the_definition(case: Any, block: int) -> None:
    x, w, settings = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_BLOCK", block)
        patch.setattr(room, "_LONG", 1)
        found = room.convolution(x, w, **settings)
    wanted = room.convolution.primitive.forward(AnotherNamespace(), x, w, **settings)
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-11, strict=True)


@settings(max_examples=100, deadline=None)
@given(convolutions())
def test_gradients_are_the_adjoints(case: Any) -> None:
    """A convolution is linear in x and in w: ⟨conv(x′, w), g⟩ = ⟨x′, x̄⟩, and ⟨conv(x, w′), g⟩ = ⟨w′, w̄⟩."""
    x, w, settings = case
    y, pull = mg.vjp(lambda x, w: room.convolution(x, w, **settings), x, w)
    random = np.random.default_rng(0)
    g, x2, w2 = (random.normal(size=a.shape) for a in (y, x, w))
    of_x, of_w = pull(g)
    scale = 1 + np.abs(g).sum()
    assert abs(np.vdot(room.convolution(x2, w, **settings), g) - np.vdot(x2, of_x)) < 1e-10 * scale
    assert abs(np.vdot(room.convolution(x, w2, **settings), g) - np.vdot(w2, of_w)) < 1e-10 * scale


@settings(max_examples=20, deadline=None)
@given(convolutions())
def test_second_derivatives(case: Any) -> None:
    x, w, settings = case
    mg.gradcheck(lambda x, w: room.convolution(x, w, **settings), x, w, order=2).raise_if_wrong()


def test_one_channel_is_scipys_correlation() -> None:
    random = np.random.default_rng(0)
    x, w = random.normal(size=(9, 8)), random.normal(size=(4, 3))
    for mode in ("valid", "same"):
        # SciPy puts the odd zero before the image where the kernel is even, and JAX and PyTorch after it
        image = x if mode == "valid" else np.pad(x, ((1, 2), (1, 1)))
        wanted = scipy.signal.correlate(image, w, "valid")
        np.testing.assert_allclose(mg.conv2d(x[None, None], w[None, None], padding=mode)[0, 0], wanted, rtol=1e-12)


def test_same_is_as_long_as_x_divided_by_the_stride() -> None:
    for n, k, s, d in np.ndindex(9, 5, 4, 3):
        x, w = np.ones((1, 1, n + 1)), np.ones((1, 1, k + 1))
        y = mg.conv1d(x, w, stride=s + 1, padding="same", dilation=d + 1)
        assert y.shape[-1] == -(-(n + 1) // (s + 1))


def test_a_layer_of_many_channels_is_the_definition() -> None:
    """So that single rows of the kernel are multiplied, forward and backward, and images are cut into parts."""
    random = np.random.default_rng(0)
    x, w = random.normal(size=(2, 64, 150, 21)), random.normal(size=(32, 64, 3, 3))
    y, pull = mg.vjp(lambda x, w: mg.conv2d(x, w, padding=1), x, w)
    np.testing.assert_allclose(y, convolved(x, w, padding=((1, 1), (1, 1))), rtol=1e-10, atol=1e-10)
    g = random.normal(size=y.shape)
    of_x, of_w = pull(g)
    assert np.isclose(np.vdot(y, g), np.vdot(x, of_x), rtol=1e-10)
    assert np.isclose(np.vdot(y, g), np.vdot(w, of_w), rtol=1e-10)


def test_integers_and_mixed_dtypes() -> None:
    x, w = np.arange(9).reshape(1, 1, 3, 3), np.array([[[[1, 0], [0, -1]]]])
    y = mg.conv2d(x, w)
    assert type(y) is np.ndarray
    assert y.dtype == x.dtype
    assert y.ravel().tolist() == [-4, -4, -4, -4]
    assert mg.conv2d(x.astype(np.float32), w.astype(np.float64)).dtype == np.float64
    assert mg.max_pool(-x, 3, padding=1).tolist() == [[[[0]]]]
    assert mg.max_pool(x - 20, 2, padding=1).min() == -20
    assert mg.batch_norm(x).dtype == np.float64


def test_where_several_are_largest_they_share_the_gradient() -> None:
    x = mg.tensor([[[0.0, 0.0, 1.0, 0.0]]], requires_grad=True)
    mg.sum(mg.max_pool(x, 2)).backward()
    assert x.grad.tolist() == [[[0.5, 0.5, 1.0, 0.0]]]


def test_nan_and_infinity_stay_in_their_windows() -> None:
    x = np.array([[[1.0, np.nan, 2.0, -np.inf, -np.inf, -np.inf]]])
    np.testing.assert_array_equal(mg.max_pool(x, 2), [[[np.nan, 2.0, -np.inf]]])
    np.testing.assert_array_equal(mg.avg_pool(x, 2), [[[np.nan, -np.inf, -np.inf]]])
    np.testing.assert_array_equal(mg.conv1d(x, np.ones((1, 1, 2)))[0, 0, -2:], [-np.inf, -np.inf])
    gradient = mg.grad(lambda x: mg.sum(mg.max_pool(x, 3, 1, 1)))(np.array([[[-np.inf, 0.0, 1.0]]]))
    assert np.isfinite(gradient).all()


def test_normalised_numbers_far_from_zero_keep_their_digits() -> None:
    x = np.random.default_rng(0).normal(size=(64, 3, 4)) + 1e8
    for y in (mg.batch_norm(x), mg.layer_norm(x)):
        assert abs(y.mean()) < 1e-7
        assert abs(y.std() - 1) < 1e-3
    constant = mg.tensor(np.full((4, 2), 3.0), requires_grad=True)
    mg.sum(mg.square(mg.batch_norm(constant))).backward()
    assert constant.grad.tolist() == np.zeros((4, 2)).tolist()


torch_settings: list[Settings] = [
    {}, {"stride": 2}, {"padding": 1}, {"padding": (2, 1), "stride": (1, 2)}, {"dilation": 2}, {"groups": 2},
    {"stride": 2, "padding": 2, "dilation": 2, "groups": 4}, {"padding": "same", "dilation": 2},
]  # fmt: skip


@pytest.mark.parametrize("options", torch_settings, ids=str)
def test_the_same_call_of_pytorch_computes_the_same(options: Settings) -> None:
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    groups = options.get("groups", 1)
    arrays = [random.normal(size=s) for s in ((2, 4, 8, 7), (8, 4 // groups, 3, 2), (8,))]
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    with np.errstate(all="ignore"):
        theirs = torch.nn.functional.conv2d(*tensors, **options)
    ours, pull = mg.vjp(lambda *a: mg.conv2d(*a, **options), *arrays)
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-11, atol=1e-12)
    g = random.normal(size=ours.shape)
    for a, b in zip(pull(g), torch.autograd.grad(theirs, tensors, torch.tensor(g)), strict=True):
        np.testing.assert_allclose(a, b.numpy(), rtol=1e-10, atol=1e-11)


def test_layers_of_pytorch_compute_the_same() -> None:
    torch = pytest.importorskip("torch")
    f = torch.nn.functional
    random = np.random.default_rng(0)
    x, w, b, m = (random.normal(size=s) for s in ((4, 3, 7, 6), 3, 3, 3))
    v = random.uniform(0.5, 2, 3)
    row_w, row_b = random.normal(size=6), random.normal(size=6)
    t = torch.tensor
    pairs: dict[str, tuple[Any, Any]] = {
        "max_pool": (lambda x: mg.max_pool(x, 3, 2, 1), lambda x: f.max_pool2d(x, 3, 2, 1)),
        "avg_pool": (lambda x: mg.avg_pool(x, (3, 2), 2, (1, 0)), lambda x: f.avg_pool2d(x, (3, 2), 2, (1, 0))),
        "batch_norm": (
            lambda x: mg.batch_norm(x, w, b), lambda x: f.batch_norm(x, None, None, t(w), t(b), training=True),
        ),
        "inference": (
            lambda x: mg.batch_norm(x, w, b, mean=m, variance=v),
            lambda x: f.batch_norm(x, t(m), t(v), t(w), t(b)),
        ),
        "layer_norm": (lambda x: mg.layer_norm(x, row_w, row_b), lambda x: f.layer_norm(x, (6,), t(row_w), t(row_b))),
        "of two axes": (lambda x: mg.layer_norm(x, axis=(2, 3)), lambda x: f.layer_norm(x, (7, 6))),
    }  # fmt: skip
    for name, (ours, theirs) in pairs.items():
        leaf = torch.tensor(x, requires_grad=True)
        expected = theirs(leaf)
        y, pull = mg.vjp(ours, x)
        np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-11, atol=1e-12, err_msg=name)
        g = random.normal(size=y.shape)
        (wanted,) = torch.autograd.grad(expected, leaf, torch.tensor(g))
        np.testing.assert_allclose(pull(g)[0], wanted.numpy(), rtol=1e-10, atol=1e-11, err_msg=name)


# --- a derivation by hand ----------------------------------------------------------------------------------


def by_windows(x: Any, w: Any) -> Any:
    """The gradients of Σ (x ⋆ w)² / 2 by hand, as people write them."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
    y = np.einsum("ncijkl,ockl->noij", windows, w)
    dw = np.einsum("ncijkl,noij->ockl", windows, y)
    padded = np.pad(y, ((0, 0), (0, 0), (2, 2), (2, 2)))
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    dx = np.einsum("noijkl,ockl->ncij", around, w[:, :, ::-1, ::-1])
    return dx, dw


def energy(x: Any, w: Any) -> Any:
    return mg.sum(mg.conv2d(x, w) ** 2) / 2


def without_the_turn(x: Any, w: Any) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
    y = np.einsum("ncijkl,ockl->noij", windows, w)
    dw = np.einsum("ncijkl,noij->ockl", windows, y)
    padded = np.pad(y, ((0, 0), (0, 0), (2, 2), (2, 2)))
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    dx = np.einsum("noijkl,ockl->ncij", around, w)
    return dx, dw


def twice(x: Any, w: Any) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
    y = np.einsum("ncijkl,ockl->noij", windows, w)
    dw = np.einsum("ncijkl,noij->ockl", windows, 2 * y)
    padded = np.pad(y, ((0, 0), (0, 0), (2, 2), (2, 2)))
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    dx = np.einsum("noijkl,ockl->ncij", around, w[:, :, ::-1, ::-1])
    return dx, dw


def test_a_derivation_by_windows_is_compared_and_what_is_wrong_in_it_located() -> None:
    random = np.random.default_rng(0)
    x, w = random.normal(size=(2, 2, 6, 5)), random.normal(size=(3, 2, 3, 3))
    assert mg.compare(energy, by_windows, x, w).ok
    assert "reversed: x" in str(mg.diagnose(energy, without_the_turn, x, w))
    assert 'write  dw = np.einsum("ncijkl,noij->ockl", windows, y)' in str(mg.diagnose(energy, twice, x, w))
