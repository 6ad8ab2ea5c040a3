"""Lagoon jacobian not turned on the way back.

expected kind: transpose
wrong line: 70
correction 70: return self.jacobian.T @ lam
what: The Jacobian of a step isn't transposed when the adjoint goes back
source: https://github.com/stan-dev/math/issues/230
said: the Jacobian comes back transposed, inputs by outputs for outputs by inputs
"""

import numpy as np

PARAMETERS = ["A", "b", "start", "probe"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # steps of different lengths, and a reading after some of them
    steps = r.uniform(0.1, 0.6, size=7)
    read = np.array([2, 4, 5, 7])
    A, b, start, probe = r.normal(size=(3, 3)), 0.5 * r.normal(size=3), r.normal(size=3), r.normal(size=(3, 2))
    return A, b, start, probe, steps, read, r.normal(size=(4, 2))


def loss(A, b, start, probe, steps, read, readings):
    x, total, at = start, 0.0, 0
    for k in range(len(steps)):
        x = x + steps[k] * (A @ np.tanh(x) + b)
        if at < len(read) and read[at] == k + 1:
            total = total + 0.5 * np.sum((x @ probe - readings[at]) ** 2)
            at += 1
    return total


def simulate(A, b, start, steps):
    states = np.empty((len(steps) + 1, len(start)))
    states[0] = start
    for k, dt in enumerate(steps):
        states[k + 1] = states[k] + dt * (A @ np.tanh(states[k]) + b)
    return states


def right(A, b, start, probe, steps, read, readings):
    states = simulate(A, b, start, steps)
    misfit = states[read] @ probe - readings
    kicks = np.zeros_like(states)
    kicks[read] = misfit @ probe.T
    dA, db = np.zeros_like(A), np.zeros_like(b)
    adjoint = kicks[-1]
    for k in range(len(steps) - 1, -1, -1):
        act = np.tanh(states[k])
        dA += steps[k] * np.outer(adjoint, act)
        db += steps[k] * adjoint
        pulled = A.T @ adjoint * (1 - act**2)
        adjoint = adjoint + steps[k] * pulled + kicks[k]
    return dA, db, adjoint, states[read].T @ misfit


class Step:
    """One Euler step with its own derivative."""

    def __init__(self, A, b, x, dt):
        self.dt, self.act = dt, np.tanh(x)
        self.end = x + dt * (A @ self.act + b)
        self.jacobian = np.eye(len(x)) + dt * A * (1 - self.act**2)

    def back(self, lam, grads):
        grads["A"] += self.dt * lam[:, None] * self.act[None, :]
        grads["b"] += self.dt * lam
        return self.jacobian @ lam


def backprop(A, b, start, probe, steps, read, readings):
    history, x = [], start
    for dt in steps:
        history.append(Step(A, b, x, dt))
        x = history[-1].end
    grads = {name: np.zeros_like(p) for name, p in (("A", A), ("b", b), ("probe", probe))}
    told = dict(zip(read.tolist(), readings))
    lam = np.zeros_like(start)
    for number in range(len(history), 0, -1):
        step = history[number - 1]
        if number in told:
            residual = probe.T @ step.end - told[number]
            grads["probe"] += np.outer(step.end, residual)
            lam = lam + probe @ residual
        lam = step.back(lam, grads)
    grads["start"] = lam
    return grads
