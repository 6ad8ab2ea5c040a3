"""What was computed, three ways: a tree in the terminal, a numbered list, and a picture (graph.svg)."""

import microgradnet as mg
from microgradnet.views.rendering import render

x, y = mg.article.dataset()
weights1, weights2 = mg.article.initial_weights(x, y, seed=0)
x, y = mg.tensor(x, name="x"), mg.tensor(y, name="y")
weights1 = mg.tensor(weights1, requires_grad=True, name="weights1")
weights2 = mg.tensor(weights2, requires_grad=True, name="weights2")

loss = mg.article.loss(x, y, weights1, weights2)
loss.name = "loss"

print(mg.tree(loss), end="\n\n")
print(mg.Graph.of(loss))
render(mg.draw(loss), "graph.svg")
