"""The penalty reg * W^2 contributes reg * W.

expected kind: scale
wrong line: 66
correction 66: grads[name] += 2 * reg * self.params[name]
what: reg * W for 2 * reg * W, in both layers in one line
source: https://github.com/jingtinghuang/CS231n-Spring-2017/issues/3
said: The gradient of the L2 penalty lacks the factor 2, as the loss has no one half.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(5, 4)), r.integers(3, size=5),
        r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=(6, 3)), r.normal(size=3),
    ]


def loss(X, y, W1, b1, W2, b2):
    f = np.maximum(0, X @ W1 + b1) @ W2 + b2
    lse = np.log(np.sum(np.exp(f), axis=1))
    return np.mean(lse - f[np.arange(5), y]) + REG * (np.sum(W1 * W1) + np.sum(W2 * W2))


def right(X, y, W1, b1, W2, b2):
    N = len(X)
    a = X @ W1 + b1
    f = np.maximum(0, a) @ W2 + b2
    p = np.exp(f) / np.exp(f).sum(1, keepdims=True)
    p[np.arange(N), y] -= 1
    p /= N
    da = (p @ W2.T) * (a > 0)
    return X.T @ da + 2 * REG * W1, da.sum(0), np.maximum(0, a).T @ p + 2 * REG * W2, p.sum(0)


class TwoLayerNet:
    def __init__(self, params):
        self.params = params

    def loss(self, X, y, reg):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, D = X.shape
        h1 = np.maximum(0, X.dot(W1) + b1)
        scores = h1.dot(W2) + b2
        exp_scores = np.exp(scores - np.max(scores, axis=1).reshape(-1, 1))
        probs = exp_scores / np.sum(exp_scores, axis=1).reshape(-1, 1)

        grads = {}
        dscores = probs
        dscores[range(N), y] -= 1
        dscores /= N
        grads["W2"] = np.dot(h1.T, dscores)
        grads["b2"] = np.sum(dscores, axis=0)
        dh1 = np.dot(dscores, W2.T)
        dh1[h1 <= 0] = 0
        grads["W1"] = np.dot(X.T, dh1)
        grads["b1"] = np.sum(dh1, axis=0)
        for name in ("W1", "W2"):
            grads[name] += reg * self.params[name]
        return grads


def backprop(X, y, W1, b1, W2, b2):
    return TwoLayerNet({"W1": W1, "b1": b1, "W2": W2, "b2": b2}).loss(X, y, REG)
