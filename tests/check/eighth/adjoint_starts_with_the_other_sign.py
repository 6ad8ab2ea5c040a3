"""Adjoint starts with the other sign.

expected kind: sign
wrong line: 64
correction 64: a = path[-1] - target
what: The adjoint starts as minus the derivative of the loss
source: https://github.com/msurtsukov/neural-ode/pull/5
said: an error in the sign of the adjoint, which is the derivative of the loss
"""

import numpy as np

PARAMETERS = ["W", "b", "z0"]


STEPS, DT = 4, 0.25


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=3)


def loss(W, b, z0, target):
    z = z0
    for _ in range(STEPS):
        z = z + DT * np.tanh(W @ z + b)
    return 0.5 * np.sum((z - target) ** 2)


def right(W, b, z0, target):
    Z = np.empty((STEPS + 1, 3))
    Z[0] = z0
    for k in range(STEPS):
        Z[k + 1] = Z[k] + DT * np.tanh(W @ Z[k] + b)
    lam = Z[STEPS] - target
    gW, gb = 0.0, 0.0
    for k in range(STEPS, 0, -1):
        slope = 1 - np.tanh(W @ Z[k - 1] + b) ** 2
        mu = DT * lam * slope
        gW = gW + mu[:, None] * Z[k - 1]
        gb = gb + mu
        lam = lam + W.T @ mu
    return gW, gb, lam


class ODEF:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, z):
        return np.tanh(self.W @ z + self.b)

    def vjp(self, z, a):
        s = a * (1 - self(z) ** 2)
        return self.W.T @ s, np.outer(s, z), s


def backprop(W, b, z0, target):
    f = ODEF(W, b)
    path = [z0]
    for k in range(STEPS):
        path.append(path[k] + DT * f(path[k]))
    a = target - path[-1]
    adj_W, adj_b = np.zeros_like(W), np.zeros_like(b)
    for z in path[-2::-1]:
        adfdz, adfdW, adfdb = f.vjp(z, a)
        adj_W += DT * adfdW
        adj_b += DT * adfdb
        a = a + DT * adfdz
    return {"W": adj_W, "b": adj_b, "z0": a}
