"""Arrays quarry weights not held small.

expected kind: missing-term
wrong line: 82
correction 82: grads["W"] = grads["W"] / n + REG * W
given as: arrays
what: The derivative of the penalty for large weights is left out
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    # six stones of a quarry, four measures; votes: how many of the workers took it for which of three kinds
    votes = r.integers(0, 4, size=(6, 3)) + np.eye(3)[r.integers(0, 3, size=6)]
    return r.normal(size=(4, 3)), 0.5 * r.normal(size=3), r.normal(size=(6, 4)), votes, r.uniform(0.4, 2.5, size=3)


def loss(W, b, stones, votes, weight):
    scores = stones @ W + b
    norm = np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    told = np.sum(weight * votes * (scores - norm))
    return -told / stones.shape[0] + 0.5 * REG * np.sum(W**2)


class SoftmaxRegression:
    """Votes are weighted by the class that they are for."""

    def __init__(self, W, b, weight):
        self.W, self.b, self.weight = W, b, weight

    def probabilities(self, X):
        logits = X @ self.W + self.b
        logits -= logits.max(axis=1, keepdims=True)
        e = np.exp(logits)
        return e / e.sum(axis=1, keepdims=True)

    def gradient(self, X, votes):
        n = X.shape[0]
        target = votes * self.weight
        mass = target.sum(axis=1, keepdims=True)
        residual = mass * self.probabilities(X) - target
        dW = X.T @ residual / n + REG * self.W
        db = residual.sum(axis=0) / n
        return dW, db


def right(W, b, stones, votes, weight):
    return SoftmaxRegression(W, b, weight).gradient(stones, votes)


def log_softmax(s):
    s = s - np.max(s)
    return s - np.log(np.exp(s).sum())


def one_class(p, k):
    """Derivative of minus the log probability of class k by the scores."""
    d = p.copy()
    d[k] -= 1.0
    return d


def backprop(W, b, stones, votes, weight):
    n, kinds = votes.shape
    grads = {"W": np.zeros(W.shape), "b": np.zeros(b.shape)}
    for x, counts in zip(stones, votes):
        p = np.exp(log_softmax(x @ W + b))
        for k in range(kinds):
            if counts[k] == 0:
                continue
            d = weight[k] * counts[k] * one_class(p, k)
            for j in range(kinds):
                grads["W"][:, j] += d[j] * x
                grads["b"][j] += d[j]
    grads["W"] = grads["W"] / n
    grads["b"] = grads["b"] / n
    return grads
