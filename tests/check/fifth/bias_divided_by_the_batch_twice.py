"""Bias divided by the batch twice.

expected kind: mean-for-sum or scale
wrong line: 52
correction 52: self.db = grad.sum(axis=0)
what: The bias takes a mean over the rows of gradients that have been divided by the size of the batch
source: https://github.com/deeplearning4j/deeplearning4j/pull/366
said: biases are still divided by the batch size twice, since the adjustment of the gradient divides too; a sum
    belongs there
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=2), r.normal(size=(6, 3)),
        r.normal(size=(6, 2)),
    )


def loss(W1, b1, W2, b2, X, T):
    H = 1 / (1 + np.exp(-(X @ W1 + b1)))
    return 0.5 * np.sum((H @ W2 + b2 - T) ** 2) / len(X)


def right(W1, b1, W2, b2, X, T):
    H = 1 / (1 + np.exp(-(X @ W1 + b1)))
    R = (H @ W2 + b2 - T) / X.shape[0]
    S = R @ W2.T * H * (1 - H)
    one = np.ones(len(X))
    return X.T @ S, one @ S, H.T @ R, one @ R


class Dense:
    def __init__(self, W, b, activation):
        self.W, self.b, self.activation = W, b, activation

    def forward(self, x):
        self.x = x
        z = x @ self.W + self.b
        self.out = 1 / (1 + np.exp(-z)) if self.activation == "sigmoid" else z
        return self.out

    def backward(self, grad):
        if self.activation == "sigmoid":
            grad = grad * self.out * (1 - self.out)
        self.dW = self.x.T @ grad
        self.db = grad.mean(axis=0)
        return grad @ self.W.T


def backprop(W1, b1, W2, b2, X, T):
    layers = [Dense(W1, b1, "sigmoid"), Dense(W2, b2, "identity")]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = (out - T) / len(X)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return layers[0].dW, layers[0].db, layers[1].dW, layers[1].db
