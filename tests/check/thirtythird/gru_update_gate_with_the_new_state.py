"""A GRU as a cell with a cache, one example, a loss at every step.

expected kind: stale-value or wrong-point
wrong line: 77
correction 77: dz = dh * (h_prev - c) * z * (1 - z)
what: the update gate chooses between the state before and the candidate; its gradient is computed with the state after
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigma(v):
    return 1.0 / (1.0 + np.exp(-v))


def loss(X, T, W, U, b, V):
    h, total = np.zeros(4), 0.0
    for x, t in zip(X, T):
        z = sigma(W[0] @ x + U[0] @ h + b[0])
        r = sigma(W[1] @ x + U[1] @ h + b[1])
        c = np.tanh(W[2] @ x + r * (U[2] @ h) + b[2])
        h = z * h + (1 - z) * c
        total = total + np.sum((V @ h - t) ** 2)
    return total


class Cell:
    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b
        self.dW, self.dU, self.db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)

    def forward(self, x, h_prev):
        W, U, b = self.W, self.U, self.b
        z = sigma(W[0] @ x + U[0] @ h_prev + b[0])
        r = sigma(W[1] @ x + U[1] @ h_prev + b[1])
        u = U[2] @ h_prev
        c = np.tanh(W[2] @ x + r * u + b[2])
        h = z * h_prev + (1 - z) * c
        return h, (x, h_prev, z, r, u, c, h)


def through_time(cell, X, T, V):
    h, caches, hs = np.zeros(4), [], []
    for x in X:
        h, cache = cell.forward(x, h)
        caches.append(cache)
        hs.append(h)
    dV, dnext = np.zeros_like(V), np.zeros(4)
    for i in reversed(range(len(X))):
        dy = 2 * (V @ hs[i] - T[i])
        dV += np.outer(dy, hs[i])
        dnext = cell.backward(V.T @ dy + dnext, caches[i])
    return cell.dW, cell.dU, cell.db, dV


class GRURight(Cell):
    def backward(self, dh, cache):
        x, h_prev, z, r, u, c, h = cache
        dz = dh * (h_prev - c) * z * (1 - z)
        dc = dh * (1 - z) * (1 - c**2)
        dr = dc * u * r * (1 - r)
        for k, d in enumerate((dz, dr, dc)):
            self.dW[k] += np.outer(d, x)
            self.dU[k] += np.outer(d * r if k == 2 else d, h_prev)
            self.db[k] += d
        return dh * z + self.U[0].T @ dz + self.U[1].T @ dr + self.U[2].T @ (dc * r)


def right(X, T, W, U, b, V):
    return through_time(GRURight(W, U, b), X, T, V)


class GRU(Cell):
    def backward(self, dh, cache):
        x, h_prev, z, r, u, c, h = cache
        dz = dh * (h - c) * z * (1 - z)
        dc = dh * (1 - z) * (1 - c**2)
        dr = dc * u * r * (1 - r)
        for k, d in enumerate((dz, dr, dc)):
            self.dW[k] += np.outer(d, x)
            self.dU[k] += np.outer(d * r if k == 2 else d, h_prev)
            self.db[k] += d
        return dh * z + self.U[0].T @ dz + self.U[1].T @ dr + self.U[2].T @ (dc * r)


def backprop(X, T, W, U, b, V):
    return through_time(GRU(W, U, b), X, T, V)


PARAMETERS = ["W", "U", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=(5, 2)), 0.7 * r.normal(size=(3, 4, 3)), 0.7 * r.normal(size=(3, 4, 4)), 0.3 * r.normal(size=(3, 4)), r.normal(size=(2, 4))]
