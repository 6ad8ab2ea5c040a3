"""Twolayer first weights penalised twice.

expected kind: wrong-parameter or missing-term or repeated-term
wrong line: 85
correction 85: for name in ("W1", "W2"):
what: The first layer's weights are penalised twice, the second's not at all
source: https://github.com/lightaime/cs231n/pull/2
said: include the weights of the last layer in the penalty instead of W1 twice
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, X = (r.normal(size=s) for s in [(4, 6), 6, (6, 3), 3, (5, 4)])
    return W1, b1, W2, b2, X, np.array([0, 1, 2, 2, 1])


def loss(W1, b1, W2, b2, X, y):
    scores = np.maximum(0, X @ W1 + b1) @ W2 + b2
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(np.sum(log_p * np.eye(3)[y], axis=1)) + REG * (np.sum(W1 * W1) + np.sum(W2 * W2))


class TwoLayerNet:
    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}

    def loss(self, X, y, reg=0.0):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N = X.shape[0]

        h1 = np.maximum(0, X.dot(W1) + b1)
        scores = h1.dot(W2) + b2
        scores -= scores.max(axis=1, keepdims=True)
        probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        data_loss = -np.log(probs[np.arange(N), y]).mean()

        dscores = probs.copy()
        dscores[np.arange(N), y] -= 1
        dscores /= N
        grads = {}
        grads["W2"] = h1.T.dot(dscores)
        grads["b2"] = dscores.sum(axis=0)
        dh1 = dscores.dot(W2.T)
        dh1[h1 <= 0] = 0
        grads["W1"] = X.T.dot(dh1)
        grads["b1"] = dh1.sum(axis=0)
        grads["W2"] += 2 * reg * W2
        grads["W1"] += 2 * reg * W1
        return data_loss + reg * (np.sum(W1**2) + np.sum(W2**2)), grads


def right(W1, b1, W2, b2, X, y):
    _, grads = TwoLayerNet(W1, b1, W2, b2).loss(X, y, reg=REG)
    return grads


def softmax(s):
    e = np.exp(s - np.max(s))
    return e / np.sum(e)


def backprop(W1, b1, W2, b2, X, y):
    params = dict(W1=W1, b1=b1, W2=W2, b2=b2)
    d = {name: np.zeros(value.shape) for name, value in params.items()}
    for x, label in zip(X, y):
        z = W1.T @ x + b1
        h = z * (z > 0)
        p = softmax(W2.T @ h + b2)
        p[label] -= 1.0
        d["W2"] += np.outer(h, p)
        d["b2"] += p
        dz = W2 @ p
        dz[z < 0] = 0
        d["W1"] += np.outer(x, dz)
        d["b1"] += dz
    for name in d:
        d[name] /= len(X)
    for name in ("W1", "W1"):
        d[name] += 2 * REG * params[name]
    return d
