"""Igloo penalty shared among the igloos.

expected kind: mean-for-sum
wrong line: 75
correction 75: dW[d, c] += 2 * REG * W[d, c]
what: The gradient of the penalty is divided by the number of igloos, the penalty isn't
source: https://github.com/ageron/handson-ml3/issues/118
said: a reader holds that the gradient of the penalty in softmax regression has to be divided by the number of instances, which the code didn't
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    # six igloos; how many of its people named each of four reasons (one may name several)
    counts = r.integers(0, 4, size=(6, 4)) + np.eye(4)[r.integers(0, 4, size=6)]
    return r.normal(size=(3, 4)), 0.5 * r.normal(size=4), r.normal(size=(6, 3)), counts


def loss(W, b, igloos, counts):
    scores = igloos @ W + b
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.sum(counts * logp) / len(igloos) + REG * np.sum(W * W)


class SoftmaxRegression:
    def __init__(self, W, b, reg):
        self.W, self.b, self.reg = W, b, reg

    def probabilities(self, x):
        scores = x @ self.W + self.b
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        return scores / scores.sum(axis=1, keepdims=True)

    def gradient(self, x, targets):
        """Return the gradients for the weights and the bias."""
        p = self.probabilities(x)
        delta = p * targets.sum(axis=1, keepdims=True) - targets
        delta /= x.shape[0]
        grad_W = x.T @ delta
        grad_W += 2 * self.reg * self.W
        return {"W": grad_W, "b": delta.sum(axis=0)}


def right(W, b, igloos, counts):
    model = SoftmaxRegression(W, b, REG)
    return model.gradient(igloos, counts)


def softmax(row):
    powers = [np.exp(value - max(row)) for value in row]
    return [power / sum(powers) for power in powers]


def backprop(W, b, igloos, counts):
    n, (D, C) = len(igloos), W.shape
    dW, db = np.zeros((D, C)), np.zeros(C)
    for i in range(n):
        scores = [sum(igloos[i, d] * W[d, c] for d in range(D)) + b[c] for c in range(C)]
        p = softmax(scores)
        for named in range(C):
            # each naming is a choice of its own
            for c in range(C):
                delta = counts[i, named] * (p[c] - (c == named)) / n
                db[c] += delta
                for d in range(D):
                    dW[d, c] += igloos[i, d] * delta
    for d in range(D):
        for c in range(C):
            dW[d, c] += 2 * REG * W[d, c] / n
    return dW, db
