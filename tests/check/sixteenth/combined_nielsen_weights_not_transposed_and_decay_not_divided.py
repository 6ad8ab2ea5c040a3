"""Combined nielsen weights not transposed and decay not divided.

expected kind: transpose + sum-for-mean or scale
wrong line: 85 and 87
correction 85: error = np.dot(ws[i].T, error) * a[i] * (1 - a[i])
correction 87: out[f"w{i}"] += LMBDA * w / n
what: The error goes back through the weights untransposed; the weight decay isn't divided by the number of examples
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w1", "w2", "w3", "b1", "b2", "b3"]
LMBDA = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    w, b = [r.normal(size=(3, 3)) for _ in range(3)], [r.normal(size=(3, 1)) for _ in range(3)]
    return *w, *b, r.normal(size=(4, 3, 1)), np.eye(3)[[0, 2, 1, 2]][:, :, None]


def loss(w1, w2, w3, b1, b2, b3, xs, ys):
    cost = 0.0
    for x, y in zip(xs, ys):
        a = 1 / (1 + np.exp(-(w1 @ x + b1)))
        a = 1 / (1 + np.exp(-(w2 @ a + b2)))
        a = 1 / (1 + np.exp(-(w3 @ a + b3)))
        cost = cost - np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / len(xs)
    return cost + 0.5 * LMBDA / len(xs) * (np.sum(w1**2) + np.sum(w2**2) + np.sum(w3**2))


class CrossEntropyCost:
    @staticmethod
    def delta(z, a, y):
        return a - y


def backprop_one(weights, biases, x, y, cost=CrossEntropyCost):
    activations, zs = [x], []
    for w, b in zip(weights, biases):
        zs.append(np.dot(w, activations[-1]) + b)
        activations.append(1 / (1 + np.exp(-zs[-1])))
    nabla_b, nabla_w = [None] * len(biases), [None] * len(weights)
    delta = cost.delta(zs[-1], activations[-1], y)
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].T)
    for l in range(2, len(weights) + 1):
        sp = activations[-l] * (1 - activations[-l])
        delta = np.dot(weights[-l + 1].T, delta) * sp
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
    return nabla_w, nabla_b


def right(w1, w2, w3, b1, b2, b3, xs, ys):
    weights, biases, n = [w1, w2, w3], [b1, b2, b3], len(xs)
    gw, gb = [LMBDA / n * w for w in weights], [np.zeros_like(b) for b in biases]
    for x, y in zip(xs, ys):
        nw, nb = backprop_one(weights, biases, x, y)
        for l in range(3):
            gw[l] += nw[l] / n
            gb[l] += nb[l] / n
    return *gw, *gb


def feed(ws, bs, x):
    layers = [x]
    for w, b in zip(ws, bs):
        layers.append(1.0 / (1.0 + np.exp(-np.dot(w, layers[-1]) - b)))
    return layers


def backprop(w1, w2, w3, b1, b2, b3, xs, ys):
    ws, bs = [w1, w2, w3], [b1, b2, b3]
    n = len(xs)
    out = {f"{k}{i}": 0.0 for k in "wb" for i in (1, 2, 3)}
    for x, y in zip(xs, ys):
        a = feed(ws, bs, x)
        error = (a[-1] - y) / n
        for i in reversed(range(3)):
            out[f"w{i + 1}"] = out[f"w{i + 1}"] + np.outer(error, a[i])
            out[f"b{i + 1}"] = out[f"b{i + 1}"] + error
            error = np.dot(ws[i], error) * a[i] * (1 - a[i])
    for i, w in enumerate(ws, start=1):
        out[f"w{i}"] += LMBDA * w
    return out
