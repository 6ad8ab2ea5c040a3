"""Combined haddock later times overwritten and inputs of first stage.

expected kind: wrong-point or stale-value + missing-term
wrong line: 119 and 134
correction 119: self.dW += point.T @ du
correction 134: adjoint += 2 / len(fish) * residuals.pop()
what: The weights of the field get their slope at every stage from the point where the step began, and the slope of a time
    that is seen replaces what came from later times
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "W", "b", "V"]
DT = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    # four haddocks with three measures; where they are seen, in two coordinates, after each of three steps
    E, W, b, V = r.normal(size=(3, 2)), r.normal(size=(2, 4)), 0.3 * r.normal(size=4), r.normal(size=(4, 2))
    return E, W, b, V, r.normal(size=(4, 3)), r.normal(size=(3, 4, 2))


def loss(E, W, b, V, fish, seen):
    z, total = fish @ E, 0.0
    for k in range(seen.shape[0]):
        k1 = np.tanh(z @ W + b) @ V
        k2 = np.tanh((z + DT / 2 * k1) @ W + b) @ V
        k3 = np.tanh((z + DT / 2 * k2) @ W + b) @ V
        k4 = np.tanh((z + DT * k3) @ W + b) @ V
        z = z + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        total = total + np.sum((z - seen[k]) ** 2)
    return total / fish.shape[0]


def f(z, p):
    return np.tanh(z @ p["W"] + p["b"]) @ p["V"]


def f_vjp(z, dk, p, g):
    """Adds to the gradients of the field's parameters and returns that of its argument."""
    h = np.tanh(z @ p["W"] + p["b"])
    g["V"] += h.T @ dk
    dpre = dk @ p["V"].T * (1 - h**2)
    g["W"] += z.T @ dpre
    g["b"] += dpre.sum(axis=0)
    return dpre @ p["W"].T


def rk4_stages(z, p):
    k1 = f(z, p)
    k2 = f(z + DT / 2 * k1, p)
    k3 = f(z + DT / 2 * k2, p)
    return k1, k2, k3, f(z + DT * k3, p)


def rk4_vjp(z, a, p, g):
    k1, k2, k3, _ = rk4_stages(z, p)
    dk4 = DT / 6 * a
    d4 = f_vjp(z + DT * k3, dk4, p, g)
    dk3 = DT / 3 * a + DT * d4
    d3 = f_vjp(z + DT / 2 * k2, dk3, p, g)
    dk2 = DT / 3 * a + DT / 2 * d3
    d2 = f_vjp(z + DT / 2 * k1, dk2, p, g)
    dk1 = DT / 6 * a + DT / 2 * d2
    d1 = f_vjp(z, dk1, p, g)
    return a + d1 + d2 + d3 + d4


def right(E, W, b, V, fish, seen):
    p = {"W": W, "b": b, "V": V}
    g = {name: np.zeros_like(value) for name, value in p.items()}
    path = [fish @ E]
    for _ in seen:
        k1, k2, k3, k4 = rk4_stages(path[-1], p)
        path.append(path[-1] + DT * (k1 + 2 * k2 + 2 * k3 + k4) / 6)
    a = np.zeros_like(path[0])
    for k in reversed(range(len(seen))):
        a = a + 2 * (path[k + 1] - seen[k]) / len(fish)
        a = rk4_vjp(path[k], a, p, g)
    g["E"] = fish.T @ a
    return g


class Solver:
    """An explicit Runge-Kutta method in which a stage depends on the one before it only."""

    reach = (0.0, 0.5, 0.5, 1.0)
    share = (1 / 6, 1 / 3, 1 / 3, 1 / 6)

    def __init__(self, W, b, V):
        self.W, self.b, self.V = W, b, V
        self.dW, self.db, self.dV = np.zeros(W.shape), np.zeros(b.shape), np.zeros(V.shape)
        self.tape = []

    def step(self, z):
        stages, k, new = [], 0.0, z.copy()
        for c, w in zip(self.reach, self.share):
            point = z + DT * c * k
            h = np.tanh(point @ self.W + self.b)
            k = h @ self.V
            new += DT * w * k
            stages.append((point, h))
        self.tape.append(stages)
        return new

    def step_back(self, adjoint):
        stages = self.tape.pop()
        total, dpoint = adjoint.copy(), np.zeros_like(adjoint)
        for i in (3, 2, 1, 0):
            point, h = stages[i]
            dk = DT * self.share[i] * adjoint
            if i < 3:
                dk += DT * self.reach[i + 1] * dpoint
            self.dV += h.T @ dk
            du = (dk @ self.V.T) * (1 - h * h)
            self.dW += stages[0][0].T @ du
            self.db += du.sum(axis=0)
            dpoint = du @ self.W.T
            total += dpoint
        return total


def backprop(E, W, b, V, fish, seen):
    solver = Solver(W, b, V)
    z, residuals = fish @ E, []
    for target in seen:
        z = solver.step(z)
        residuals.append(z - target)
    adjoint = np.zeros_like(z)
    while residuals:
        adjoint = 2 / len(fish) * residuals.pop()
        adjoint = solver.step_back(adjoint)
    return fish.T @ adjoint, solver.dW, solver.db, solver.dV
