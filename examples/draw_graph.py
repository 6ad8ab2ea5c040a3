"""A loss as a computation graph: drawn to a file, printed as a tree, and walked through as data.

Run with a file name to write another than graph.svg; its suffix says the format: .svg, .png or .pdf.
"""

import sys
from pathlib import Path

import microgradnet as mg

inputs, targets = mg.article.dataset()
w1, w2 = mg.article.initial_weights(inputs, targets, seed=0)

x, y = mg.tensor(inputs, name="x"), mg.tensor(targets, name="y")
weights1 = mg.tensor(w1, requires_grad=True, name="weights1")
weights2 = mg.tensor(w2, requires_grad=True, name="weights2")

with mg.scope("hidden layer"):
    layer1 = mg.sigmoid(x @ weights1)
with mg.scope("output layer"):
    output = mg.sigmoid(layer1 @ weights2)
with mg.scope("loss"):
    loss = mg.sum((y - output) ** 2)
loss.name = "loss"

print(mg.tree(loss))

graph = mg.Graph.of(loss)
print(f"\n{len(graph)} nodes, of which parameters:")
for node in graph:
    if node.kind == "parameter":
        print(f"  {node.name} {node.shape}")

target = Path(sys.argv[1] if len(sys.argv) > 1 else "graph.svg")
drawing = mg.draw(loss)
drawing.render(outfile=target, cleanup=True)
print(f"\nwrote {target}")
