"""The article's network as it is computed, how its gradients are, both side by side, and its units and weights.

Run with a folder to write to another than this one.
"""

import sys
from pathlib import Path

import microgradnet as mg

inputs, targets = mg.article.dataset()
w1, w2 = mg.article.initial_weights(inputs, targets, seed=0)
x, y = mg.tensor(inputs), mg.tensor(targets)
weights1, weights2 = mg.tensor(w1, requires_grad=True), mg.tensor(w2, requires_grad=True)
with mg.scope("hidden layer"):
    layer1 = mg.sigmoid(x @ weights1)
with mg.scope("output layer"):
    output = mg.sigmoid(layer1 @ weights2)
with mg.scope("loss"):
    loss = mg.sum((y - output) ** 2)

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
for direction in ("forward", "backward", "both"):
    picture = mg.draw(loss, direction=direction, names=locals())
    print("wrote", picture.render(outfile=folder / f"network-{direction}.svg", cleanup=True))
units = mg.draw_network(loss, values=True, row=1, names=locals())
print("wrote", units.render(outfile=folder / "network-units.svg", cleanup=True))
