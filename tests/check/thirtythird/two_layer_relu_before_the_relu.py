"""two layer relu before the relu.

expected kind: wrong-point or stale-value or missing-factor
wrong line: 36
correction 36: dW2 = np.dot(a1.T, delta3)
what: the second layer's weights meet the hidden layer before its ReLU
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def forward(X, W1, c1, W2, c2):
    z1 = X @ W1 + c1
    a1 = z1 * (z1 > 0)
    z2 = a1 @ W2 + c2
    e = np.exp(z2 - z2.max(1)[:, None])
    return z1, a1, e / e.sum(1)[:, None]


def loss(X, T, W1, c1, W2, c2):
    yhat = forward(X, W1, c1, W2, c2)[-1]
    return -np.sum(T * np.log(yhat))


def right(X, T, W1, c1, W2, c2):
    z1, a1, yhat = forward(X, W1, c1, W2, c2)
    d2 = yhat - T
    d1 = np.where(z1 > 0, d2 @ W2.T, 0)
    return X.T @ d1, d1.sum(0), np.einsum("nh,nk->hk", a1, d2), d2.sum(0)


def backprop(X, T, W1, c1, W2, c2):
    z1, a1, yhat = forward(X, W1, c1, W2, c2)
    delta3 = yhat - T
    dW2 = np.dot(z1.T, delta3)
    dc2 = np.sum(delta3, axis=0)
    delta2 = np.dot(delta3, W2.T) * (z1 > 0)
    dW1 = np.dot(X.T, delta2)
    dc1 = np.sum(delta2, axis=0)
    return dW1, dc1, dW2, dc2


PARAMETERS = ["W1", "c1", "W2", "c2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    T = np.eye(3)[rng.integers(3, size=6)]
    return [rng.normal(size=(6, 4)), T, rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3)), rng.normal(size=3)]
