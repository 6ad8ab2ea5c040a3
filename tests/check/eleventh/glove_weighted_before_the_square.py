"""Glove weighted before the square.

expected kind: repeated-factor
wrong line: 74 or 75
correction 74: weighted = self.error()
correction 75: g = 2 * weighted
what: The weight is squared with the error, as if it stood inside the square
source: https://github.com/stanfordnlp/GloVe/issues/102
said: the loss seems to be weighted before it is squared, in the paper behind it (what was seen there stands in the gradient here)
"""

import numpy as np

PARAMETERS = ["W", "C", "bw", "bc"]
X_MAX, ALPHA = 10, 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    counts = np.array([[0, 3, 12, 1], [3, 2, 0, 7], [15, 0, 4, 2], [1, 5, 2, 0]])
    return *(r.normal(size=s) for s in [(4, 3), (4, 3), 4, 4]), counts


def loss(W, C, bw, bc, counts):
    i, j = np.nonzero(counts)
    x = counts[i, j]
    f = np.minimum(1, (x / X_MAX) ** ALPHA)
    return np.sum(f * (np.sum(W[i] * C[j], axis=1) + bw[i] + bc[j] - np.log(x)) ** 2)


def weighting(x):
    return (x / X_MAX) ** ALPHA if x < X_MAX else 1.0


def right(W, C, bw, bc, counts):
    grad_w, grad_c = np.zeros_like(W), np.zeros_like(C)
    grad_bw, grad_bc = np.zeros_like(bw), np.zeros_like(bc)
    cost = 0.0
    for l1 in range(counts.shape[0]):
        for l2 in range(counts.shape[1]):
            x = counts[l1, l2]
            if x == 0:
                continue
            diff = W[l1].dot(C[l2]) + bw[l1] + bc[l2] - np.log(x)
            fdiff = weighting(x) * diff
            cost += fdiff * diff
            fdiff *= 2
            temp1, temp2 = fdiff * C[l2], fdiff * W[l1]
            grad_w[l1] += temp1
            grad_c[l2] += temp2
            grad_bw[l1] += fdiff
            grad_bc[l2] += fdiff
    return grad_w, grad_c, grad_bw, grad_bc


class Glove:
    def __init__(self, W, C, bw, bc):
        self.params = {"W": W, "C": C, "bw": bw, "bc": bc}

    def prepare(self, counts):
        self.seen = counts > 0
        self.log_x = np.log(np.where(self.seen, counts, 1))
        self.f = np.where(counts < X_MAX, (counts / X_MAX) ** ALPHA, 1.0) * self.seen

    def error(self):
        p = self.params
        return p["W"] @ p["C"].T + p["bw"][:, None] + p["bc"][None, :] - self.log_x

    def cost(self):
        return np.sum(self.f * self.error() ** 2)

    def gradient(self):
        p = self.params
        weighted = self.f * self.error()
        g = 2 * self.f * weighted
        return {"W": g @ p["C"], "C": g.T @ p["W"], "bw": g.sum(axis=1), "bc": g.sum(axis=0)}


def backprop(W, C, bw, bc, counts):
    model = Glove(W, C, bw, bc)
    model.prepare(counts)
    grads = model.gradient()
    return tuple(grads[name] for name in PARAMETERS)
