"""Log softmax led back as a softmax.

expected kind: wrong-activation or missing-factor or wrong-point
wrong line: 47
correction 47: return grad - np.exp(self.output) * grad.sum(axis=1, keepdims=True)
what: From the gradient its inner product with the output is taken off, as for a softmax; here the probability times the sum belongs
source: https://github.com/uxlfoundation/oneDNN/issues/616
said: the right formula has the exponential of the output times the sum of the gradient
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.integers(0, 4, size=6), r.normal(size=(3, 4)), r.normal(size=4)


def loss(X, y, W, b):
    z = X @ W + b
    z = z - np.max(z, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(6), y])


def right(X, y, W, b):
    scores = X.dot(W) + b
    scores -= np.max(scores, axis=1)[:, np.newaxis]
    dscores = np.exp(scores)
    dscores /= np.sum(dscores, axis=1)[:, np.newaxis]
    dscores[range(X.shape[0]), y] -= 1
    dscores /= X.shape[0]
    dW = X.T.dot(dscores)
    db = np.sum(dscores, axis=0)
    return dW, db


class LogSoftmax:
    def forward(self, z):
        shifted = z - z.max(axis=1, keepdims=True)
        self.output = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return self.output

    def backward(self, grad):
        return grad - (grad * self.output).sum(axis=1, keepdims=True)


class NLLLoss:
    def forward(self, logp, target):
        self.shape, self.target = logp.shape, target
        return -logp[np.arange(len(target)), target].mean()

    def backward(self):
        grad = np.zeros(self.shape)
        grad[np.arange(len(self.target)), self.target] = -1 / len(self.target)
        return grad


def backprop(X, y, W, b):
    activation, criterion = LogSoftmax(), NLLLoss()
    criterion.forward(activation.forward(X @ W + b), y)
    dz = activation.backward(criterion.backward())
    return X.T @ dz, dz.sum(axis=0)
