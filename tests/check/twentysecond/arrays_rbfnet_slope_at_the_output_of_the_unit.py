"""Arrays rbfnet slope at the output of the unit.

expected kind: wrong-point
wrong line: 56
correction 56: return dy * -self.r * np.exp(-0.5 * self.r**2)
given as: arrays
what: The derivative of the Gaussian is taken at what the unit gives out, not at what it is given
source: https://github.com/mlpack/mlpack/pull/2261
said: a reviewer has the argument of the derivative of the Gaussian function renamed from the input to the output
"""

import numpy as np

PARAMETERS = ["centres", "log_len", "w", "w0"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(4, 2))
    return centres, 0.5 * rng.normal(size=4) + 0.3, rng.normal(size=4), rng.normal(size=1), rng.normal(size=(8, 2)), rng.normal(size=8)


def loss(centres, log_len, w, w0, x, t):
    sq = np.sum((x[:, None, :] - centres) ** 2, axis=2)
    phi = np.exp(-0.5 * sq / np.exp(log_len) ** 2)
    return 0.5 * np.sum((phi @ w + w0 - t) ** 2)


def kernel(x, centres, length):
    delta = x[:, None] - centres[None]
    sq = (delta**2).sum(-1)
    return delta, sq, np.exp(-sq / (2 * length**2))


def right(centres, log_len, w, w0, x, t):
    length = np.exp(log_len)
    delta, sq, K = kernel(x, centres, length)
    residual = K @ w + w0 - t
    grad_w = K.T @ residual
    grad_w0 = residual.sum()[None]
    through = np.outer(residual, w) * K
    grad_log_len = (through * sq).sum(axis=0) / length**2
    grad_centres = np.einsum("nk,nkd->kd", through / length**2, delta)
    return grad_centres, grad_log_len, grad_w, grad_w0


class GaussianUnit:
    """exp(-r²/2) of the distance from the centre, in lengths."""

    def forward(self, r):
        self.r = r
        self.y = np.exp(-0.5 * r**2)
        return self.y

    def backward(self, dy):
        return dy * -self.y * np.exp(-0.5 * self.y**2)


def backprop(centres, log_len, w, w0, x, t):
    n, k = len(x), len(w)
    dist = np.zeros((n, k))
    for i in range(n):
        for j in range(k):
            dist[i, j] = np.linalg.norm(x[i] - centres[j])
    length = np.exp(log_len)
    unit = GaussianUnit()
    y = unit.forward(dist / length)
    err = y.dot(w) + w0 - t
    dw = err.dot(y)
    dr = unit.backward(err[:, None] * w[None, :])
    d_len = np.zeros(k)
    dc = np.zeros(centres.shape)
    for i in range(n):
        for j in range(k):
            d_len[j] -= dr[i, j] * dist[i, j] / length[j]
            dc[j] += dr[i, j] / length[j] * (centres[j] - x[i]) / dist[i, j]
    return dc, d_len, dw, np.array([err.sum()])
