"""Deep network with one weight matrix left over.

expected kind: wrong-parameter or stale-value
wrong line: 46
correction 46: delta = delta @ weights[l].T
what: A variable left over from the forward loop stands in the backward loop, so every layer is led back through the
    last weights
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "B", "C"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return *[0.6 * r.normal(size=(3, 3)) for _ in range(3)], r.normal(size=(5, 3)), r.normal(size=(5, 3))


def loss(A, B, C, X, Y):
    return np.mean((np.tanh(np.tanh(np.tanh(X @ A) @ B) @ C) - Y) ** 2)


def right(A, B, C, X, Y):
    p = np.tanh(X @ A)
    q = np.tanh(p @ B)
    s = np.tanh(q @ C)
    c = 2 / Y.size * (s - Y) * (1 - s * s)
    b = c @ C.T * (1 - q * q)
    a = b @ B.T * (1 - p * p)
    return X.T @ a, p.T @ b, q.T @ c


def backprop(A, B, C, X, Y):
    weights = [A, B, C]
    acts = [X]
    for W in weights:
        acts.append(np.tanh(acts[-1] @ W))
    grads = [None] * 3
    delta = 2 * (acts[-1] - Y) / Y.size
    for l in range(2, -1, -1):
        delta = delta * (1 - acts[l + 1] ** 2)
        grads[l] = acts[l].T @ delta
        delta = delta @ W.T
    return grads
