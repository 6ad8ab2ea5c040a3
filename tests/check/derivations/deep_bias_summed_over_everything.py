"""db sums over the units too.

expected kind: wrong-axis
wrong line: 50
correction 50: db = np.sum(dZ, axis=1, keepdims=True) / m
what: the bias gradient of every layer is one number, the sum over units and examples
source: https://github.com/Kulbear/deep-learning-coursera/issues/8
said: Readers of a solution of L_model_backward note that db has another shape than expected, and that axis=1
    belongs into the sum.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n0, n1, n2, m = 4, 5, 3, 6
    return [
        r.normal(size=(n0, m)), r.integers(2, size=(1, m)) * 1.0,
        r.normal(size=(n1, n0)), r.normal(size=(n1, 1)),
        r.normal(size=(n2, n1)), r.normal(size=(n2, 1)),
        r.normal(size=(1, n2)), r.normal(size=(1, 1)),
    ]


def loss(X, Y, W1, b1, W2, b2, W3, b3):
    A1 = np.maximum(W1 @ X + b1, 0)
    A2 = np.maximum(W2 @ A1 + b2, 0)
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    return -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / X.shape[1]


def right(X, Y, W1, b1, W2, b2, W3, b3):
    Z1 = W1 @ X + b1
    Z2 = W2 @ np.maximum(Z1, 0) + b2
    A3 = 1 / (1 + np.exp(-(W3 @ np.maximum(Z2, 0) + b3)))
    D3 = (A3 - Y) / X.shape[1]
    D2 = np.where(Z2 > 0, W3.T @ D3, 0)
    D1 = np.where(Z1 > 0, W2.T @ D2, 0)
    s = lambda D: D.sum(1, keepdims=True)
    return D1 @ X.T, s(D1), D2 @ np.maximum(Z1, 0).T, s(D2), D3 @ np.maximum(Z2, 0).T, s(D3)


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.full(b.shape, np.sum(dZ)) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def backprop(X, Y, W1, b1, W2, b2, W3, b3):
    caches, zs, A = [], [], X
    for W, b in ((W1, b1), (W2, b2), (W3, b3)):
        caches.append((A, W, b))
        Z = W @ A + b
        zs.append(Z)
        A = np.maximum(0, Z) if W is not W3 else 1 / (1 + np.exp(-Z))
    grads = []
    dA = -(Y / A - (1 - Y) / (1 - A))
    dZ = dA * A * (1 - A)
    for layer in (2, 1, 0):
        dA, dW, db = linear_backward(dZ, caches[layer])
        grads = [dW, db] + grads
        if layer:
            dZ = np.array(dA, copy=True)
            dZ[zs[layer - 1] <= 0] = 0
    return tuple(grads)
