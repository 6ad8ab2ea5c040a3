"""Log softmax without the sum of the gradient.

expected kind: missing-factor or missing-sum
wrong line: 39
correction 39: return gy - np.exp(output) * gy.sum(axis=1, keepdims=True)
what: The backward pass of a log softmax is dy - p, where dy - p * sum(dy) belongs
source: github.com/mlpack/mlpack, issue 2360
said: The backward pass of the log softmax neither fits the formula nor passes the test of the Jacobian; the incoming
    gradient is added as if it were a Kronecker delta.
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(5, 3)), r.uniform(0.2, 2, (5, 4))


def loss(W, b, X, counts):
    s = X @ W + b
    return -np.sum(counts * (s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))))


def right(W, b, X, counts):
    e = np.exp(X @ W + b)
    d = e / e.sum(1, keepdims=True) * counts.sum(1, keepdims=True) - counts
    return X.T @ d, d.sum(0)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def log_softmax_backward(output, gy):
    return gy - np.exp(output)


def backprop(W, b, X, counts):
    output = log_softmax(X @ W + b)
    gy = -counts
    dz = log_softmax_backward(output, gy)
    return X.T @ dz, dz.sum(axis=0)
