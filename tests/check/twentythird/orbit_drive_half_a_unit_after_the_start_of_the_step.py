"""Orbit drive half a unit after the start of the step.

expected kind: wrong-point or missing-factor
wrong line: 96
correction 96: middle = t + 0.5 * H
what: The derivative of what drives the pendulum is taken half a unit of time after the start of the step, not half a step
source: https://github.com/mandli/intro-numerical-methods/issues/36
said: in one stage the time is that of the step plus one half, without the length of the step
"""

import numpy as np

PARAMETERS = ["theta", "y0"]
H = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    theta = r.uniform([0.8, 0.2, 0.6, 0.9], [1.6, 0.6, 1.4, 1.5])
    return theta, r.normal(size=2), r.normal(size=(7, 2))


def loss(theta, y0, track):
    # a driven pendulum by the midpoint rule: stiffness, friction, strength and frequency of what drives it
    k, c, a, w = theta
    q, v = y0
    total = 0.5 * ((q - track[0, 0]) ** 2 + (v - track[0, 1]) ** 2)
    for n in range(len(track) - 1):
        t = H * n
        qm = q + 0.5 * H * v
        vm = v + 0.5 * H * (a * np.sin(w * t) - k * np.sin(q) - c * v)
        q, v = q + H * vm, v + H * (a * np.sin(w * (t + 0.5 * H)) - k * np.sin(qm) - c * vm)
        total = total + 0.5 * ((q - track[n + 1, 0]) ** 2 + (v - track[n + 1, 1]) ** 2)
    return total


class Pendulum:
    def __init__(self, theta):
        self.k, self.c, self.a, self.w = theta

    def rate(self, y, t):
        return np.array([y[1], self.a * np.sin(self.w * t) - self.k * np.sin(y[0]) - self.c * y[1]])

    def by_state(self, y):
        return np.array([[0.0, 1.0], [-self.k * np.cos(y[0]), -self.c]])

    def by_theta(self, y, t):
        rows = np.zeros((2, 4))
        rows[1] = -np.sin(y[0]), -y[1], np.sin(self.w * t), self.a * t * np.cos(self.w * t)
        return rows


def right(theta, y0, track):
    model, times = Pendulum(theta), H * np.arange(len(track))
    path = np.zeros_like(track)
    between = np.zeros_like(track[1:])
    path[0] = y0
    for n, t in enumerate(times[:-1]):
        between[n] = path[n] + 0.5 * H * model.rate(path[n], t)
        path[n + 1] = path[n] + H * model.rate(between[n], t + 0.5 * H)
    misfit = path - track
    lam, dtheta = misfit[-1], 0
    for n in range(len(times) - 2, -1, -1):
        J_mid, J_start = model.by_state(between[n]), model.by_state(path[n])
        back = H * J_mid.T @ lam
        F_mid, F_start = model.by_theta(between[n], times[n] + 0.5 * H), model.by_theta(path[n], times[n])
        dtheta = dtheta + H * F_mid.T @ lam + 0.5 * H * F_start.T @ back
        lam = lam + back + 0.5 * H * J_start.T @ back + misfit[n]
    return {"theta": dtheta, "y0": lam}


def field(y, t, theta):
    k, c, a, w = theta
    return np.array([y[1], a * np.sin(w * t) - k * np.sin(y[0]) - c * y[1]])


def field_vjp(y, t, theta, g):
    """Return what a gradient g of the field gives to the state and to the parameters."""
    k, c, a, w = theta
    to_state = np.array([-k * np.cos(y[0]) * g[1], g[0] - c * g[1]])
    to_theta = g[1] * np.array([-np.sin(y[0]), -y[1], np.sin(w * t), a * t * np.cos(w * t)])
    return to_state, to_theta


def backprop(theta, y0, track):
    steps = len(track) - 1
    ys, mids = [y0], []
    for n in range(steps):
        half = ys[n] + H / 2 * field(ys[n], n * H, theta)
        mids.append(half)
        ys.append(ys[n] + H * field(half, n * H + H / 2, theta))
    adjoint = ys[steps] - track[steps]
    gtheta = np.zeros(4)
    for n in reversed(range(steps)):
        t = n * H
        middle = t + 0.5
        g_half, part = field_vjp(mids[n], middle, theta, H * adjoint)
        gtheta += part
        g_start, part = field_vjp(ys[n], t, theta, H / 2 * g_half)
        gtheta += part
        adjoint = adjoint + g_half + g_start
        adjoint += ys[n] - track[n]
    return gtheta, adjoint
