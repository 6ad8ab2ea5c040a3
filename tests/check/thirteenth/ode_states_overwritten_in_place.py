"""Ode states overwritten in place.

expected kind: wrong-point or stale-value
wrong line: 83 or 68 or 81
correction 68: return a @ W2, (z.copy(), a)
correction 81: k1, c1 = field(z.copy(), W1, W2)
correction 83: z = z + h * k2
what: The state is stepped in place, so that all states that were kept for the way back are the last one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "x"]

h, steps = 0.3, 3


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=s) for s in [(2, 5), (5, 2), (4, 2), (4, 2)])


def loss(W1, W2, x, y):
    z = x
    for _ in range(steps):
        middle = z + 0.5 * h * np.tanh(z @ W1) @ W2
        z = z + h * np.tanh(middle @ W1) @ W2
    return np.mean(np.sum((z - y) ** 2, axis=1))


class Net:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2
        self.dW1, self.dW2 = np.zeros_like(W1), np.zeros_like(W2)
        self.stack = []

    def __call__(self, z):
        hidden = np.tanh(np.dot(z, self.W1))
        self.stack.append((z, hidden))
        return np.dot(hidden, self.W2)

    def back(self, delta):
        z, hidden = self.stack.pop()
        self.dW2 += np.dot(hidden.T, delta)
        dpre = np.dot(delta, self.W2.T) * (1 - hidden * hidden)
        self.dW1 += np.dot(z.T, dpre)
        return np.dot(dpre, self.W1.T)


def right(W1, W2, x, y):
    f = Net(W1, W2)
    z = x.copy()
    for step in range(steps):
        middle = z + h / 2 * f(z)
        z = z + h * f(middle)
    adjoint = 2.0 / x.shape[0] * (z - y)
    for step in reversed(range(steps)):
        dmiddle = f.back(h * adjoint)
        dstart = f.back(h / 2 * dmiddle)
        adjoint = adjoint + dmiddle + dstart
    return f.dW1, f.dW2, adjoint


def field(z, W1, W2):
    a = np.tanh(z @ W1)
    return a @ W2, (z, a)


def field_backward(g, cache, W1, W2):
    z, a = cache
    gW2 = a.T @ g
    ga = g @ W2.T * (1 - a**2)
    return ga @ W1.T, z.T @ ga, gW2


def backprop(W1, W2, x, y):
    tape, z = [], x
    for _ in range(steps):
        k1, c1 = field(z, W1, W2)
        k2, c2 = field(z + 0.5 * h * k1, W1, W2)
        z += h * k2
        tape.append((c1, c2))
    gz = 2 * (z - y) / len(x)
    gW1, gW2 = np.zeros_like(W1), np.zeros_like(W2)
    for c1, c2 in tape[::-1]:
        gmid, d1, d2 = field_backward(h * gz, c2, W1, W2)
        gW1 += d1
        gW2 += d2
        gk1 = 0.5 * h * gmid
        gstart, d1, d2 = field_backward(gk1, c1, W1, W2)
        gW1 += d1
        gW2 += d2
        gz = gz + gmid + gstart
    return gW1, gW2, gz
