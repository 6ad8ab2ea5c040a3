"""Drift adjoint by the length of the step before.

expected kind: wrong-point or stale-value
wrong line: 93
correction 93: dt = steps[k]
what: The adjoint goes back over a step with the length of the one before it
source: https://github.com/INTERA-Inc/mf6adj/issues/139
said: the adjoint is carried back with the length of the neighbouring time step, which is only seen when the length varies
"""

import numpy as np

PARAMETERS = ["A", "b", "x0"]
LEAK = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    steps = np.array([0.2, 0.5, 0.3, 0.7])
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=3), steps, r.normal(size=(5, 3))


def loss(A, b, x0, steps, seen):
    x = x0
    total = 0.5 * np.sum((x - seen[0]) ** 2)
    for k in range(len(steps)):
        half = x + 0.5 * steps[k] * (np.tanh(A @ x + b) - LEAK * x)
        x = x + steps[k] * (np.tanh(A @ half + b) - LEAK * half)
        total = total + 0.5 * np.sum((x - seen[k + 1]) ** 2)
    return total


class MidpointStep:
    def __init__(self, A, b, dt):
        self.A, self.b, self.dt = A, b, dt

    def rate(self, x):
        return np.tanh(self.A @ x + self.b) - LEAK * x

    def jacobian(self, x):
        slope = 1 - np.tanh(self.A @ x + self.b) ** 2
        return slope[:, None] * self.A - LEAK * np.eye(len(x)), slope

    def forward(self, x):
        self.x = x
        self.mid = x + 0.5 * self.dt * self.rate(x)
        return x + self.dt * self.rate(self.mid)

    def pull(self, lam):
        J_mid, slope_mid = self.jacobian(self.mid)
        J_start, slope_start = self.jacobian(self.x)
        lam_mid = self.dt * J_mid.T @ lam
        first, second = 0.5 * self.dt * slope_start * lam_mid, self.dt * slope_mid * lam
        dA = np.outer(first, self.x) + np.outer(second, self.mid)
        return lam + lam_mid + 0.5 * self.dt * J_start.T @ lam_mid, dA, first + second


def right(A, b, x0, steps, seen):
    path, x = [], x0
    lam_jumps = []
    for k, dt in enumerate(steps):
        path.append(MidpointStep(A, b, dt))
        x = path[-1].forward(x)
        lam_jumps.append(x - seen[k + 1])
    grads = {"A": 0.0, "b": 0.0}
    lam = np.zeros(len(x0))
    while path:
        lam = lam + lam_jumps.pop()
        lam, dA, db = path.pop().pull(lam)
        grads["A"] = grads["A"] + dA
        grads["b"] = grads["b"] + db
    grads["x0"] = lam + x0 - seen[0]
    return grads


def field(A, b, x):
    return np.tanh(A @ x + b) - LEAK * x


def field_vjp(A, b, x, lam):
    inner = lam * (1 - np.tanh(A @ x + b) ** 2)
    return A.T @ inner - LEAK * lam, np.outer(inner, x), inner


def backprop(A, b, x0, steps, seen):
    xs, mids = [x0], []
    for dt in steps:
        mids.append(xs[-1] + dt / 2 * field(A, b, xs[-1]))
        xs.append(xs[-1] + dt * field(A, b, mids[-1]))
    dA, db = np.zeros_like(A), np.zeros_like(b)
    adjoint = xs[-1] - seen[-1]
    for k in range(len(steps) - 1, -1, -1):
        dt = steps[k - 1]
        to_mid, gA, gb = field_vjp(A, b, mids[k], dt * adjoint)
        dA += gA
        db += gb
        to_start, gA, gb = field_vjp(A, b, xs[k], dt / 2 * to_mid)
        dA += gA
        db += gb
        adjoint = adjoint + to_mid + to_start + xs[k] - seen[k]
    return dA, db, adjoint
