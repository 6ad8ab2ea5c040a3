"""Ridge regression with the column of ones in front.

expected kind: repeated-term or another-loss
wrong line: 39
correction 39: grad_w += 2 * regularization.alpha * np.append(0, w[1:])
what: the loss's penalty leaves out the intercept, the gradient's doesn't
source: https://github.com/eriklindernoren/ML-From-Scratch/issues/105
said: The penalty and its gradient went over all weights, the intercept in the first column included, which should have been left out.
"""
import numpy as np

class L2:
    def __init__(self, alpha):
        self.alpha = alpha

    def __call__(self, w):
        return self.alpha * np.sum(w[1:] ** 2)


def loss(X, y, w):
    Xb = np.insert(X, 0, 1, axis=1)
    return np.mean((Xb @ w - y) ** 2) + L2(0.4)(w)


def right(X, y, w):
    regularization = L2(0.4)
    Xb = np.insert(X, 0, 1, axis=1)
    residual = Xb.dot(w) - y
    grad_w = 2 * residual.dot(Xb) / len(y)
    grad_w += 2 * regularization.alpha * np.append(0, w[1:])
    return {"w": grad_w}


def backprop(X, y, w):
    regularization = L2(0.4)
    Xb = np.insert(X, 0, 1, axis=1)
    residual = Xb.dot(w) - y
    grad_w = 2 * residual.dot(Xb) / len(y)
    grad_w += 2 * regularization.alpha * w
    return {"w": grad_w}


PARAMETERS = ["w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 4)), r.normal(size=8), r.normal(size=5)]
