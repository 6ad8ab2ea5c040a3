"""tanh_backward is given the gradient and nothing else.

expected kind: wrong-point + missing-factor or wrong-point or wrong-activation
wrong line: 44
correction 44: return next_dz * (1 - np.square(np.tanh(z)))
what: the derivative of tanh is evaluated at the incoming gradient, and not multiplied with it
source: https://github.com/yizt/numpy_neural_network/issues/6
said: The backward function of tanh returns 1 - tanh(next_dz)^2: it neither knows z nor multiplies by what
    comes in.
"""

import numpy as np

PARAMETERS = ["Wxh", "bh", "Who", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(6, 4)), r.integers(3, size=6),
        r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3),
    ]


def loss(X, y, Wxh, bh, Who, bo):
    h = np.tanh(X @ Wxh + bh)
    scores = h @ Who + bo
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(X)), y])


def right(X, y, Wxh, bh, Who, bo):
    n = len(X)
    h = np.tanh(X @ Wxh + bh)
    e = np.exp(h @ Who + bo)
    d = (e / e.sum(1, keepdims=True) - np.eye(3)[y]) / n
    dh = d @ Who.T
    da = dh - dh * h * h
    return X.T @ da, da.sum(0), h.T @ d, d.sum(0)


def tanh_backward(next_dz, z):
    return 1 - np.square(np.tanh(next_dz))


def fc_backward(next_dz, w, z):
    return np.dot(next_dz, w.T), np.dot(z.T, next_dz), np.sum(next_dz, axis=0)


def backprop(X, y, Wxh, bh, Who, bo):
    N = X.shape[0]
    z1 = X @ Wxh + bh
    a1 = np.tanh(z1)
    z2 = a1 @ Who + bo
    p = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[range(N), y] -= 1
    dz2 = p / N
    da1, dWho, dbo = fc_backward(dz2, Who, a1)
    dz1 = tanh_backward(da1, z1)
    _, dWxh, dbh = fc_backward(dz1, Wxh, X)
    return dWxh, dbh, dWho, dbo
