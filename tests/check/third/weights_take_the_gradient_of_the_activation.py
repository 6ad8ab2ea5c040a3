"""Weights take the gradient of the activation.

expected kind: missing-factor or stale-value or wrong-point
wrong line: 54
correction 54: grad_W_h = X.T @ grad_htilde / n
what: The first weights are given the gradient of the hidden activation, not of what goes into it
source: https://github.com/arthurdouillard/deepcourse/issues/6
said: in the solution one of the two hidden gradients stands where the other belongs
"""

import numpy as np

PARAMETERS = ["W_h", "b_h", "W_o", "b_o"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=3),
        r.normal(size=(6, 3)), r.integers(0, 3, 6),
    )


def loss(W_h, b_h, W_o, b_o, X, y):
    z = np.tanh(X @ W_h + b_h) @ W_o + b_o
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(y)), y])


def right(W_h, b_h, W_o, b_o, X, y):
    h = np.tanh(X @ W_h + b_h)
    e = np.exp(h @ W_o + b_o)
    d = (e / e.sum(1)[:, None] - np.eye(3)[y]) / len(y)
    k = d @ W_o.T * (1 - h * h)
    return X.T @ k, k.sum(0), h.T @ d, d.sum(0)


class NeuralNet:
    def __init__(self, W_h, b_h, W_o, b_o):
        self.W_h, self.b_h, self.W_o, self.b_o = W_h, b_h, W_o, b_o

    def forward(self, X):
        self.h = np.tanh(X @ self.W_h + self.b_h)
        scores = np.exp(self.h @ self.W_o + self.b_o)
        return scores / scores.sum(axis=1, keepdims=True)

    def grad_loss(self, X, y):
        n = len(X)
        grad_logits = self.forward(X)
        grad_logits[np.arange(n), y] -= 1
        grad_W_o = self.h.T @ grad_logits / n
        grad_b_o = grad_logits.mean(axis=0)
        grad_h = grad_logits @ self.W_o.T
        grad_htilde = grad_h * (1 - self.h**2)
        grad_W_h = X.T @ grad_h / n
        grad_b_h = grad_htilde.mean(axis=0)
        return {"W_h": grad_W_h, "b_h": grad_b_h, "W_o": grad_W_o, "b_o": grad_b_o}


def backprop(W_h, b_h, W_o, b_o, X, y):
    return NeuralNet(W_h, b_h, W_o, b_o).grad_loss(X, y)
