"""Combined everystep recurrent weights see the state itself and carried back untransposed.

expected kind: wrong-point or stale-value + transpose or swapped-operands
wrong line: 76 and 78
correction 76: grads["Wh"] += raw[:, None] * self.before[None, :]
correction 78: return raw @ self.net["Wh"]
what: The recurrent weights are given the state of their own step; what goes to the step before passes them untransposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "Wy", "bh", "by"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    Wx, Wh, Wy = (rng.normal(size=s) * 0.8 for s in ((4, 3), (4, 4), (3, 4)))
    return Wx, Wh, Wy, rng.normal(size=4), rng.normal(size=3), rng.normal(size=(5, 3)), rng.integers(0, 3, size=5), rng.normal(size=4)


def loss(Wx, Wh, Wy, bh, by, inputs, targets, h0):
    h, total = h0, 0.0
    for t in range(len(inputs)):
        h = np.tanh(Wx @ inputs[t] + Wh @ h + bh)
        y = Wy @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[targets[t]]
    return total / len(inputs)


def right(Wx, Wh, Wy, bh, by, inputs, targets, h0):
    hs, ps = {-1: np.copy(h0)}, {}
    for t in range(len(inputs)):
        hs[t] = np.tanh(np.dot(Wx, inputs[t]) + np.dot(Wh, hs[t - 1]) + bh)
        y = np.dot(Wy, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
    dWx, dWh, dWy = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wy)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(h0)
    for t in reversed(range(len(inputs))):
        label = np.zeros_like(by)
        label[targets[t]] = 1
        dy = (ps[t] - label) / len(inputs)
        dWy += np.outer(dy, hs[t])
        dby += dy
        dh = np.dot(Wy.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWx += np.outer(dhraw, inputs[t])
        dWh += np.outer(dhraw, hs[t - 1])
        dhnext = np.dot(Wh.T, dhraw)
    return dWx, dWh, dWy, dbh, dby


class Step:
    """One moment of the network; remembers what it needs to go back."""

    def __init__(self, net):
        self.net = net

    def forward(self, x, before):
        self.x, self.before = x, before
        self.state = np.tanh(self.net["Wx"] @ x + self.net["Wh"] @ before + self.net["bh"])
        e = np.exp(self.net["Wy"] @ self.state + self.net["by"])
        self.p = e / e.sum()
        return self.state

    def backward(self, label, weight, carried, grads):
        err = weight * (self.p - np.eye(len(self.p))[label])
        grads["Wy"] += err[:, None] * self.state[None, :]
        grads["by"] += err
        into = err @ self.net["Wy"] + carried
        raw = into - into * self.state**2
        grads["Wx"] += raw[:, None] * self.x[None, :]
        grads["Wh"] += raw[:, None] * self.state[None, :]
        grads["bh"] += raw
        return self.net["Wh"] @ raw


def backprop(Wx, Wh, Wy, bh, by, inputs, targets, h0):
    net = {"Wx": Wx, "Wh": Wh, "Wy": Wy, "bh": bh, "by": by}
    steps, state = [], h0
    for x in inputs:
        steps.append(Step(net))
        state = steps[-1].forward(x, state)
    grads = {name: np.zeros(value.shape) for name, value in net.items()}
    carried = np.zeros(h0.shape)
    for step, label in zip(steps[::-1], targets[::-1]):
        carried = step.backward(label, 1 / len(inputs), carried, grads)
    return grads
