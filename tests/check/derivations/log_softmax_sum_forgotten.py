"""The backward pass of log-softmax adds the gradient in place of the Kronecker delta.

expected kind: sign + missing-sum or missing-factor + sign or wrong-activation
wrong line: 40
correction 40: g = gy - np.exp(output) * gy.sum(axis=1, keepdims=True)
what: g + exp(out), without the sum of the gradients and with a plus
source: https://github.com/mlpack/mlpack/issues/2360
said: For ones as gradient PyTorch gives plus and minus 0.38, the layer 1.31 and 1.69; gy seems to stand where
    the delta belongs.
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4)), r.uniform(size=(5, 3)), r.normal(size=(4, 3))]


def loss(X, T, W):
    z = X @ W
    top = np.max(z, axis=1, keepdims=True)
    out = z - top - np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))
    return -np.sum(T * out)


def right(X, T, W):
    p = np.exp(X @ W)
    p /= p.sum(axis=1, keepdims=True)
    return X.T @ (p * T.sum(axis=1, keepdims=True) - T)


def backprop(X, T, W):
    z = X @ W
    z = z - z.max(axis=1, keepdims=True)
    output = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    gy = -T
    g = np.exp(output) + gy
    return X.T @ g
