"""Arrays softmax penalty twice.

expected kind: scale or repeated-term
wrong line: 75
correction 75: dW = X.T @ error + reg * self.W
given as: arrays
what: The factor one half of the penalty is forgotten, so that twice its gradient is added
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]

reg, smoothing = 0.3, 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, X = (r.normal(size=s) for s in [(5, 4), 4, (6, 5)])
    return W, b, X, np.array([3, 0, 2, 1, 3, 2])


def loss(W, b, X, y):
    scores = X @ W + b
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    hit = logp[np.arange(len(y)), y]
    return -np.mean((1 - smoothing) * hit + smoothing * np.mean(logp, axis=1)) + 0.5 * reg * np.sum(W * W)


class Classifier:
    lr = 0.5

    def __init__(self, W, b):
        self.W, self.b = W.copy(), b.copy()

    def one_hot(self, y):
        return np.eye(self.W.shape[1])[y]

    def fit(self, X, y, epochs=1):
        for _ in range(epochs):
            logits = np.dot(X, self.W) + self.b
            exps = np.exp(logits)
            probs = exps / np.sum(exps, axis=1)[:, None]
            labels = self.one_hot(y)
            labels = (1 - smoothing) * labels + smoothing / labels.shape[1]
            error = probs - labels
            self.dW = np.dot(X.T, error) / len(X) + reg * self.W
            self.db = np.mean(error, axis=0)
            self.W -= self.lr * self.dW
            self.b -= self.lr * self.db
        return self


def right(W, b, X, y):
    model = Classifier(W, b).fit(X, y)
    return model.dW, model.db


class SoftmaxRegression:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def predict(self, X):
        z = X @ self.W + self.b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def gradient(self, X, y):
        n, k = len(y), self.W.shape[1]
        target = np.full((n, k), smoothing / k)
        target[np.arange(n), y] += 1 - smoothing
        error = (self.predict(X) - target) / n
        dW = X.T @ error + 2 * reg * self.W
        return dW, error.sum(axis=0)


def backprop(W, b, X, y):
    return SoftmaxRegression(W, b).gradient(X, y)
