"""Combined nielsen decay not divided and slope at the activation.

expected kind: sum-for-mean or scale + wrong-point
wrong line: 95 and 98
correction 95: dws.append(delta @ a.T + LMBDA / n * w)
correction 98: delta = w.T @ delta * dsigma(z)
what: The decay isn't divided by the number of examples; the sigmoid's derivative is taken at the activation
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w1", "w2", "w3", "b1", "b2", "b3"]
LMBDA = 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 2), (3, 4), (3, 3), (4, 1), (3, 1), (3, 1), (2, 6)]
    Y = np.eye(3, dtype=int)[:, [0, 2, 1, 1, 0, 2]]
    return *(r.normal(size=shape) for shape in shapes), Y


def loss(w1, w2, w3, b1, b2, b3, X, Y):
    n = X.shape[1]
    a = X
    for w, b in ((w1, b1), (w2, b2), (w3, b3)):
        a = 1 / (1 + np.exp(-(w @ a + b)))
    cost = -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / n
    return cost + 0.5 * LMBDA / n * (np.sum(w1**2) + np.sum(w2**2) + np.sum(w3**2))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


class CrossEntropyCost:
    @staticmethod
    def delta(z, a, y):
        return a - y


def one_example(weights, biases, x, y, cost=CrossEntropyCost):
    a = x
    zs, activations = [], [x]
    for w, b in zip(weights, biases):
        z = np.dot(w, a) + b
        a = sigmoid(z)
        zs.append(z)
        activations.append(a)
    delta = cost.delta(zs[-1], activations[-1], y)
    deltas = [delta]
    for l in range(len(weights) - 1, 0, -1):
        delta = np.dot(weights[l].transpose(), delta) * sigmoid_prime(zs[l - 1])
        deltas.insert(0, delta)
    return [np.dot(d, a.transpose()) for d, a in zip(deltas, activations)], deltas


def right(w1, w2, w3, b1, b2, b3, X, Y):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    n = X.shape[1]
    nabla_w = [LMBDA / n * w for w in weights]
    nabla_b = [np.zeros(b.shape) for b in biases]
    for x, y in zip(X.T, Y.T):
        delta_nabla_w, delta_nabla_b = one_example(weights, biases, x[:, None], y[:, None])
        nabla_w = [nw + dnw / n for nw, dnw in zip(nabla_w, delta_nabla_w)]
        nabla_b = [nb + dnb / n for nb, dnb in zip(nabla_b, delta_nabla_b)]
    return (*nabla_w, *nabla_b)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def dsigma(z):
    return sigma(z) * (1 - sigma(z))


def backprop(w1, w2, w3, b1, b2, b3, X, Y):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    n = X.shape[1]
    zs, acts = [], [X]
    for w, b in zip(weights, biases):
        zs.append(w @ acts[-1] + b)
        acts.append(sigma(zs[-1]))
    delta = (acts[-1] - Y) / n
    dws, dbs = [], []
    below = [None] + zs[:-1]
    for w, z, a in zip(reversed(weights), reversed(below), reversed(acts[:-1])):
        dws.append(delta @ a.T + LMBDA * w)
        dbs.append(delta.sum(axis=1, keepdims=True))
        if z is not None:
            delta = w.T @ delta * dsigma(a)
    return (*dws[::-1], *dbs[::-1])
