"""Comet third stage led back at the time of the first.

expected kind: wrong-point
wrong line: 112
correction 112: g3 = pull(y3, t + DT / 2, DT / 3 * costate + DT * g4)
what: The third stage of the step is differentiated at the time at which the step starts, half a step early
source: https://github.com/probabilistic-numerics/probnum/issues/252
said: the stages of a Runge-Kutta step don't advance the time, so that it is wrong for systems that change with time
"""

import numpy as np

PARAMETERS = ["start", "A", "b"]
DT = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(5, 3))


def velocity(y, t, A, b):
    return np.tanh(A @ y + b * np.cos(3 * t))


def loss(start, A, b, sightings):
    y, total = start, 0
    for n in range(len(sightings)):
        t = n * DT
        k1 = velocity(y, t, A, b)
        k2 = velocity(y + DT / 2 * k1, t + DT / 2, A, b)
        k3 = velocity(y + DT / 2 * k2, t + DT / 2, A, b)
        k4 = velocity(y + DT * k3, t + DT, A, b)
        y = y + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        total = total + 0.5 * np.sum((y - sightings[n]) ** 2)
    return total


class RungeKutta:
    reach = [0, 0.5, 0.5, 1]
    weight = [1 / 6, 1 / 3, 1 / 3, 1 / 6]

    def __init__(self, A, b):
        self.A, self.b = A, b
        self.grads = {"A": np.zeros(A.shape), "b": np.zeros(b.shape)}

    def step(self, y, t):
        stages, k, new = [], 0, y.copy()
        for r, w in zip(self.reach, self.weight):
            at, when = y + DT * r * k, t + DT * r
            k = np.tanh(self.A @ at + self.b * np.cos(3 * when))
            stages.append((at, when, k))
            new += DT * w * k
        return new, stages

    def step_back(self, lam, stages):
        dy, dk = lam.copy(), np.zeros(lam.shape)
        for i in (3, 2, 1, 0):
            at, when, k = stages[i]
            dk = dk + DT * self.weight[i] * lam
            da = dk * (1 - k**2)
            self.grads["A"] += np.outer(da, at)
            self.grads["b"] += da * np.cos(3 * when)
            dat = self.A.T @ da
            dy += dat
            dk = DT * self.reach[i] * dat
        return dy


def right(start, A, b, sightings):
    comet, y, history = RungeKutta(A, b), start, []
    for n, seen in enumerate(sightings):
        y, stages = comet.step(y, n * DT)
        history.append((y - seen, stages))
    lam = np.zeros(start.shape)
    for error, stages in history[::-1]:
        lam = lam + error
        lam = comet.step_back(lam, stages)
    comet.grads["start"] = lam
    return comet.grads


def backprop(start, A, b, sightings):
    f = lambda y, t: velocity(y, t, A, b)
    dA, db = np.zeros_like(A), np.zeros_like(b)

    def pull(y, t, g):
        """Lead back what a stage gets to the point that it started from."""
        a = g * (1 - f(y, t) ** 2)
        dA[...] += np.outer(a, y)
        db[...] += a * np.cos(3 * t)
        return A.T @ a

    path = [start]
    steps = []
    for n in range(len(sightings)):
        y1, t = path[-1], n * DT
        k1 = f(y1, t)
        y2 = y1 + DT / 2 * k1
        k2 = f(y2, t + DT / 2)
        y3 = y1 + DT / 2 * k2
        k3 = f(y3, t + DT / 2)
        y4 = y1 + DT * k3
        k4 = f(y4, t + DT)
        steps.append((y1, y2, y3, y4))
        path.append(y1 + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    costate = np.zeros_like(start)
    for n in range(len(sightings) - 1, -1, -1):
        costate = costate + path[n + 1] - sightings[n]
        (y1, y2, y3, y4), t = steps[n], n * DT
        g4 = pull(y4, t + DT, DT / 6 * costate)
        g3 = pull(y3, t, DT / 3 * costate + DT * g4)
        g2 = pull(y2, t + DT / 2, DT / 3 * costate + DT / 2 * g3)
        g1 = pull(y1, t, DT / 6 * costate + DT / 2 * g2)
        costate = costate + g1 + g2 + g3 + g4
    return costate, dA, db
