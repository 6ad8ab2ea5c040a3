"""Rocket reading replaces what comes from later.

expected kind: missing-term or detached
wrong line: 101
correction 101: lam = lam + jump
what: At a reading the adjoint is set to the gradient of that reading; what has come from later is lost
source: https://github.com/rtqichen/torchdiffeq/issues/59
said: asks why the adjoint at the beginning of an interval and the gradient of the output there are summed, as each looks like the adjoint; one is from the future times, the other from this one
"""

import numpy as np

PARAMETERS = ["theta", "begin"]
H = 0.25


def data(seed=0):
    r = np.random.default_rng(seed)
    # thrust, drag and pull; height and speed at the beginning; readings of the height every other step
    return r.uniform(0.5, 2.0, size=3), r.normal(size=2), r.normal(size=5)


def rate(theta, s, t):
    """Height and speed: thrust dies away, drag goes with the square of the speed, the pull with the height."""
    force = theta[0] * np.exp(-t) - theta[1] * s[1] * np.sqrt(s[1] ** 2 + 1) - theta[2] * np.sin(s[0])
    return np.stack([s[1], force])


def loss(theta, begin, heights):
    s, total = begin, 0.0
    for k in range(2 * heights.shape[0]):
        first = rate(theta, s, k * H)
        second = rate(theta, s + H * first, (k + 1) * H)
        s = s + 0.5 * H * (first + second)
        if k % 2 == 1:
            total = total + (s[0] - heights[k // 2]) ** 2
    return total / heights.shape[0]


class Heun:
    """Remembers its steps and walks them back with Jacobians."""

    def __init__(self, theta):
        self.theta, self.tape = theta, []

    def partials(self, s, t):
        q = (s[1] * s[1] + 1) ** 0.5
        J = np.array([[0.0, 1.0], [-self.theta[2] * np.cos(s[0]), -self.theta[1] * (2 * s[1] ** 2 + 1) / q]])
        F = np.array([[0.0, 0.0, 0.0], [np.exp(-t), -s[1] * q, -np.sin(s[0])]])
        return J, F

    def forth(self, s, t):
        k1 = rate(self.theta, s, t)
        middle = s + H * k1
        self.tape.append((self.partials(s, t), self.partials(middle, t + H)))
        return s + H * (k1 + rate(self.theta, middle, t + H)) / 2

    def back(self, adj):
        (J1, F1), (J2, F2) = self.tape.pop()
        a2 = adj * H / 2
        am = J2.T @ a2
        a1 = a2 + H * am
        return adj + am + J1.T @ a1, F1.T @ a1 + F2.T @ a2


def right(theta, begin, heights):
    flight, s, seen = Heun(theta), begin, []
    for k in range(2 * len(heights)):
        s = flight.forth(s, k * H)
        seen.append(s)
    adj, grad = np.zeros(2), np.zeros(3)
    while flight.tape:
        k = len(flight.tape)
        if k % 2 == 0:
            adj[0] += 2 * (seen[k - 1][0] - heights[k // 2 - 1]) / len(heights)
        adj, more = flight.back(adj)
        grad += more
    return {"theta": grad, "begin": adj}


def rate_back(theta, s, t, g):
    """What the gradient of a rate is for the parameters and for the state."""
    root = np.sqrt(s[1] ** 2 + 1)
    dtheta = g[1] * np.array([np.exp(-t), -s[1] * root, -np.sin(s[0])])
    ds0 = -g[1] * theta[2] * np.cos(s[0])
    ds1 = g[0] - g[1] * theta[1] * (root + s[1] ** 2 / root)
    return dtheta, np.array([ds0, ds1])


def backprop(theta, begin, heights):
    n = len(heights)
    path = [begin]
    for k in range(2 * n):
        first = rate(theta, path[-1], k * H)
        second = rate(theta, path[-1] + H * first, (k + 1) * H)
        path.append(path[-1] + H / 2 * (first + second))
    dtheta, lam = np.zeros(3), np.zeros(2)
    for k in reversed(range(2 * n)):
        if k % 2 == 1:
            jump = np.array([2 * (path[k + 1][0] - heights[k // 2]) / n, 0.0])
            lam = jump
        s = path[k]
        first = rate(theta, s, k * H)
        # second stage, then the first, which the second has used
        part, to_middle = rate_back(theta, s + H * first, (k + 1) * H, H / 2 * lam)
        dtheta += part
        part, to_state = rate_back(theta, s, k * H, H / 2 * lam + H * to_middle)
        dtheta += part
        lam = lam + to_middle + to_state
    return dtheta, lam
