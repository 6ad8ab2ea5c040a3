"""Softmax smoothing not scaled.

expected kind: missing-factor
wrong line: 67
correction 67: targets = np.full((n, k), EPS / k)
what: What is shared out among the classes is one, not the smoothing
source: https://github.com/TimDettmers/ConvE/issues/55
said: the smoothed labels add one over the number of classes where they should add the smoothing over it
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
EPS = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    hidden, output = (r.normal(size=(3, 5)), r.normal(size=5)), (r.normal(size=(5, 4)), r.normal(size=4))
    return *hidden, *output, r.normal(size=(6, 3)), np.array([0, 2, 1, 3, 3, 1])


def loss(W1, b1, W2, b2, X, labels):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    z = h @ W2 + b2
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    n, k = logp.shape
    q = (1 - EPS) * np.eye(k)[labels] + EPS / k
    return -np.sum(q * logp) / n


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def right(W1, b1, W2, b2, X, labels):
    m = X.shape[0]
    z1 = X.dot(W1) + b1
    a1 = sigmoid(z1)
    z2 = a1.dot(W2) + b2
    y_hat = np.exp(z2) / np.exp(z2).sum(axis=1)[:, None]
    y_smooth = (1 - EPS) * np.eye(4)[labels] + EPS / 4
    delta2 = y_hat - y_smooth
    dW2 = a1.T.dot(delta2) / m
    db2 = delta2.sum(axis=0) / m
    delta1 = delta2.dot(W2.T) * sigmoid_prime(z1)
    dW1 = X.T.dot(delta1) / m
    db1 = delta1.sum(axis=0) / m
    return dW1, db1, dW2, db2


def forward_pass(params, X):
    cache = {"X": X}
    cache["h"] = 1 / (1 + np.exp(-(X @ params["W1"] + params["b1"])))
    scores = cache["h"] @ params["W2"] + params["b2"]
    exps = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    cache["probs"] = exps / np.sum(exps, axis=1, keepdims=True)
    return cache


def backward_pass(params, cache, labels):
    n, k = cache["probs"].shape
    targets = np.full((n, k), 1.0 / k)
    targets[np.arange(n), labels] += 1 - EPS
    grads = {}
    dscores = (cache["probs"] - targets) / n
    grads["W2"] = cache["h"].T @ dscores
    grads["b2"] = np.sum(dscores, axis=0)
    dh = dscores @ params["W2"].T
    da = dh * cache["h"] * (1 - cache["h"])
    grads["W1"] = cache["X"].T @ da
    grads["b1"] = np.sum(da, axis=0)
    return grads


def backprop(W1, b1, W2, b2, X, labels):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return backward_pass(params, forward_pass(params, X), labels)
