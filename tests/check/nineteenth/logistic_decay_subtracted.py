"""Logistic decay subtracted.

expected kind: sign
wrong line: 45
correction 45: grads[name] += decay * params[name]
what: The decay is taken from the gradient, so that a step makes the weights grow
source: https://github.com/chainer/chainer/issues/261
said: the decayed parameter is subtracted from the gradient, but it has to be added, since the gradient is subtracted later
"""

import numpy as np

PARAMETERS = ["w", "b"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=1), r.normal(size=(9, 4)), np.array([0, 1, 1, 0, 1, 0, 0, 1, 1])


def loss(w, b, X, y):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + 0.5 * LAM * np.sum(w**2)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def right(w, b, X, y):
    m = len(y)
    Xb = np.c_[np.ones(m), X]
    theta = np.r_[b, w]
    h = sigmoid(Xb @ theta)
    penalty = LAM * theta
    penalty[0] = 0
    grad = Xb.T @ (h - y) / m + penalty
    return grad[1:], grad[:1]


def weight_decay(params, grads, decay):
    for name in params:
        if name.startswith("w"):
            grads[name] -= decay * params[name]


def backprop(w, b, X, y):
    params = {"w": w, "b": b}
    scores = X.dot(params["w"]) + params["b"]
    probability = 1.0 / (1.0 + np.exp(-scores))
    dscores = (probability - y) / y.size
    grads = {"w": X.T.dot(dscores), "b": np.array([dscores.sum()])}
    weight_decay(params, grads, LAM)
    return grads
