"""Dropout weights of what was not dropped.

expected kind: wrong-point
wrong line: 70
correction 70: dW[2] = self.inputs[-1].T @ grad
what: The last weights meet the activations from before the dropout
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3"]
KEEP = 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    fixed = np.random.default_rng(3)
    M1, M2 = fixed.uniform(size=(6, 4)) < KEEP, fixed.uniform(size=(6, 5)) < KEEP
    y = np.array([0, 1, 2, 2, 1, 0])
    return r.normal(size=(3, 4)), r.normal(size=(4, 5)), r.normal(size=(5, 3)), r.normal(size=(6, 3)), y, M1, M2


def loss(W1, W2, W3, X, y, M1, M2):
    h = np.tanh(X @ W1) * M1 / KEEP
    h = np.tanh(h @ W2) * M2 / KEEP
    scores = h @ W3
    log_norm = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(log_norm - scores[np.arange(len(y)), y])


def right(W1, W2, W3, X, y, M1, M2):
    cache = {}
    cache["d1"] = np.tanh(np.dot(X, W1)) * M1 / KEEP
    cache["a2"] = np.tanh(np.dot(cache["d1"], W2))
    cache["d2"] = cache["a2"] * M2 / KEEP
    scores = np.dot(cache["d2"], W3)
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    dscores = probs
    dscores[range(len(y)), y] -= 1
    dscores /= len(y)
    dW3 = np.dot(cache["d2"].T, dscores)
    dd2 = np.dot(dscores, W3.T)
    da2 = dd2 * M2 / KEEP
    dz2 = da2 * (1 - cache["a2"] ** 2)
    dW2 = np.dot(cache["d1"].T, dz2)
    dd1 = np.dot(dz2, W2.T)
    da1 = dd1 * M1 / KEEP
    dz1 = da1 * (1 - np.tanh(np.dot(X, W1)) ** 2)
    dW1 = np.dot(X.T, dz1)
    return dW1, dW2, dW3


class Net:
    def __init__(self, *weights):
        self.weights = weights

    def forward(self, X, masks):
        self.inputs, self.outputs, self.masks = [X], [], masks
        for W, mask in zip(self.weights[:-1], masks):
            a = np.tanh(self.inputs[-1] @ W)
            self.outputs.append(a)
            self.inputs.append(a * mask / KEEP)
        return self.inputs[-1] @ self.weights[-1]

    def backward(self, grad):
        dW = [None] * 3
        dW[2] = self.outputs[-1].T @ grad
        for l in (1, 0):
            grad = grad @ self.weights[l + 1].T
            grad = grad * self.masks[l] / KEEP
            grad = grad * (1 - self.outputs[l] ** 2)
            dW[l] = self.inputs[l].T @ grad
        return dW


def softmax(z):
    e = np.exp(z)
    return e / np.sum(e, axis=-1, keepdims=True)


def backprop(W1, W2, W3, X, y, M1, M2):
    net = Net(W1, W2, W3)
    p = softmax(net.forward(X, [M1, M2]))
    onehot = np.zeros_like(p)
    onehot[np.arange(len(y)), y] = 1
    return tuple(net.backward((p - onehot) / len(y)))
