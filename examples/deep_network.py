"""A network of a dozen layers, closed by scope, and a recurrent one of a thousand steps, folded.

Run with a folder to write to another than this one.
"""

import sys
from pathlib import Path

import numpy as np

import microgradnet as mg

random = np.random.default_rng(0)


def parameter(name, *shape):
    return mg.tensor(random.normal(size=shape) / 4, requires_grad=True, name=name)


h = mg.tensor(random.normal(size=(16, 8)), name="x")
for stage in ("encoder", "decoder"):
    with mg.scope(stage):
        for i in range(1, 4):
            with mg.scope(f"layer {i}"):
                h = mg.tanh(h @ parameter(f"W{i}", 8, 8) + parameter(f"b{i}", 8))
with mg.scope("loss"):
    deep = mg.mean(h**2)
deep.name = "loss"

W, state = parameter("W", 8, 8), mg.tensor(np.ones(8), name="state")
for _ in range(1000):
    state = mg.tanh(W @ state + 0.1)
recurrent = mg.sum(state)
recurrent.name = "loss"

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
for name, picture in (
    ("deep-network", mg.draw(deep, depth=1)),
    ("recurrent-network", mg.draw(recurrent)),
):
    print("wrote", picture.render(outfile=folder / f"{name}.svg", cleanup=True))
