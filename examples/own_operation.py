"""An operation of one's own, declared once: differentiated to any order, drawn, and found by name in the graph."""

import numpy as np

import microgradnet as mg

# The VJP is written with operators and the package's operations, so it can be differentiated again.
sinc = mg.primitive(
    lambda xp, x: xp.sin(x) / x,
    [lambda g, y, x: g * (mg.cos(x) - y) / x],
    name="sinc_of",
    symbol="sinc",
    latex=r"\operatorname{{sinc}} {0}",
    doc="sin(x) / x, for x other than 0.",
)

points = np.array([0.5, 1.0, 2.0])
print(mg.gradcheck(sinc, points, order=2))
print("third derivative at 1:", mg.grad(mg.grad(mg.grad(sinc)))(1.0))

x = mg.tensor(points, requires_grad=True, name="x")
print(mg.tree(mg.sum(sinc(x) ** 2)))
