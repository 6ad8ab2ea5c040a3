"""Char only the last step has an error of its own.

expected kind: missing-term or detached
wrong line: 101
correction 101: da_next = da[:, [t]] if t == T_x - 1 else da[:, [t]] + da_prevt
what: The cell is given what comes back from the step after it, not the gradient of its own prediction, but at the last step
source: https://community.deeplearning.ai/t/question-on-backpropagation-week-1-prog-assignment-1/555129
said: the backward pass of a recurrent network gives zeros; each cell is handed only the gradient carried from the next one
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.8 * r.normal(size=s) for s in ((3, 4), (3, 3), (4, 3), 3, 4)]
    return *weights, np.array([0, 2, 1, 3, 2]), np.array([2, 1, 3, 2, 0])


def loss(Wxh, Whh, Why, bh, by, inputs, targets):
    h, total = np.zeros(3), 0.0
    for i, k in zip(inputs, targets):
        h = np.tanh(Wxh[:, i] + Whh @ h + bh)
        y = Why @ h + by
        total = total - y[k] + np.log(np.sum(np.exp(y)))
    return total


class CharRNN:
    def __init__(self, Wxh, Whh, Why, bh, by):
        self.params = {"Wxh": Wxh, "Whh": Whh, "Why": Why, "bh": bh, "by": by}
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, inputs):
        p = self.params
        self.inputs = inputs
        self.a, self.h, self.probs = {}, {-1: np.zeros(3)}, {}
        for t, i in enumerate(inputs):
            self.a[t] = p["Wxh"][:, i] + np.dot(p["Whh"], self.h[t - 1]) + p["bh"]
            self.h[t] = np.tanh(self.a[t])
            scores = np.exp(np.dot(p["Why"], self.h[t]) + p["by"])
            self.probs[t] = scores / scores.sum()

    def backward(self, targets):
        dhnext = np.zeros(3)
        for t in range(len(targets) - 1, -1, -1):
            dy = self.probs[t].copy()
            dy[targets[t]] -= 1
            self.grads["Why"] += np.outer(dy, self.h[t])
            self.grads["by"] += dy
            dh = np.dot(self.params["Why"].T, dy) + dhnext
            draw = dh * (1 - self.h[t] ** 2)
            self.grads["bh"] += draw
            self.grads["Wxh"][:, self.inputs[t]] += draw
            self.grads["Whh"] += np.outer(draw, self.h[t - 1])
            dhnext = np.dot(self.params["Whh"].T, draw)


def right(Wxh, Whh, Why, bh, by, inputs, targets):
    net = CharRNN(Wxh, Whh, Why, bh, by)
    net.forward(inputs)
    net.backward(targets)
    return net.grads


def softmax(v):
    e = np.exp(v - v.max(axis=0))
    return e / e.sum(axis=0)


def rnn_cell_backward(da_next, cache, Waa):
    a_next, a_prev, xt = cache
    dtanh = (1 - a_next**2) * da_next
    return {
        "dWax": np.dot(dtanh, xt.T),
        "dWaa": np.dot(dtanh, a_prev.T),
        "dba": dtanh.sum(axis=1),
        "da_prev": np.dot(Waa.T, dtanh),
    }


def backprop(Wxh, Whh, Why, bh, by, inputs, targets):
    n_a, T_x = len(bh), len(inputs)
    caches, a_prev = [], np.zeros((n_a, 1))
    a = np.zeros((n_a, T_x))
    for t in range(T_x):
        xt = np.zeros((4, 1))
        xt[inputs[t]] = 1
        a_next = np.tanh(Wxh @ xt + Whh @ a_prev + bh[:, None])
        caches.append((a_next, a_prev, xt))
        a[:, t] = a_next[:, 0]
        a_prev = a_next
    dz = softmax(Why @ a + by[:, None])
    dz[targets, range(T_x)] -= 1
    da = Why.T @ dz
    dWax, dWaa, dba = np.zeros((n_a, 4)), np.zeros((n_a, n_a)), np.zeros(n_a)
    da_prevt = np.zeros((n_a, 1))
    for t in reversed(range(T_x)):
        da_next = da[:, [t]] if t == T_x - 1 else da_prevt
        gradients = rnn_cell_backward(da_next, caches[t], Whh)
        da_prevt = gradients["da_prev"]
        dWax += gradients["dWax"]
        dWaa += gradients["dWaa"]
        dba += gradients["dba"]
    return dWax, dWaa, dz @ a.T, dba, dz.sum(axis=1)
