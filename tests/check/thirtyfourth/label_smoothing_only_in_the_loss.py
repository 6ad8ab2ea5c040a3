"""A criterion as a class that smooths the labels, behind a hidden layer.

expected kind: another-loss or missing-term or missing-factor
wrong line: 57
correction 57: return np.exp(self.logp) - (1 - SMOOTHING) * one_hot(self.y, self.k) - SMOOTHING / self.k
what: the labels are smoothed in the forward pass; the backward pass still subtracts the hard ones
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

SMOOTHING = 0.2


def one_hot(y, k):
    return np.eye(k)[y]


def loss(X, y, W1, W2):
    s = np.tanh(X @ W1) @ W2
    logp = s - s.max(1, keepdims=True)
    logp = logp - np.log(np.sum(np.exp(logp), 1, keepdims=True))
    target = (1 - SMOOTHING) * one_hot(y, s.shape[1]) + SMOOTHING / s.shape[1]
    return -np.sum(target * logp)


class SmoothedCrossEntropyChecked:
    def forward(self, s, y):
        k = s.shape[1]
        self.y, self.k = y, k
        logp = s - s.max(1, keepdims=True)
        self.logp = logp - np.log(np.sum(np.exp(logp), 1, keepdims=True))
        return -np.sum(((1 - SMOOTHING) * one_hot(y, k) + SMOOTHING / k) * self.logp)

    def backward(self):
        return np.exp(self.logp) - (1 - SMOOTHING) * one_hot(self.y, self.k) - SMOOTHING / self.k


def right(X, y, W1, W2):
    H = np.tanh(X @ W1)
    criterion = SmoothedCrossEntropyChecked()
    criterion.forward(H @ W2, y)
    ds = criterion.backward()
    dH = ds @ W2.T
    return X.T @ (dH * (1 - H ** 2)), H.T @ ds


class SmoothedCrossEntropy:
    def forward(self, s, y):
        k = s.shape[1]
        self.y, self.k = y, k
        logp = s - s.max(1, keepdims=True)
        self.logp = logp - np.log(np.sum(np.exp(logp), 1, keepdims=True))
        return -np.sum(((1 - SMOOTHING) * one_hot(y, k) + SMOOTHING / k) * self.logp)

    def backward(self):
        return np.exp(self.logp) - one_hot(self.y, self.k)


def backprop(X, y, W1, W2):
    H = np.tanh(X @ W1)
    criterion = SmoothedCrossEntropy()
    criterion.forward(H @ W2, y)
    ds = criterion.backward()
    dH = ds @ W2.T
    return X.T @ (dH * (1 - H ** 2)), H.T @ ds


PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.integers(4, size=5), r.normal(size=(3, 4)), r.normal(size=(4, 4))]
