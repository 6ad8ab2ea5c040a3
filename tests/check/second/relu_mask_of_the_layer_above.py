"""Relu mask of the layer above.

expected kind: wrong-mask
wrong line: 55
correction 55: dhidden1[hidden1 <= 0] = 0
what: The first hidden layer is masked where the second one is off
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 5)), r.normal(size=(5, 5)), r.normal(size=(5, 2)),
        r.normal(size=(7, 3)), r.normal(size=(7, 2)), 0.05,
    )


def loss(W1, W2, W3, X, Y, reg):
    h1 = np.maximum(0, X @ W1)
    h2 = np.maximum(0, h1 @ W2)
    d = h2 @ W3 - Y
    return 0.5 * np.sum(d * d) / len(X) + reg * (np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W3 * W3))


def right(W1, W2, W3, X, Y, reg):
    h1 = np.maximum(0, X @ W1)
    h2 = np.maximum(0, h1 @ W2)
    g = (h2 @ W3 - Y) / len(X)
    g2 = g @ W3.T * (h2 > 0)
    g1 = g2 @ W2.T * (h1 > 0)
    return X.T @ g1 + 2 * reg * W1, h1.T @ g2 + 2 * reg * W2, h2.T @ g + 2 * reg * W3


def relu(x):
    return np.maximum(0, x)


def backprop(W1, W2, W3, X, Y, reg):
    N = X.shape[0]
    hidden1 = relu(np.dot(X, W1))
    hidden2 = relu(np.dot(hidden1, W2))
    scores = np.dot(hidden2, W3)
    dscores = (scores - Y) / N
    dW3 = np.dot(hidden2.T, dscores)
    dhidden2 = np.dot(dscores, W3.T)
    dhidden2[hidden2 <= 0] = 0
    dW2 = np.dot(hidden1.T, dhidden2)
    dhidden1 = np.dot(dhidden2, W2.T)
    dhidden1[hidden2 <= 0] = 0
    dW1 = np.dot(X.T, dhidden1)
    dW3 += 2 * reg * W3
    dW2 += 2 * reg * W2
    dW1 += 2 * reg * W1
    return {"W1": dW1, "W2": dW2, "W3": dW3}
