"""Value of the next state held constant.

expected kind: detached or missing-term
wrong line: 53
correction 53: net.accumulate(states[t], -td / n); net.accumulate(states[t + 1], gamma * td / n)
what: The value that the target is built from is a function of the same weights, and is treated as a number
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "hidden"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(3, 4)), r.normal(size=(7, 3)), r.normal(size=6)


def loss(w, hidden, states, rewards):
    v = np.tanh(states @ hidden) @ w
    return 0.5 * np.mean((rewards + 0.9 * v[1:] - v[:-1]) ** 2)


def right(w, hidden, states, rewards):
    h = np.tanh(states @ hidden)
    v = h @ w
    delta = (rewards + 0.9 * v[1:] - v[:-1]) / 6
    dv = np.append(0, 0.9 * delta) - np.append(delta, 0)
    return h.T @ dv, states.T @ (np.outer(dv, w) * (1 - h**2))


class ValueNet:
    def __init__(self, w, hidden):
        self.w, self.hidden = w, hidden
        self.dw, self.dhidden = np.zeros_like(w), np.zeros_like(hidden)

    def __call__(self, s):
        return np.tanh(s @ self.hidden) @ self.w

    def accumulate(self, s, dv):
        h = np.tanh(s @ self.hidden)
        self.dw += dv * h
        self.dhidden += np.outer(s, dv * self.w * (1 - h**2))


def backprop(w, hidden, states, rewards, gamma=0.9):
    net, n = ValueNet(w, hidden), len(rewards)
    for t in range(n):
        target = rewards[t] + gamma * net(states[t + 1])
        td = target - net(states[t])
        net.accumulate(states[t], -td / n)
    return net.dw, net.dhidden
