"""Pylists one row for all neurons.

expected kind: repeated-term or wrong-axis or wrong-shape
wrong line: 85
correction 85: self.w_grad = [[0.0 for _ in row] for row in w]
what: The rows of the gradient are one and the same list, so each has the sum over all neurons
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w_in", "b_in", "w_out", "b_out"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=3), r.normal(size=3), r.normal(size=1), r.normal(size=(5, 2)), np.array([1, 0, 0, 1, 1])


def loss(w_in, b_in, w_out, b_out, xs, ys):
    total = 0.0
    for x, y in zip(xs, ys):
        p = 1 / (1 + np.exp(-(w_out @ np.tanh(w_in @ x + b_in) + b_out[0])))
        total = total - (y * np.log(p) + (1 - y) * np.log(1 - p))
    return total / len(xs)


def right(w_in, b_in, w_out, b_out, xs, ys):
    H, D, n = len(w_in), len(w_in[0]), len(xs)
    gw_in = [[0] * D for _ in range(H)]
    gb_in = [0] * H
    gw_out = [0] * H
    gb_out = 0
    for x, y in zip(xs, ys):
        h = []
        for k in range(H):
            s = b_in[k]
            for d in range(D):
                s += w_in[k][d] * x[d]
            e1, e2 = np.exp(s), np.exp(-s)
            h.append((e1 - e2) / (e1 + e2))
        z = b_out[0]
        for k in range(H):
            z += w_out[k] * h[k]
        p = 1 / (1 + np.exp(-z))
        dp = (p - y) / (p * (1 - p))
        dz = dp * p * (1 - p)
        gb_out += dz
        for k in range(H):
            gw_out[k] += dz * h[k]
            dh = dz * w_out[k]
            ds = dh * (1 - h[k] ** 2)
            gb_in[k] += ds
            for d in range(D):
                gw_in[k][d] += ds * x[d]
    for k in range(H):
        gw_out[k] /= n
        gb_in[k] /= n
        for d in range(D):
            gw_in[k][d] /= n
    gb_out /= n
    return gw_in, gb_in, gw_out, [gb_out]


import math


def dot(v, w):
    return sum(a * b for a, b in zip(v, w))


class Tanh:
    def forward(self, zs):
        self.out = [math.tanh(z) for z in zs]
        return self.out

    def backward(self, grads):
        return [g * (1 - o * o) for g, o in zip(grads, self.out)]


class Linear:
    def __init__(self, w, b):
        self.w, self.b = w, b
        self.w_grad = [[0.0 for _ in w[0]]] * len(w)
        self.b_grad = [0.0 for _ in b]

    def forward(self, x):
        self.x = x
        return [dot(row, x) + b for row, b in zip(self.w, self.b)]

    def backward(self, grads):
        for o in range(len(self.w)):
            self.b_grad[o] += grads[o]
            for i in range(len(self.x)):
                self.w_grad[o][i] += grads[o] * self.x[i]
        return [sum(grads[o] * self.w[o][i] for o in range(len(self.w))) for i in range(len(self.x))]


def backprop(w_in, b_in, w_out, b_out, xs, ys):
    first, act, last = Linear(w_in.tolist(), b_in.tolist()), Tanh(), Linear([w_out.tolist()], b_out.tolist())
    n = len(xs)
    for x, y in zip(xs.tolist(), ys.tolist()):
        z = last.forward(act.forward(first.forward(x)))[0]
        p = 1 / (1 + math.exp(-z))
        dz = [(p - y) / n]
        first.backward(act.backward(last.backward(dz)))
    return first.w_grad, first.b_grad, last.w_grad[0], last.b_grad
