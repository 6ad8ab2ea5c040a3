"""Arrays logistic decay replaces the gradient.

expected kind: missing-term
wrong line: 62
correction 62: self.dW = self.dW + 2 * self.reg * self.W
given as: arrays
what: The gradient of the penalty is put in the place of the weights' gradient instead of being added
source: https://github.com/open-nudge/torchlayers/issues/18
said: the gradient of the parameter is replaced by that of the regularisation; it should be added to what is there
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


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def right(W, b, X, Y):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(X.shape[0]):
        s = softmax(X[i] @ W + b)
        dz = (s - Y[i]) / Y.size
        dW += np.outer(X[i], dz)
        db += dz
    dW += 2 * REG * W
    return dW, db


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
        self.dW = 2 * self.reg * self.W


def backprop(W, b, X, Y):
    model = SoftmaxClassifier(W, b, REG)
    model.forward(X)
    model.backward(Y)
    model.regularize()
    return {"W": model.dW, "b": model.db}
