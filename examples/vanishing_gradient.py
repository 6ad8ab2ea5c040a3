"""A gradient that vanishes on its way back through ten sigmoid layers, and one through ReLU that does not.

The colour and width of an arrow say how large the gradient is that flows back through it. Run with a folder to
write to another than this one.
"""

import sys
from pathlib import Path

import numpy as np

import microgradnet as mg

losses = []
for name, activation in (("sigmoid", mg.sigmoid), ("ReLU", mg.relu)):
    random = np.random.default_rng(1)  # the same numbers for both
    with mg.scope(name):
        h = mg.tensor(random.normal(size=(16, 8)), name="x")
        for i in range(1, 11):
            weights = mg.tensor(random.normal(size=(8, 8)) / 2, requires_grad=True, name=f"W{i}")
            with mg.scope(f"layer {i}"):
                h = activation(h @ weights)
        losses.append(mg.mean(h))
loss = losses[0] + losses[1]  # the gradient of the sum is that of either: one scale for both
loss.name = "loss"

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
picture = mg.draw(loss, gradients=True, depth=1, rankdir="TB")
print("wrote", picture.render(outfile=folder / "vanishing-gradient.svg", cleanup=True))
