"""Sigmoid net only the last example.

expected kind: missing-term or missing-sum or stale-value
wrong line: 57
correction 57: self.grads[1] += np.outer(delta_out, hid)
what: The gradient of the output's weights is written over by every example, for being added to
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w_ih", "w_ho"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(2, 4)), r.normal(size=(5, 3)), r.integers(2, size=(5, 2)) * 1.0


def logistic(x):
    return 1 / (1 + np.exp(-x))


def loss(w_ih, w_ho, inputs, targets):
    total = 0.0
    for x, t in zip(inputs, targets):
        out = logistic(w_ho @ logistic(w_ih @ x))
        total += np.sum((t - out) ** 2)
    return total


def right(w_ih, w_ho, inputs, targets):
    H = logistic(inputs @ w_ih.T)
    O = logistic(H @ w_ho.T)
    D = -2 * (targets - O) * O * (1 - O)
    E = (D @ w_ho) * H * (1 - H)
    return E.T @ inputs, D.T @ H


class MLP:
    def __init__(self, weights):
        self.weights = weights
        self.grads = [np.zeros_like(w) for w in weights]

    def feedforward(self, x):
        self.layers = [x]
        for w in self.weights:
            self.layers.append(logistic(w @ self.layers[-1]))
        return self.layers[-1]

    def backpropagate(self, target):
        inp, hid, out2 = self.layers
        delta_out = 2 * (out2 - target) * out2 * (1 - out2)
        err_hid = self.weights[1].T @ delta_out
        delta_hid = err_hid * hid * (1 - hid)
        self.grads[1] = np.outer(delta_out, hid)
        self.grads[0] += np.outer(delta_hid, inp)


def backprop(w_ih, w_ho, inputs, targets):
    net = MLP([w_ih, w_ho])
    for x, t in zip(inputs, targets):
        net.feedforward(x)
        net.backpropagate(t)
    return tuple(net.grads)
