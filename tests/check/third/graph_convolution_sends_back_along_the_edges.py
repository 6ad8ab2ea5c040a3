"""Graph convolution sends back along the edges.

expected kind: transpose
wrong line: 58
correction 58: dH = self.A_hat.T @ dagg
what: The gradient goes through the matrix of the graph, not through its transpose, and the graph is directed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W0", "W1"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A = np.array([[1, 1, 0, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 0, 1], [1, 0, 0, 1, 0], [0, 1, 0, 0, 1]])
    return r.normal(size=(3, 4)), r.normal(size=(4, 2)), r.normal(size=(5, 3)), A, np.array([0, 1, 1, 0, 1])


def loss(W0, W1, X, A, y):
    P = A / A.sum(axis=1, keepdims=True)
    z = P @ np.maximum(0, P @ X @ W0) @ W1
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(5), y])


def right(W0, W1, X, A, y):
    P = A / A.sum(1)[:, None]
    h = np.maximum(0, P @ X @ W0)
    e = np.exp(P @ h @ W1)
    d = (e / e.sum(1, keepdims=True) - np.eye(2)[y]) / 5
    return (P @ X).T @ ((P.T @ d @ W1.T) * (h > 0)), (P @ h).T @ d


class GCN:
    def __init__(self, A, weights):
        self.A_hat = A / A.sum(axis=1)[:, None]
        self.weights = weights

    def forward(self, X):
        self.inputs, self.pre = [], []
        H = X
        for layer, W in enumerate(self.weights):
            agg = self.A_hat @ H
            self.inputs.append(agg)
            Z = agg @ W
            self.pre.append(Z)
            H = np.maximum(Z, 0) if layer == 0 else Z
        e = np.exp(H - H.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dZ):
        grads = []
        for layer in (1, 0):
            grads.insert(0, self.inputs[layer].T @ dZ)
            dagg = dZ @ self.weights[layer].T
            dH = self.A_hat @ dagg
            if layer:
                dZ = dH * (self.pre[layer - 1] > 0)
        return tuple(grads)


def backprop(W0, W1, X, A, y):
    model = GCN(A, [W0, W1])
    delta = model.forward(X)
    delta[np.arange(len(y)), y] -= 1
    return model.backward(delta / len(y))
