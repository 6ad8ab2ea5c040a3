"""`mg.gradcheck` beside PyTorch's `gradcheck`: time, and which planted wrong gradients are missed.

    python -m tests.benchmarks.gradcheck > tests/benchmarks/results/gradcheck.txt

The same functions in both, in float64, with the tolerances that each has by itself; interleaved in one process, on one
thread. PyTorch's slow mode compares every element with a central difference, as `directions=0` does here; its fast mode
one random projection, as this package does by itself for large arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.autograd.gradcheck import GradcheckError

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

COMMAND = "python -m tests.benchmarks.gradcheck > tests/benchmarks/results/gradcheck.txt"

random = np.random.default_rng(0)
X, Y = random.normal(size=(20, 4)), random.normal(size=(20, 1))
XT, YT = torch.tensor(X), torch.tensor(Y)


# --- time ----------------------------------------------------------------------------------------------


def network(w1: Any, w2: Any) -> Any:
    return mg.sum((Y - mg.sigmoid(mg.sigmoid(X @ w1) @ w2)) ** 2)


def network_torch(w1: Any, w2: Any) -> Any:
    return torch.sum((YT - torch.sigmoid(torch.sigmoid(XT @ w1) @ w2)) ** 2)


def waves(x: Any) -> Any:
    return mg.sum(mg.sin(x) ** 2)


def waves_torch(x: Any) -> Any:
    return torch.sum(torch.sin(x) ** 2)


def ramps(x: Any) -> Any:
    return mg.sum(mg.relu(x) * mg.absolute(x))


def ramps_torch(x: Any) -> Any:
    return torch.sum(torch.relu(x) * torch.abs(x))


def elements(x: Any) -> Any:
    return mg.tanh(x) * x


def elements_torch(x: Any) -> Any:
    return torch.tanh(x) * x


TIMED: list[tuple[str, Callable[..., Any], Callable[..., Any], list[tuple[int, ...]], bool, int]] = [
    ("a network of 4 x 5 + 5 weights", network, network_torch, [(4, 5), (5, 1)], False, 11),
    ("sum of sin(x)^2, 50 elements", waves, waves_torch, [(50,)], False, 11),
    ("sum of relu(x) |x|, 50 elements", ramps, ramps_torch, [(50,)], False, 11),
    ("tanh(x) x, 20 elements to 20", elements, elements_torch, [(20,)], False, 11),
    ("sum of sin(x)^2, 1000 elements", waves, waves_torch, [(1000,)], False, 3),
    ("a network of 4 x 200 + 200 weights", network, network_torch, [(4, 200), (200, 1)], True, 11),
    ("sum of sin(x)^2, 1000 elements", waves, waves_torch, [(1000,)], True, 11),
    ("sum of relu(x) |x|, 1000 elements", ramps, ramps_torch, [(1000,)], True, 11),
    ("sum of sin(x)^2, 100,000 elements", waves, waves_torch, [(100_000,)], True, 11),
    ("sum of relu(x) |x|, 100,000 elements", ramps, ramps_torch, [(100_000,)], True, 11),
]


def timed() -> None:
    for what, ours, theirs, shapes, fast, rounds in TIMED:
        xs = [random.normal(size=shape) for shape in shapes]
        ts = [torch.tensor(x, requires_grad=True) for x in xs]
        directions = None if fast else 0
        assert mg.gradcheck(ours, *xs, directions=directions)
        ratio = side_by_side(
            lambda: mg.gradcheck(ours, *xs, directions=directions),  # noqa: B023
            lambda: torch.autograd.gradcheck(theirs, ts, fast_mode=fast),  # noqa: B023
            rounds=rounds,
        )
        print(ratio.report(f"{'directions' if fast else 'every element'}, {what}", "PyTorch"))


# --- planted wrong gradients -----------------------------------------------------------------------------


def sine(factor: Any, detached: bool) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Make a sine whose derivative is multiplied by a factor, or is a constant to a second derivative."""

    def slope(x: Any) -> Any:
        return np.cos(x.detach().numpy()) if detached and isinstance(x, mg.Tensor) else mg.cos(x)

    ours = mg.primitive(lambda xp, x: xp.sin(x), [lambda g, y, x: g * slope(x) * factor], name="sine")

    class Sine(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return torch.sin(x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * torch.cos(x.detach() if detached else x) * torch.as_tensor(factor, dtype=x.dtype)

    return (lambda x: mg.sum(ours(x) * x)), (lambda x: torch.sum(Sine.apply(x) * x))


def all_but_one(size: int) -> Any:
    factor = np.ones(size)
    factor[size // 3] = 0
    return factor


PLANTED = [
    ("twice as large", 2.0, False, 5, 1),
    ("off by 1e-3", 1.001, False, 5, 1),
    ("off by 1e-5", 1.00001, False, 5, 1),
    ("0 in one element of 50", all_but_one(50), False, 50, 1),
    ("0 in one element of 1000", all_but_one(1000), False, 1000, 1),
    ("0 in one element of 100,000", all_but_one(100_000), False, 100_000, 1),
    ("wrong in the second derivative", 1.0, True, 5, 2),
]


def passes(check: Callable[[], Any]) -> bool:
    try:
        return bool(check())
    except GradcheckError:
        return False


def torch_passes(f: Any, x: Any, order: int, fast: bool) -> bool:
    t = torch.tensor(x, requires_grad=True)
    return passes(
        lambda: (
            torch.autograd.gradcheck(f, t, fast_mode=fast)
            and (order == 1 or torch.autograd.gradgradcheck(f, t, fast_mode=fast))
        )
    )


def planted() -> None:
    print(f"{'wrong gradient':32}{'here':10}{'PyTorch, slow':16}PyTorch, fast")
    words = {True: "missed", False: "found"}
    for what, factor, detached, size, order in PLANTED:
        ours, theirs = sine(factor, detached)
        x = random.normal(size=size)
        here = words[mg.gradcheck(ours, x, order=order).ok]
        slow = words[torch_passes(theirs, x, order, fast=False)] if size <= 1000 else "too slow"
        fast = words[torch_passes(theirs, x, order, fast=True)]
        print(f"{what:32}{here:10}{slow:16}{fast}")


def main() -> None:
    torch.set_num_threads(1)
    print(COMMAND)
    print(f"NumPy {np.__version__}, PyTorch {torch.__version__}, float64; processor time\n")
    timed()
    print()
    planted()


if __name__ == "__main__":
    main()
