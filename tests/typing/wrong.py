"""What type checkers must refuse: every line that says so, and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import microgradnet as mg
from microgradnet import Tensor

t = mg.tensor([1.0, 2.0], requires_grad=True)
a: NDArray[np.float64] = np.array([1.0, 2.0])


def loss(w: Tensor, x: NDArray[np.float64], *, scale: float = 1.0) -> Tensor:
    return scale * mg.sum((w - x) ** 2)


def an_array(x: NDArray[np.float64]) -> Tensor:
    return mg.sum(x)  # error


def a_tensor(w: Tensor) -> NDArray[Any]:
    return mg.sum(w)  # error


def perhaps_none(w: Tensor) -> NDArray[Any] | Tensor:
    return w.grad  # error


mg.exp(t, nonsense=3)  # error
mg.exp(t).backwards()  # error
mg.exp(object())  # error
mg.exp([t, t])  # error
mg.exp(None)  # error
mg.exp()  # error
mg.exp(t, t)  # error
mg.exp(a).backward()  # error
mg.add(t)  # error
mg.add(t, None)  # error
mg.add(t, t, t)  # error
mg.add(t, t, axis=0)  # error
mg.sum(t, axis="rows")  # error
mg.sum(t, keepdims=1.5)  # error
mg.sum(t, dims=0)  # error
mg.max(t, axis="rows")  # error
mg.argmax(t, axis=0.5)  # error
mg.var(t, ddof="one")  # error
mg.reshape(t)  # error
mg.reshape(t, "flat")  # error
mg.transpose(t, axes=1.0)  # error
mg.concatenate([t, None])  # error
mg.stack([t, t], dim=0)  # error
mg.split(t, 2).backward()  # error
mg.where(t > 0, t)  # error
mg.einsum(t, t)  # error
mg.linalg.inv(t, overwrite=True)  # error
mg.linalg.slogdet(t).log  # error
mg.no_such_operation(t)  # error
mg.tensor([1.0], requires_grads=True)  # error
t * None  # error
t @ object()  # error
t.sum(axis="rows")  # error
t.backwards()  # error
t.grad.shape  # error
t.shape = (1,)  # error

mg.grad(loss)(a)  # error
mg.grad(loss)(a, a, 1.0)  # error
mg.grad(loss)(a, a, scales=1.0)  # error
mg.grad(loss)(a, "text")  # error
mg.grad(loss, argnums="w")  # error
mg.grad(loss, argnums=0.5)  # error
mg.grad(loss, argnums=(0, 0.5))  # error
mg.grad(t)  # error
mg.grad(loss)(a, a).backward()  # error
mg.grad(loss, has_aux="loss")  # error
mg.grad(loss, has_aux=True)(a, a).shape  # error
mg.grad(lambda p: mg.sum(p["w"]))({"w": a}).backward()  # error
mg.value_and_grad(lambda p: mg.sum(p["w"]))({"w": a})[1].shape  # error
mg.grad(lambda p: p)({a})  # error
mg.value_and_grad(loss)(a, a).shape  # error
mg.vjp(t, t)  # error
mg.gradients(t, [t]).shape  # error
mg.gradients(t, a)  # error
mg.hvp(loss, None, a)  # error
mg.compile(t)  # error
mg.compile(loss, backend="cuda")  # error
mg.gradcheck(t)  # error
mg.gradcheck(loss, a, a, orders=2)  # error
mg.compare(loss, loss, a, a, argnums="w")  # error
mg.compare(loss, loss, a, a, automatic="numeric")  # error
mg.derive(t).sources("by_hand")  # error
mg.derive(a)  # error
mg.tree(a)  # error
mg.draw(t, theme="blue")  # error
mg.Graph.of(a)  # error
mg.Graph.of(t).nodes[0].values  # error


def _cube(xp: Any, x: NDArray[Any], by: float = 1.0) -> NDArray[Any]:
    return np.asarray(by * x**3)


cube = mg.primitive(_cube, [lambda g, y, x, by: 3 * by * g * x**2])
cube(t, nonsense=3)  # error
cube(t).backwards()  # error
cube.primitive.names  # error
scaled = mg.primitive(_cube, (lambda g, y, x, by: 3 * by * g * x**2,), name="scaled")
scaled(t, by="two")  # error
scaled(a).backward()  # error
mg.primitive(_cube, (lambda g, y, x, by: g,), names="cube")  # error
mg.primitive(_cube, 3)  # error


@mg.activation(name="wrong_bump")
def bump(x: Any, width: float = 1.0) -> Any:
    return mg.exp(-((x / width) ** 2))


bump(t, height=1.0)  # error
bump(t).backwards()  # error
bump.names  # error
mg.activation(3)  # error
mg.activations["relu"](t).backwards()  # error
mg.activations["relu"].formulas  # error
