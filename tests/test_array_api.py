"""Arrays of another library that follows the Array API standard stay in it, through every order."""

from __future__ import annotations

from typing import Any

import array_api_strict as xp
import numpy as np

import microgradnet as mg


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
