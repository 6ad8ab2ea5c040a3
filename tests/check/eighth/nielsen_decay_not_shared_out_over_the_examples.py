"""Nielsen decay not shared out over the examples.

expected kind: sum-for-mean or scale or missing-factor
wrong line: 84
correction 84: decay = LMBDA / m
what: The penalty of the weights is not divided by the number of examples
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w1", "w2", "b1", "b2"]


LMBDA = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    x, y = r.normal(size=(6, 3)), (r.random((6, 2)) > 0.5).astype(float)
    return r.normal(size=(4, 3)), r.normal(size=(2, 4)), r.normal(size=4), r.normal(size=2), x, y


def loss(w1, w2, b1, b2, x, y):
    h = 1 / (1 + np.exp(-(x @ w1.T + b1)))
    a = 1 / (1 + np.exp(-(h @ w2.T + b2)))
    cost = -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / len(x)
    return cost + 0.5 * LMBDA / len(x) * (np.sum(w1**2) + np.sum(w2**2))


class CrossEntropyCost:
    @staticmethod
    def delta(z, a, y):
        return a - y


def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigma_prime(z):
    return sigma(z) * (1 - sigma(z))


def nablas(weights, biases, x, y, cost=CrossEntropyCost):
    activations, zs = [x.reshape(-1, 1)], []
    for w, b in zip(weights, biases):
        zs.append(w.dot(activations[-1]) + b.reshape(-1, 1))
        activations.append(sigma(zs[-1]))
    nabla_w, nabla_b = [], []
    delta = cost.delta(zs[-1], activations[-1], y.reshape(-1, 1))
    for l in range(1, len(weights) + 1):
        if l > 1:
            delta = weights[-l + 1].T.dot(delta) * sigma_prime(zs[-l])
        nabla_w.insert(0, delta.dot(activations[-l - 1].T))
        nabla_b.insert(0, delta.ravel())
    return nabla_w, nabla_b


def right(w1, w2, b1, b2, x, y):
    weights, biases = [w1, w2], [b1, b2]
    sum_w, sum_b = [0, 0], [0, 0]
    for i in range(len(x)):
        nw, nb = nablas(weights, biases, x[i], y[i])
        for l in range(2):
            sum_w[l] = sum_w[l] + nw[l]
            sum_b[l] = sum_b[l] + nb[l]
    n = len(x)
    dw = [(s + LMBDA * w) / n for s, w in zip(sum_w, weights)]
    return {"w1": dw[0], "w2": dw[1], "b1": sum_b[0] / n, "b2": sum_b[1] / n}


sig = lambda z: 1 / (1 + np.exp(-z))


def backprop(w1, w2, b1, b2, x, y):
    m = x.shape[0]
    h = sig(x @ w1.T + b1)
    a = sig(h @ w2.T + b2)
    d2 = (a - y) / m
    d1 = (d2 @ w2) * h * (1 - h)
    gw1, gw2 = d1.T @ x, d2.T @ h
    decay = LMBDA
    gw1 += decay * w1
    gw2 += decay * w2
    return gw1, gw2, d1.sum(axis=0), d2.sum(axis=0)
