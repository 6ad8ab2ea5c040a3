"""Gyro what was seen minus where it is.

expected kind: sign
wrong line: 132
correction 132: lam += xs[n + 1] - seen[n]
what: The derivative of half the squared distance at a step has the wrong sign
source: https://github.com/SciML/DifferentialEquations.jl/issues/475
said: the adjoint gives other values than all other methods; the cost is half of (1 - u) squared and its derivative is written as 1 - u
"""

import numpy as np

PARAMETERS = ["A", "B", "tilt", "x0"]
H, LAMBDA = 0.4, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    A, B = 0.8 * r.normal(size=(3, 4)), 0.8 * r.normal(size=(4, 3))
    return A, B, 0.6 * r.normal(size=4), r.normal(size=3), r.normal(size=(4, 3))


def loss(A, B, tilt, x0, seen):
    # a small network is the field; four steps of Runge and Kutta
    def field(x, t):
        return np.tanh(x @ A + float(np.sin(t)) * tilt) @ B

    x, total = x0, 0.5 * LAMBDA * (np.sum(A**2) + np.sum(B**2))
    for n in range(len(seen)):
        t = n * H
        k1 = field(x, t)
        k2 = field(x + H / 2 * k1, t + H / 2)
        k3 = field(x + H / 2 * k2, t + H / 2)
        k4 = field(x + H * k3, t + H)
        x = x + H / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        total = total + 0.5 * np.sum((seen[n] - x) ** 2)
    return total


NODES, SHARES = (0, 0.5, 0.5, 1), (1 / 6, 1 / 3, 1 / 3, 1 / 6)


class Field:
    def __init__(self, A, B, tilt):
        self.A, self.B, self.tilt = A, B, tilt
        self.dA, self.dB, self.dtilt = LAMBDA * A, LAMBDA * B, np.zeros_like(tilt)

    def __call__(self, x, t):
        return np.tanh(x @ self.A + np.sin(t) * self.tilt) @ self.B

    def pull(self, x, t, g):
        """Add to the gradients of the parameters; return that of the point."""
        h = np.tanh(x @ self.A + np.sin(t) * self.tilt)
        a = (self.B @ g) * (1 - h**2)
        self.dB += np.outer(h, g)
        self.dA += np.outer(x, a)
        self.dtilt += np.sin(t) * a
        return self.A @ a


def stages(field, x, t):
    points, ks = [x], [field(x, t)]
    for node in NODES[1:]:
        points.append(x + H * node * ks[-1])
        ks.append(field(points[-1], t + H * node))
    return points, ks


def right(A, B, tilt, x0, seen):
    field, x, tape = Field(A, B, tilt), x0, []
    for n in range(len(seen)):
        points, ks = stages(field, x, n * H)
        x = x + H * sum(w * k for w, k in zip(SHARES, ks))
        tape.append((points, x))
    lam = np.zeros_like(x0)
    for n in reversed(range(len(seen))):
        points, x = tape[n]
        lam = lam + x - seen[n]
        dx, back = lam, 0.0
        for i in (3, 2, 1, 0):
            dk = H * SHARES[i] * lam + back
            now = n * H + NODES[i] * H
            p = field.pull(points[i], now, dk)
            dx = dx + p
            back = H * NODES[i] * p
        lam = dx
    return field.dA, field.dB, field.dtilt, lam


def make_step(A, B, tilt):
    """Return the step and its adjoint, which share what they know of the field."""

    def inner(x, t):
        return np.tanh(A.T @ x + np.sin(t) * tilt)

    def step(x, t):
        hs = [inner(x, t)]
        for node in (0.5, 0.5, 1.0):
            hs.append(inner(x + node * H * (B.T @ hs[-1]), t + node * H))
        mixed = (hs[0] + 2 * hs[1] + 2 * hs[2] + hs[3]) / 6
        return x + H * (B.T @ mixed), hs

    def adjoint(x, t, hs, lam, grads):
        k = [B.T @ h for h in hs]
        where = [x, x + H / 2 * k[0], x + H / 2 * k[1], x + H * k[2]]
        when = [t, t + H / 2, t + H / 2, t + H]
        fed, out = np.zeros_like(x), lam.copy()
        for i, weight, reach in ((3, 1, 0.5 * 2), (2, 2, 0.5), (1, 2, 0.5), (0, 1, 0)):
            g = H / 6 * weight * lam + fed
            a = (B @ g) * (1 - hs[i] ** 2)
            grads["B"] += np.outer(hs[i], g)
            grads["A"] += np.outer(where[i], a)
            grads["tilt"] += np.sin(when[i]) * a
            down = A @ a
            out += down
            fed = reach * H * down
        return out

    return step, adjoint


def backprop(A, B, tilt, x0, seen):
    step, adjoint = make_step(A, B, tilt)
    xs, all_hs = [x0], []
    for n in range(len(seen)):
        x, hs = step(xs[-1], n * H)
        xs.append(x)
        all_hs.append(hs)
    grads = {"A": LAMBDA * A, "B": LAMBDA * B, "tilt": np.zeros_like(tilt)}
    lam = np.zeros(len(x0))
    for n in range(len(seen) - 1, -1, -1):
        lam += seen[n] - xs[n + 1]
        lam = adjoint(xs[n], n * H, all_hs[n], lam, grads)
    grads["x0"] = lam
    return grads
