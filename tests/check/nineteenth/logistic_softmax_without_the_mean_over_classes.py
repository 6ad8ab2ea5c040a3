"""Logistic softmax without the mean over classes.

expected kind: sum-for-mean
wrong line: 65
correction 65: dz = (s - Y[i]) / Y.size
what: The cost is divided by the number of all targets, its gradient isn't
source: https://z.id.vn/?p=348969
said: softmax minus target doesn't agree with the numerical gradient; the cost shown is divided by the length of the target, the gradient isn't
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    Y = np.eye(4, dtype=int)[[2, 0, 3, 1, 1, 2]]
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(6, 3)), Y


def loss(W, b, X, Y):
    scores = X @ W + b
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    return -np.sum(Y * np.log(p)) / Y.size + REG * np.sum(W**2)


class SoftmaxClassifier:
    def __init__(self, W, b, reg):
        self.W, self.b, self.reg = W, b, reg

    def forward(self, X):
        self.X = X
        scores = X.dot(self.W) + self.b
        self.P = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.P /= self.P.sum(axis=1, keepdims=True)

    def backward(self, Y):
        dscores = (self.P - Y) / Y.size
        self.dW = self.X.T.dot(dscores)
        self.db = dscores.sum(axis=0)

    def regularize(self):
        self.dW = self.dW + 2 * self.reg * self.W


def right(W, b, X, Y):
    model = SoftmaxClassifier(W, b, REG)
    model.forward(X)
    model.backward(Y)
    model.regularize()
    return {"W": model.dW, "b": model.db}


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def backprop(W, b, X, Y):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(X.shape[0]):
        s = softmax(X[i] @ W + b)
        dz = s - Y[i]
        dW += np.outer(X[i], dz)
        db += dz
    dW += 2 * REG * W
    return dW, db
