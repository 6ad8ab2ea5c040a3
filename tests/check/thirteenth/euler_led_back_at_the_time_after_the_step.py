"""Euler led back at the time after the step.

expected kind: wrong-point
wrong line: 77
correction 77: t = k * dt
what: The slope is taken at the time after the step, where the step was made from the time before it
source: https://github.com/dynamiqs/dynamiqs/issues/51
said: in a part of the backward pass the time is evolved in the wrong direction
"""

import numpy as np

PARAMETERS = ["W", "u", "b", "z0", "dt"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, u, b, z0, targets = (r.normal(size=s) for s in [(3, 3), 3, 3, 3, (5, 3)])
    return W, u, b, z0, np.array(0.2 + 0.05 * r.normal()), targets


def loss(W, u, b, z0, dt, targets):
    z, total = z0, 0.0
    for k in range(len(targets)):
        z = z + dt * np.tanh(W @ z + u * (k * dt) + b)
        total = total + 0.5 * np.sum((z - targets[k]) ** 2)
    return total


class EulerODE:
    def __init__(self, W, u, b, dt):
        self.W, self.u, self.b, self.dt = W, u, b, dt

    def solve(self, z, steps):
        self.states, self.rates = [z], []
        for k in range(steps):
            self.rates.append(np.tanh(self.W @ z + self.u * self.dt * k + self.b))
            z = z + self.dt * self.rates[-1]
            self.states.append(z)
        return np.array(self.states[1:])

    def vjp(self, k, v):
        """Of one rate, by the state, the parameters, and the time."""
        s = v * (1 - self.rates[k] ** 2)
        return self.W.T @ s, np.outer(s, self.states[k]), s * self.dt * k, s, s @ self.u

    def adjoint(self, dL):
        grads = {"W": 0.0, "u": 0.0, "b": 0.0, "dt": 0.0}
        adj = np.zeros_like(dL[0])
        for k in range(len(dL) - 1, -1, -1):
            adj = adj + dL[k]
            vz, vW, vu, vb, vt = self.vjp(k, self.dt * adj)
            grads["W"] = grads["W"] + vW
            grads["u"] = grads["u"] + vu
            grads["b"] = grads["b"] + vb
            grads["dt"] += adj @ self.rates[k] + vt * k
            adj = adj + vz
        grads["z0"] = adj
        return grads


def right(W, u, b, z0, dt, targets):
    ode = EulerODE(W, u, b, dt)
    path = ode.solve(z0, len(targets))
    return ode.adjoint(path - targets)


def backprop(W, u, b, z0, dt, targets):
    K = len(targets)
    z = [z0]
    for k in range(K):
        z.append(z[k] + dt * np.tanh(W.dot(z[k]) + u * (k * dt) + b))
    gW, gu, gb, gdt = np.zeros_like(W), np.zeros_like(u), np.zeros_like(b), 0.0
    a = np.zeros_like(z0)
    for k in reversed(range(K)):
        a = a + z[k + 1] - targets[k]
        t = (k + 1) * dt
        f = np.tanh(W.dot(z[k]) + u * t + b)
        da = dt * a * (1 - f**2)
        gdt += a.dot(f) + da.dot(u) * k
        gW += np.outer(da, z[k])
        gu += da * t
        gb += da
        a = a + W.T.dot(da)
    return gW, gu, gb, a, gdt
