"""Combined recurrent layer next state and no slope.

expected kind: wrong-point or stale-value + wrong-activation or missing-factor
wrong line: 73 and 74
correction 73: state = self.state_list[k].copy()
correction 74: slope = self.activator.backward(state)
what: The error at a step is multiplied with the state of the step after it, and with the state itself in place of the
    slope there
source: https://github.com/hanbt/learn_dl/issues/29
said: two things are wrong: the state should be that of step k and not of k+1, and the derivative of the activation
    isn't applied to it
"""

import numpy as np

PARAMETERS = ["U", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.6 * r.normal(size=(3, 4)), 0.6 * r.normal(size=(3, 3)), r.normal(size=(5, 4)), r.normal(size=3)


def loss(U, W, xs, goal):
    s = np.zeros(3)
    for x in xs:
        s = np.tanh(U @ x + W @ s)
    return np.sum((s - goal) ** 2)


def right(U, W, xs, goal):
    S = [np.zeros(3)]
    for x in xs:
        S.append(np.tanh(U @ x + W @ S[-1]))
    dU, dW, g = np.zeros_like(U), np.zeros_like(W), 2 * (S[-1] - goal)
    for t in range(len(xs), 0, -1):
        g = g * (1 - S[t] ** 2)
        dU += np.outer(g, xs[t - 1])
        dW += np.outer(g, S[t - 1])
        g = W.T @ g
    return dU, dW


class TanhActivator:
    def forward(self, z):
        return np.tanh(z)

    def backward(self, output):
        return 1 - output * output


class RecurrentLayer:
    def __init__(self, U, W, activator):
        self.U, self.W, self.activator = U, W, activator
        self.times = 0
        self.state_list = [np.zeros(len(W))]
        self.inputs = [None]

    def forward(self, x):
        self.times += 1
        self.inputs.append(x)
        self.state_list.append(self.activator.forward(self.U @ x + self.W @ self.state_list[-1]))

    def backward(self, sensitivity):
        self.delta_list = [np.zeros(len(self.W)) for _ in range(self.times + 1)]
        self.delta_list[-1] = sensitivity * self.activator.backward(self.state_list[-1])
        for k in range(self.times - 1, 0, -1):
            self.calc_delta_k(k)
        self.grad_U = sum(np.outer(self.delta_list[t], self.inputs[t]) for t in range(1, self.times + 1))
        self.grad_W = sum(np.outer(self.delta_list[t], self.state_list[t - 1]) for t in range(1, self.times + 1))

    def calc_delta_k(self, k):
        state = self.state_list[k + 1].copy()
        slope = state
        self.delta_list[k] = np.dot(np.dot(self.delta_list[k + 1].T, self.W), np.diag(slope)).T


def backprop(U, W, xs, goal):
    layer = RecurrentLayer(U, W, TanhActivator())
    for x in xs:
        layer.forward(x)
    layer.backward(2 * (layer.state_list[-1] - goal))
    return layer.grad_U, layer.grad_W
