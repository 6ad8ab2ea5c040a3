"""Logistic bias decays too.

expected kind: repeated-term
wrong line: 53 or 54
correction 53: penalty = LAM * np.r_[0.0, w]
correction 54: grad = Xb.T @ (h - y) / m + LAM * np.r_[0.0, w]
what: The penalty's gradient is added for the bias as well, which the loss doesn't penalise
source: https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/32
said: the L2 penalty is applied to the biases too; is that intended
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


def weight_decay(params, grads, decay):
    for name in params:
        if name.startswith("w"):
            grads[name] += decay * params[name]


def right(w, b, X, y):
    params = {"w": w, "b": b}
    scores = X.dot(params["w"]) + params["b"]
    probability = 1.0 / (1.0 + np.exp(-scores))
    dscores = (probability - y) / y.size
    grads = {"w": X.T.dot(dscores), "b": np.array([dscores.sum()])}
    weight_decay(params, grads, LAM)
    return grads


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(w, b, X, y):
    m = len(y)
    Xb = np.c_[np.ones(m), X]
    theta = np.r_[b, w]
    h = sigmoid(Xb @ theta)
    penalty = LAM * theta
    grad = Xb.T @ (h - y) / m + penalty
    return grad[1:], grad[:1]
