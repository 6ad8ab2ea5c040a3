"""Reservoir adjoint deaf to the leak.

expected kind: missing-term
wrong line: 90 or 91
correction 90: jacobian = W @ bent - leak * lam
correction 91: lam = lam + H * (jacobian - leak * lam) + (ys[n] - read[n])
what: The adjoint state lacks what comes through the loss of water
source: https://github.com/ODINN-SciML/ODINN.jl/issues/365
said: the manual adjoint leaves out what the mass balance, which depends on the state too, contributes to the gradient
"""

import numpy as np

PARAMETERS = ["W", "b", "s", "leak", "y0"]
H = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    # three basins that feed each other, a season, a loss, and five readings; the first is that of the beginning
    W, b, s = r.normal(size=(3, 3)), 0.4 * r.normal(size=3), r.normal(size=3)
    return W, b, s, 0.3 + 0.5 * r.random(3), r.normal(size=3), r.normal(size=(6, 3))


def loss(W, b, s, leak, y0, read):
    y = y0
    total = 0.5 * np.sum((y - read[0]) ** 2)
    for n in range(len(read) - 1):
        y = y + H * (np.tanh(y @ W + b + s * np.sin(n * H)) - leak * y)
        total = total + 0.5 * np.sum((y - read[n + 1]) ** 2)
    return total


class Euler:
    """One step of the explicit method, that can be taken back."""

    def __init__(self, theta, time):
        self.theta, self.time = theta, time

    def __call__(self, y):
        W, b, s, leak = self.theta
        self.y = y
        self.q = np.tanh(b + s * np.sin(self.time) + W.T @ y)
        return y + H * self.q - H * leak * y

    def pull(self, a):
        W, b, s, leak = self.theta
        dq = H * a * (1 - self.q * self.q)
        slopes = np.outer(self.y, dq), dq, np.sin(self.time) * dq, -H * a * self.y
        return a + W @ dq - H * leak * a, slopes


def right(W, b, s, leak, y0, read):
    theta = W, b, s, leak
    steps = [Euler(theta, n * H) for n in range(len(read) - 1)]
    y, misses = y0, [y0 - read[0]]
    for step, target in zip(steps, read[1:]):
        y = step(y)
        misses.append(y - target)
    sums = [np.zeros_like(p) for p in theta]
    a = np.zeros_like(y0)
    for step in steps[::-1]:
        a, slopes = step.pull(a + misses.pop())
        for total, slope in zip(sums, slopes):
            total += slope
    dy0 = a + misses[0]
    return *sums, dy0


def rate(y, t, W, b, s, leak):
    flow = np.tanh(y @ W + b + s * np.sin(t))
    return flow - leak * y, flow


def backprop(W, b, s, leak, y0, read):
    steps = len(read) - 1
    ys, flows = [y0], []
    for n in range(steps):
        dydt, flow = rate(ys[n], n * H, W, b, s, leak)
        ys.append(ys[n] + H * dydt)
        flows.append(flow)
    dW, db, ds, dleak = np.zeros_like(W), np.zeros_like(b), np.zeros_like(s), np.zeros_like(leak)
    lam = ys[steps] - read[steps]
    for n in range(steps - 1, -1, -1):
        bent = lam * (1 - flows[n] ** 2)
        dW += H * np.outer(ys[n], bent)
        db += H * bent
        ds += H * np.sin(n * H) * bent
        dleak -= H * ys[n] * lam
        jacobian = W @ bent
        lam = lam + H * jacobian + (ys[n] - read[n])
    return dW, db, ds, dleak, lam
