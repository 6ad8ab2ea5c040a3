"""Arrays graph mean over all nodes.

expected kind: scale or mean-for-sum or sum-for-mean
wrong line: 82 or 83
correction 82: dscores /= len(nodes)
correction 83: back = P.T @ dscores * len(labels) / len(nodes)
given as: arrays
what: The sum over the nodes of the training set is divided by the number of all nodes
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, X = r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=(7, 3))
    A = np.zeros((7, 7), dtype=int)
    A[[0, 0, 1, 2, 3, 3, 4, 5, 6, 6], [1, 2, 3, 0, 4, 6, 5, 1, 2, 5]] = 1
    labels = np.array([0, 2, 1, 1, 0, 2, 1])
    train = np.array([True, True, False, True, False, True, False])
    return W1, W2, X, A, labels, train


def normalise(A):
    A_hat = A + np.eye(len(A))
    return A_hat / A_hat.sum(axis=1, keepdims=True)


def loss(W1, W2, X, A, labels, train):
    P = normalise(A)
    scores = P @ np.maximum(P @ X @ W1, 0) @ W2
    nll = np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(labels)), labels]
    return np.sum(nll * train) / np.sum(train)


class GraphConv:
    def __init__(self, P, W, activate):
        self.P, self.W, self.activate = P, W, activate

    def forward(self, H):
        self.M = np.dot(self.P, H)
        self.Z = np.dot(self.M, self.W)
        return np.maximum(self.Z, 0) if self.activate else self.Z

    def backward(self, dout):
        if self.activate:
            dout = dout * (self.Z > 0)
        self.dW = np.dot(self.M.T, dout)
        dM = np.dot(dout, self.W.T)
        return np.dot(self.P.T, dM)


def right(W1, W2, X, A, labels, train):
    P = normalise(A)
    layers = [GraphConv(P, W1, True), GraphConv(P, W2, False)]
    H = X
    for layer in layers:
        H = layer.forward(H)
    probs = np.exp(H) / np.exp(H).sum(axis=1, keepdims=True)
    grad = (probs - np.eye(H.shape[1])[labels]) * train[:, None] / train.sum()
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return layers[0].dW, layers[1].dW


def backprop(W1, W2, X, A, labels, train):
    P = normalise(A)
    PX = P @ X
    pre = PX @ W1
    hidden = np.where(pre > 0, pre, 0)
    scores = P @ (hidden @ W2)
    dscores = np.zeros_like(scores)
    nodes = np.flatnonzero(train)
    for i in nodes:
        p = np.exp(scores[i] - scores[i].max())
        dscores[i] = p / p.sum()
        dscores[i, labels[i]] -= 1
    dscores /= len(labels)
    back = P.T @ dscores
    dW2 = hidden.T @ back
    dpre = back @ W2.T
    dpre[pre <= 0] = 0
    return PX.T @ dpre, dW2
