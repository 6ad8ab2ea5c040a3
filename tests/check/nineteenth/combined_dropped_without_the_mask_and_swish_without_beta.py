"""Combined dropped without the mask and swish without beta.

expected kind: missing-factor or wrong-mask + missing-factor
wrong line: 69 and 70
correction 69: da = df[:, None] * params["w2"] * mask / KEEP
correction 70: slope = s + beta * z * s * (1 - s)
what: The gradient doesn't go back through the dropout; the derivative of swish is that of beta one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "beta", "w2", "b"]
KEEP = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (4,), (4,), (1,), (7, 3)]
    mask = np.array([[1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 1, 0], [1, 1, 0, 1], [0, 1, 1, 1], [1, 1, 1, 1]])
    return *(r.normal(size=shape) for shape in shapes), np.array([1, -1, -1, 1, 1, -1, 1]), mask


def loss(W1, beta, w2, b, X, t, mask):
    z = X @ W1
    a = z / (1 + np.exp(-beta * z))
    margin = t * ((a * mask / KEEP) @ w2 + b)
    return np.mean(np.log(1 + np.exp(-margin)))


class Swish:
    def __init__(self, beta):
        self.beta = beta

    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-self.beta * x))
        return x * self.s

    def backward(self, dout):
        self.dbeta = np.sum(dout * self.x**2 * self.s * (1 - self.s), axis=0)
        return dout * (self.s + self.beta * self.x * self.s * (1 - self.s))


def right(W1, beta, w2, b, X, t, mask):
    act = Swish(beta)
    dropped = act.forward(X @ W1) * mask / KEEP
    score = dropped @ w2 + b
    dscore = -t / (1 + np.exp(t * score)) / len(t)
    dw2, db = dscore @ dropped, np.array([np.sum(dscore)])
    dact = np.outer(dscore, w2) * mask / KEEP
    dz = act.backward(dact)
    return X.T @ dz, act.dbeta, dw2, db


def sgd_step(params, grads, lr):
    for key in params:
        params[key] = params[key] - lr * grads[key]


def backprop(W1, beta, w2, b, X, t, mask):
    params = {"W1": W1, "beta": beta, "w2": w2, "b": b}
    z = X @ params["W1"]
    s = 1 / (1 + np.exp(-params["beta"] * z))
    d = z * s * mask / KEEP
    f = d @ params["w2"] + params["b"]
    df = -t / (1 + np.exp(t * f)) / t.size
    da = df[:, None] * params["w2"]
    slope = s + z * s * (1 - s)
    grads = {"w2": d.T @ df, "b": df.sum(keepdims=True)}
    grads["beta"] = (da * z * z * s * (1 - s)).sum(axis=0)
    grads["W1"] = X.T @ (da * slope)
    sgd_step(params, grads, lr=0.1)
    return grads
