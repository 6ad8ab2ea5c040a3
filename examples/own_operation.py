"""An operation of one's own, declared once: its value, its derivative, how it is written and drawn.

The VJP is made of operators and the package's operations, so it serves every order of derivative. What is declared
here has all that a built-in operation has: it can be checked, drawn, nested and broadcast.
"""

import numpy as np

import microgradnet as mg


def value(xp, x, width=1.0):
    """Return √(x² + width²) − width, an absolute value that is smooth at 0."""
    return xp.sqrt(x * x + width * width) - width


smooth_abs = mg.primitive(
    value,
    [lambda g, y, x, width: g * x / (y + width)],  # x / √(x² + width²)
    name="smooth_abs",
    latex=r"\left| {0} \right|_{{{width}}}",
    symbol="|·|~",
)

x = np.array([-2.0, 0.0, 0.5])
print("value:            ", smooth_abs(x))
print("gradient:         ", mg.grad(lambda x: mg.sum(smooth_abs(x)))(x))
print("second derivative:", mg.hessian(lambda x: mg.sum(smooth_abs(x, width=0.5)))(x).diagonal())

print(mg.gradcheck(lambda x: smooth_abs(x, width=0.5), x, order=3))

t = mg.tensor(x, requires_grad=True, name="x")
print(mg.tree(mg.sum(smooth_abs(t, width=0.5))))
