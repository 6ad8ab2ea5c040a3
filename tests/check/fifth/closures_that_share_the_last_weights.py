"""Closures that share the last weights.

expected kind: stale-value or wrong-parameter or wrong-point
wrong line: 45
correction 45: tape.append(lambda dz, W=W: dz @ W.T)
what: Each layer leaves a lambda for the way back, and all of them see the weights of the last turn of the loop
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(5, 3)),
        r.normal(size=(5, 3)),
    )


def loss(W1, W2, W3, X, Y):
    return np.mean((np.tanh(np.tanh(np.tanh(X @ W1) @ W2) @ W3) - Y) ** 2)


def right(W1, W2, W3, X, Y):
    a = np.tanh(X @ W1)
    b = np.tanh(a @ W2)
    c = np.tanh(b @ W3)
    gc = 2 * (c - Y) * (1 - c**2) / Y.size
    gb = gc @ W3.T * (1 - b**2)
    ga = gb @ W2.T * (1 - a**2)
    return X.T @ ga, a.T @ gb, b.T @ gc


def backprop(W1, W2, W3, X, Y):
    tape, inputs, outputs = [], [], []
    a = X
    for W in [W1, W2, W3]:
        inputs.append(a)
        a = np.tanh(a @ W)
        outputs.append(a)
        tape.append(lambda dz: dz @ W.T)
    grads = []
    da = 2 * (a - Y) / a.size
    for back, x, out in zip(reversed(tape), reversed(inputs), reversed(outputs)):
        dz = da * (1 - out**2)
        grads.append(x.T @ dz)
        da = back(dz)
    return grads[::-1]
