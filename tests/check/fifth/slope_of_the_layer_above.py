"""Slope of the layer above.

expected kind: wrong-point or stale-value
wrong line: 52
correction 52: delta2 = delta3.dot(W2.T) * (1 - np.power(np.tanh(z1), 2))
what: The slope of tanh at the hidden layer is taken at the scores of the layer above, which has as many units
source: https://github.com/dennybritz/nn-from-scratch/pull/3
said: it should be one minus the squared tanh of z1, not of z2
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(2, 3)), r.normal(size=(1, 3)), r.normal(size=(3, 3)), r.normal(size=(1, 3)),
        r.normal(size=(7, 2)), r.integers(0, 3, 7),
    )


def loss(W1, b1, W2, b2, X, y):
    z2 = np.tanh(X @ W1 + b1) @ W2 + b2
    probs = np.exp(z2) / np.sum(np.exp(z2), axis=1, keepdims=True)
    return -np.sum(np.log(probs[np.arange(len(y)), y])) / len(y)


def right(W1, b1, W2, b2, X, y):
    h = np.tanh(X @ W1 + b1)
    e = np.exp(h @ W2 + b2)
    d = (e / e.sum(1, keepdims=True) - np.eye(3)[y]) / len(y)
    g = (d @ W2.T) * (1 - h * h)
    return X.T @ g, g.sum(0, keepdims=True), h.T @ d, d.sum(0, keepdims=True)


def backprop(W1, b1, W2, b2, X, y):
    num_examples = len(X)
    # forward propagation
    z1 = X.dot(W1) + b1
    a1 = np.tanh(z1)
    z2 = a1.dot(W2) + b2
    exp_scores = np.exp(z2)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    # backpropagation
    delta3 = probs
    delta3[range(num_examples), y] -= 1
    delta3 /= num_examples
    dW2 = (a1.T).dot(delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = delta3.dot(W2.T) * (1 - np.power(np.tanh(z2), 2))
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0, keepdims=True)
    return dW1, db1, dW2, db2
