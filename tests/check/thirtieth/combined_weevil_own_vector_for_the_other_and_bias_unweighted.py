"""Combined weevil own vector for the other and bias unweighted.

expected kind: wrong-parameter + missing-factor
wrong line: 91 and 93
correction 91: self.dW[i] += slope * self.V[j]
correction 93: self.db[i] += slope
what: The slope of a vector is made with that vector instead of the other one of the pair, and that of its bias lacks the
    weight of the pair
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Z", "V", "b", "c"]
TOP, POWER = 8.0, 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    # six weevils, each with some of five marks; how often two were met on the same leaf
    Z, V, b, c = r.normal(size=(5, 3)), r.normal(size=(6, 3)), 0.5 * r.normal(size=6), 0.5 * r.normal(size=6)
    marks = np.array([[1, 0, 1, 0, 0], [0, 1, 1, 0, 0], [1, 0, 0, 1, 1], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0]])
    return Z, V, b, c, marks, r.integers(0, 13, size=(6, 6))


def loss(Z, V, b, c, marks, met):
    weight = np.minimum(met / TOP, 1) ** POWER
    off = marks @ Z @ V.T + b[:, None] + c - np.log(np.maximum(met, 1))
    return 0.5 * np.sum(weight * off**2)


def importance(counts):
    weight = np.zeros(counts.shape)
    some = (counts > 0) & (counts < TOP)
    weight[some] = (counts[some] / TOP) ** POWER
    weight[counts >= TOP] = 1
    return weight


def log_counts(counts):
    logs = np.zeros(counts.shape)
    np.log(counts, out=logs, where=counts > 0)
    return logs


def predictions(W, V, b, c):
    guess = np.dot(W, V.T)
    guess += b.reshape(-1, 1)
    guess += c.reshape(1, -1)
    return guess


def glove_gradients(W, V, b, c, counts):
    """Gradients of half the weighted squares, for the vectors and the biases."""
    error = predictions(W, V, b, c) - log_counts(counts)
    slope = importance(counts) * error
    dW = np.dot(slope, V)
    dV = np.dot(slope.T, W)
    db = np.sum(slope, axis=1)
    dc = np.sum(slope, axis=0)
    return dW, dV, db, dc


def right(Z, V, b, c, marks, met):
    W = np.dot(marks, Z)
    dW, dV, db, dc = glove_gradients(W, V, b, c, met.astype(float))
    dZ = np.dot(marks.T, dW)
    return dZ, dV, db, dc


class Glove:
    """Pair by pair, as the co-occurrences come; a weevil's vector is the sum of those of its marks."""

    def __init__(self, Z, V, b, c, marks):
        self.W = np.zeros((len(marks), Z.shape[1]))
        for weevil, row in enumerate(marks):
            for mark in np.flatnonzero(row):
                self.W[weevil] += Z[mark]
        self.V, self.b, self.c, self.marks = V, b, c, marks
        self.dW, self.dV = np.zeros_like(self.W), np.zeros_like(V)
        self.db, self.dc = np.zeros_like(b), np.zeros_like(c)

    def cost_inner(self, i, j, count):
        return self.W[i] @ self.V[j] + self.b[i] + self.c[j] - np.log(count)

    def pair(self, i, j, count):
        weight = (count / TOP) ** POWER if count < TOP else 1.0
        off = self.cost_inner(i, j, count)
        slope = weight * off
        self.dW[i] += slope * self.W[i]
        self.dV[j] += slope * self.W[i]
        self.db[i] += off
        self.dc[j] += slope

    def grad_of_marks(self, Z):
        dZ = np.zeros_like(Z)
        for weevil, row in enumerate(self.marks):
            dZ[row == 1] += self.dW[weevil]
        return dZ


def backprop(Z, V, b, c, marks, met):
    model = Glove(Z, V, b, c, marks)
    for i in range(met.shape[0]):
        for j in range(met.shape[1]):
            if met[i, j] > 0:
                model.pair(i, j, met[i, j])
    return {"Z": model.grad_of_marks(Z), "V": model.dV, "b": model.db, "c": model.dc}
