"""Product without the gradient of the product.

expected kind: missing-factor
wrong line: 34 or 35
correction 34: grad = grad_output[:, None] * result[:, None] / x
correction 35: return grad_output[:, None] * grad
what: The product over the others is the derivative of a product, and is not multiplied by the gradient of the
    product
source: https://github.com/pytorch/pytorch/issues/995
said: a minus after the product had no effect, since its backward didn't multiply by what came in
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(5, 3)), r.uniform(size=5)


def loss(W, X, t):
    gates = 1 / (1 + np.exp(-X @ W))
    return -np.sum(np.prod(gates, axis=1) * t)


def right(W, X, t):
    g = 1 / (1 + np.exp(-X @ W))
    return X.T @ (-t[:, None] * g.prod(1)[:, None] * (1 - g))


def prod_backward(grad_output, x, result):
    grad = result[:, None] / x
    return grad


def backprop(W, X, t):
    gates = 1 / (1 + np.exp(-X.dot(W)))
    joint = np.prod(gates, axis=1)
    d_joint = -t
    d_gates = prod_backward(d_joint, gates, joint)
    d_z = d_gates * gates * (1 - gates)
    return X.T.dot(d_z)
