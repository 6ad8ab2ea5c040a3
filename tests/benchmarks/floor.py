"""Below what no change can go: the parts of a training step by hand, and the parts of a recorded one.

python -m tests.benchmarks.floor

Of the step by hand: its products of matrices alone, and all else alone. Of the step with `value_and_grad` on plain
arrays: what a record in pure Python can't do without. That is the same calls of NumPy, those of the forward pass and
of the VJPs; a copy of each array that somebody else could write to; NumPy's asking a right operand whether it knows
better; and a tensor and a node for each operation, filled in.

Of one recorded call: how much sooner it would be without each of its parts.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any
from unittest import mock

import numpy as np
from threadpoolctl import threadpool_limits

import microgradnet as mg
from microgradnet import calls
from microgradnet.ops.shapes import broadcast_on_numpy
from microgradnet.ownership import TINY, owned
from tests.benchmarks.compiled import RATE, ROUNDS, SHAPES, data
from tests.benchmarks.measure import seconds, side_by_side
from tests.benchmarks.network import Weights, by_hand


def products(x: np.ndarray, y: np.ndarray, weights: Weights) -> Callable[[], object]:
    """The five products, written into memory that is there."""
    w1, w2 = weights
    layer1, delta = x @ w1, x @ w1 @ w2
    into = [np.empty_like(a) for a in (layer1, delta, w2, layer1, w1)]
    pairs = [(x, w1), (layer1, w2), (layer1.T, delta), (delta, w2.T), (x.T, layer1)]
    return lambda: [np.dot(a, b, out) for (a, b), out in zip(pairs, into, strict=True)]


def elementwise(x: np.ndarray, y: np.ndarray, weights: Weights) -> Callable[[], object]:
    """What the step does with the products."""
    w1, w2 = weights
    z1, z2 = x @ w1, x @ w1 @ w2
    back, one = z2 @ w2.T, np.ones((), x.dtype)

    def rest() -> object:
        layer1, output = (one / (one + np.exp(-z)) for z in (z1, z2))
        error = y - output
        delta = 2 * error * (output * (1 - output))
        inner = back * (layer1 * (1 - layer1))
        return np.sum(error**2), delta, inner, w1 + one * w1, w2 + one * w2

    return rest


class Asked:
    """A right operand that NumPy asks, as it asks a tensor."""

    def __array_ufunc__(self, ufunc: object, method: str, *inputs: object, **kwargs: object) -> None: ...


class Filled:
    """As many places as a node and its tensor have together."""

    __slots__ = tuple("abcdefghijklmnopqr")


def fill(value: object, *inputs: object) -> Filled:
    made, node = Filled(), Filled()
    made.a, made.b, made.c = value, node, True  # type: ignore[attr-defined]
    node.a = node.b = node.c = node.d = node.e = node.f = node.g = node.h = None  # type: ignore[attr-defined]
    node.i, node.j = inputs, (value, *inputs)  # type: ignore[attr-defined]
    return made


def recorded(x: np.ndarray, y: np.ndarray, weights: Weights) -> Callable[[], object]:
    """What is left of the recorded step if everything were free that a record could do without."""
    sigmoid, slope = mg.sigmoid.primitive.on_numpy, mg.sigmoid.primitive.vjps[0]
    asked, one, rate = Asked(), x.dtype.type(1), x.dtype.type(RATE)
    held = np.copy if x.nbytes <= TINY else owned

    def step() -> object:
        w1, w2 = (w.copy() for w in weights)
        mine, target = held(x), held(y)
        x @ asked, y - asked
        nodes = [fill(w1), fill(w2)]
        layer1 = sigmoid(mine.dot(w1))
        output = sigmoid(layer1.dot(w2))
        error = target - output
        value = np.add.reduce(error**2, None)
        nodes += [fill(v, v) for v in (None, layer1, None, output, error, None, value)]
        g = broadcast_on_numpy(one, error.shape)
        delta = slope(-(g * (error + error)), output, None)
        inner = slope(delta.dot(w2.T), layer1, None)
        d1, d2 = mine.T.dot(inner), layer1.T.dot(delta)
        return np.array(value), w1 - rate * d1, w2 - rate * d2

    return step


# --- the parts of one call -------------------------------------------------------------------------------------

PARTS = {
    "the tensor": ("__result = __Tensor()", "__result = __made"),
    "the node": ("__node = __Node()", "__node = __filled"),
    "the index": ("__next_index()", "-1"),
    "the scope": ("__current_scope()", "True"),
    "the shape": ("= __output.shape", "= None"),
    "the dtype": ("__dtype = __output.dtype", "__dtype = __float64"),
    "the saved values": ("__node.saved = (", "__node.saved = None and ("),
}
"""How the code of a call is written without a part."""


def without_parts(a: Any, b: Any) -> dict[str, Callable[..., object]]:
    """The call of an operation of two tensors: NumPy's, the whole, and the whole without each of its parts."""
    calls._written.cache_clear()
    with mock.patch.object(calls, "code", wraps=calls.code) as written:
        call: Any = calls.call_of(mg.arctan2.primitive)
        made = call(a, b)
    known = call.__globals__ | {"__made": made, "__filled": made._node}
    found = {"NumPy": np.arctan2, "whole": call}
    for part, (here, instead) in PARTS.items():
        source = written.call_args.args[1]
        assert here in source
        found[part] = FunctionType(calls.code("call", source.replace(here, instead)), known, "call")
    return found


def report_parts() -> None:
    """Show the least of many turns."""
    arrays = np.ones((2, 3)), np.ones((2, 3))
    a, b = (mg.tensor(x, requires_grad=True) for x in arrays)
    least = dict.fromkeys(found := without_parts(a, b), np.inf)
    for _ in range(200):
        for name, f in found.items():
            given = arrays if name == "NumPy" else (a, b)
            least[name] = min(least[name], seconds(lambda f=f, given=given: f(*given), 1000) * 1e3)
    print(f"a recorded call of two tensors: {least['whole'] - least['NumPy']:.2f} us over NumPy's; less without "
          + ", ".join(f"{part} {least['whole'] - least[part]:.2f}" for part in PARTS))  # fmt: skip


if __name__ == "__main__":
    with threadpool_limits(1):
        for dtype in (np.float64, np.float32):
            for shape in SHAPES[1:]:
                x, y, weights = data(shape, dtype)
                step = by_hand(x, y, dtype(RATE))
                for part in (products, elementwise):
                    ratio = side_by_side(part(x, y, weights), lambda s=step, w=weights: s(*w), rounds=ROUNDS[shape[0]])
                    what = f"{' x '.join(map(str, shape))}, {np.dtype(dtype)}, {part.__name__}"
                    print(ratio.report(what, "whole step"), flush=True)
        for shape in SHAPES[:2]:
            x, y, weights = data(shape, np.float64)
            step, least = by_hand(x, y, RATE), recorded(x, y, weights)
            for a, b in zip(least(), step(*weights), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-12)
            ratio = side_by_side(least, lambda s=step, w=weights: s(*w), rounds=301 if shape[0] == 4 else 101)
            what = f"{' x '.join(map(str, shape))}, float64, what a record can't do without"
            print(ratio.report(what, "by hand"), flush=True)
        report_parts()
