"""Forward mode: tangents beside the function itself, and whole Jacobians beside PyTorch's, one thread each.

python -m tests.benchmarks.forward
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

Contender = tuple[str, Callable[[], Any], str, Callable[[], Any]]
"""What is computed, ours, what it stands beside, and that."""

random = np.random.default_rng(0)
A, B, X, V = random.normal(size=(4, 400, 400)) / 20
W = random.normal(size=(200, 200)) / 10
x, v, b = random.normal(size=(3, 200))


def layers(x: Any) -> Any:
    return mg.tanh(mg.tanh(x @ A) @ B)


def chain(x: Any) -> Any:
    for _ in range(20):
        x = mg.tanh(mg.sin(x))
    return x


def loss(x: Any) -> Any:
    return mg.sum(mg.tanh(W @ x) ** 2)


def beside_the_function() -> Iterator[Contender]:
    long = random.normal(size=(2, 20_000))
    for name, f, at, along in (
        ("two layers of tanh, 400×400", layers, X, V),
        ("a chain of 40, 200 numbers", chain, x, v),
        ("a chain of 40, 20,000 numbers", chain, *long),
    ):
        yield f"jvp of {name}", partial(mg.jvp, f, (at,), (along,)), "the function", partial(f, at)
        _, push = mg.linearize(f, at)
        yield f"linearized, {name}", partial(push, along), "the function", partial(f, at)
    yield "hvp of 200 numbers", partial(mg.hvp, loss, x, v), "the gradient", partial(mg.grad(loss), x)
    over = partial(mg.jvp, mg.grad(loss), (x,), (v,))
    yield "forward over reverse, of 200 numbers", over, "two reverse passes", partial(mg.hvp, loss, x, v)


def beside_torch() -> Iterator[Contender]:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    at, w, bias = torch.tensor(x), torch.tensor(W), torch.tensor(b)
    functions: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        "tanh(W x)": (lambda x: mg.tanh(W @ x), lambda x: torch.tanh(w @ x)),
        "two layers": (lambda x: mg.tanh(W @ mg.tanh(W @ x + b)), lambda x: torch.tanh(w @ torch.tanh(w @ x + bias))),
        "elementwise": (lambda x: mg.sin(x) * mg.exp(-(x**2)), lambda x: torch.sin(x) * torch.exp(-(x**2))),
        "standardized": (lambda x: (x - mg.mean(x)) / mg.std(x), lambda x: (x - x.mean()) / x.std(correction=0)),
        "softmax": (lambda x: mg.softmax(W @ x), lambda x: torch.softmax(w @ x, 0)),
        "10 of 200": (lambda x: mg.tanh(W[:10] @ x), lambda x: torch.tanh(w[:10] @ x)),
    }
    for name, (ours, theirs) in functions.items():
        jacobian, jacrev = mg.jacobian(ours), torch.func.jacrev(theirs)
        np.testing.assert_allclose(jacobian(x), jacrev(at).numpy(), rtol=1e-10, atol=1e-12)
        yield f"Jacobian of 200 numbers, {name}", partial(jacobian, x), "torch.func.jacrev", partial(jacrev, at)
    hessian, theirs = mg.hessian(loss), torch.func.hessian(lambda x: torch.sum(torch.tanh(w @ x) ** 2))
    yield "Hessian of 200 numbers", partial(hessian, x), "torch.func.hessian", partial(theirs, at)


def measure(contenders: Iterator[Contender], rounds: int = 31) -> Iterator[str]:
    for what, ours, other, theirs in contenders:
        yield side_by_side(ours, theirs, rounds=rounds).report(what, other)


@pytest.mark.parametrize("contenders", [beside_the_function, beside_torch])
def test_forward_mode(
    contenders: Callable[[], Iterator[Contender]], benchmark: Any, show: Callable[[str], None]
) -> None:
    benchmark.pedantic(mg.jvp, args=(chain, (x,), (v,)), rounds=10)
    for line in measure(contenders(), rounds=9):
        show(line)


if __name__ == "__main__":
    for contenders in (beside_the_function, beside_torch):
        for line in measure(contenders()):
            print(line)
