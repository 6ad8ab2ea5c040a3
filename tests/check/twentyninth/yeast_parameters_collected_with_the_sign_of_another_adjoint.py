"""Yeast parameters collected with the sign of another adjoint.

expected kind: sign
wrong line: 109
correction 109: self.gradient[name] += width * piece
what: The gradients of the parameters are collected with a minus, as for an adjoint that is the negative one
source: https://github.com/SciML/SciMLSensitivity.jl/pull/545
said: the adjoint can be defined with either sign; the code mixes both, and the sign of the gradient depends on which
"""

import numpy as np

PARAMETERS = ["W", "b", "V", "y0"]
DT = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    # four tubs of yeast, of which two amounts are known at some of five times; y' = tanh(y W + b) V - y
    W, b, V = r.normal(size=(2, 3)), 0.4 * r.normal(size=3), r.normal(size=(3, 2))
    return W, b, V, r.normal(size=(4, 2)), r.normal(size=(5, 4, 2)), np.array([0.0, 1.0, 0.0, 1.0, 1.0])


def loss(W, b, V, y0, amounts, known):
    y, total = y0, 0.0
    for t in range(amounts.shape[0]):
        middle = y + 0.5 * DT * (np.tanh(y @ W + b) @ V - y)
        y = y + DT * (np.tanh(middle @ W + b) @ V - middle)
        total = total + known[t] * np.mean((y - amounts[t]) ** 2)
    return total / np.sum(known)


def f(y, p):
    return np.tanh(y.dot(p["W"]) + p["b"]).dot(p["V"]) - y


def f_back(y, p, dout, grads):
    """Slope of y; those of the parameters are added to what is there."""
    h = np.tanh(y.dot(p["W"]) + p["b"])
    da = dout.dot(p["V"].T) * (1 - h**2)
    grads["V"] += h.T.dot(dout)
    grads["W"] += y.T.dot(da)
    grads["b"] += da.sum(axis=0)
    return da.dot(p["W"].T) - dout


def midpoint_step(y, p):
    mid = y + DT / 2 * f(y, p)
    return y + DT * f(mid, p), (y, mid)


def midpoint_back(tape, p, dnew, grads):
    y, mid = tape
    # y + DT f(mid)
    dmid = f_back(mid, p, DT * dnew, grads)
    # mid = y + DT / 2 f(y)
    dy = dnew + dmid
    dy = dy + f_back(y, p, DT / 2 * dmid, grads)
    return dy


def right(W, b, V, y0, amounts, known):
    p = dict(W=W, b=b, V=V)
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    y, tapes, ys = y0, [], []
    for _ in amounts:
        y, tape = midpoint_step(y, p)
        tapes.append(tape)
        ys.append(y)
    dy = np.zeros_like(y0)
    for t in range(len(amounts) - 1, -1, -1):
        dy = dy + 2 * known[t] * (ys[t] - amounts[t]) / (known.sum() * y0.size)
        dy = midpoint_back(tapes[t], p, dy, grads)
    return {**grads, "y0": dy}


class Growth:
    """The right side of the equation, and its products with an adjoint."""

    names = ("W", "b", "V")

    def __init__(self, W, b, V):
        self.W, self.b, self.V = W, b, V

    def __call__(self, y):
        return np.tanh(y @ self.W + self.b) @ self.V - y

    def adjoint(self, y, lam):
        s = np.tanh(y @ self.W + self.b)
        inner = (lam @ self.V.T) * (1 - s * s)
        return inner @ self.W.T - lam, (y.T @ inner, np.sum(inner, axis=0), s.T @ lam)


class AdjointSolver:
    def __init__(self, growth):
        self.growth = growth
        self.states = []
        self.gradient = {name: 0.0 for name in growth.names}

    def solve(self, y, steps):
        for _ in range(steps):
            half = y + 0.5 * DT * self.growth(y)
            self.states.append((y, half))
            y = y + DT * self.growth(half)
            yield y

    def collect(self, pieces, width):
        for name, piece in zip(self.growth.names, pieces):
            self.gradient[name] -= width * piece

    def back(self, lam):
        y, half = self.states.pop()
        through, pieces = self.growth.adjoint(half, lam)
        self.collect(pieces, DT)
        lam_half = DT * through
        through, pieces = self.growth.adjoint(y, lam_half)
        self.collect(pieces, 0.5 * DT)
        return lam + lam_half + 0.5 * DT * through


def backprop(W, b, V, y0, amounts, known):
    solver = AdjointSolver(Growth(W, b, V))
    path = list(solver.solve(y0, len(amounts)))
    weights = 2 * known / known.sum() / y0.size
    lam = np.zeros(y0.shape)
    while path:
        y = path.pop()
        lam = lam + weights[len(path)] * (y - amounts[len(path)])
        lam = solver.back(lam)
    return solver.gradient["W"], solver.gradient["b"], solver.gradient["V"], lam
