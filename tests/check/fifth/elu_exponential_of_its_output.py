"""Elu exponential of its output.

expected kind: wrong-point or stale-value or repeated-factor
wrong line: 41
correction 41: return gradOutput * np.where(out >= 0, 1.0, out + 1)
what: The slope of an ELU is the exponential of its output, where the output plus one belongs
source: https://github.com/hughperkins/DeepCL/issues/46
said: the asker wants the exponential in place of x + 1, and then sees that x is the output there
"""

import numpy as np

PARAMETERS = ["filters", "dense"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 5)), r.normal(size=(5, 3)), r.normal(size=(7, 4)), r.normal(size=(7, 3))


def loss(filters, dense, X, T):
    z = X @ filters
    a = np.where(z >= 0, z, np.exp(z) - 1)
    return np.mean(np.sum((a @ dense - T) ** 2, axis=1))


def right(filters, dense, X, T):
    z = X @ filters
    a = np.where(z >= 0, z, np.exp(z) - 1)
    d = 2 * (a @ dense - T) / len(T)
    return X.T @ (d @ dense.T * np.exp(np.minimum(z, 0))), a.T @ d


class ActivationLayer:
    def forward(self, x):
        self.output = np.where(x >= 0, x, np.exp(x) - 1)
        return self.output

    def backward(self, gradOutput):
        out = self.output
        return gradOutput * np.where(out >= 0, 1.0, np.exp(out))


def backprop(filters, dense, X, T):
    act = ActivationLayer()
    hidden = act.forward(X.dot(filters))
    gradPred = 2.0 / X.shape[0] * (hidden.dot(dense) - T)
    gradDense = hidden.T.dot(gradPred)
    gradHidden = gradPred.dot(dense.T)
    gradFilters = X.T.dot(act.backward(gradHidden))
    return [gradFilters, gradDense]
