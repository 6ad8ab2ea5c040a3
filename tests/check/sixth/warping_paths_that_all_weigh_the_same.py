"""Warping paths that all weigh the same.

expected kind: missing-factor
wrong line: 79
correction 79: E[i, j] = E[i + 1, j] * a + E[i, j + 1] * b + E[i + 1, j + 1] * c
what: In the recursion backwards one of the three neighbours is added without the share that the soft minimum gave it
source: https://github.com/keonlee9420/Parallel-Tacotron2/pull/15
said: the matrices E of the backward pass aren't used and the entries ignore the scaling factors a, b, c
"""

import numpy as np

PARAMETERS = ["x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=5), r.normal(size=6)


def loss(x, y):
    R = {(0, 0): 0.0}
    for i in range(1, 6):
        for j in range(1, 7):
            before = [R[k] for k in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if k in R]
            low = 0
            for v in before:
                low = low + np.exp(-v / 0.5)
            R[i, j] = (x[i - 1] - y[j - 1]) ** 2 - 0.5 * np.log(low)
    return R[5, 6]


def right(x, y):
    n, m = len(x), len(y)
    R, dR = np.full((n + 1, m + 1), 1e10), np.zeros((n + 1, m + 1, n))
    R[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            at = [(i - 1, j), (i, j - 1), (i - 1, j - 1)]
            v = np.array([R[k] for k in at])
            p = np.exp(-(v - v.min()) / 0.5)
            R[i, j] = (x[i - 1] - y[j - 1]) ** 2 + v.min() - 0.5 * np.log(p.sum())
            dR[i, j] = sum(w * dR[k] for w, k in zip(p / p.sum(), at))
            dR[i, j, i - 1] += 2 * (x[i - 1] - y[j - 1])
    return dR[n, m]


class SoftDTW:
    def __init__(self, gamma=0.5):
        self.gamma = gamma

    def forward(self, D):
        n, m = D.shape
        R = np.full((n + 2, m + 2), np.inf)
        R[0, 0] = 0
        for i in range(1, n + 1):
            for j in range(1, m + 1):
                z = -np.array([R[i - 1, j - 1], R[i - 1, j], R[i, j - 1]]) / self.gamma
                top = z.max()
                R[i, j] = D[i - 1, j - 1] - self.gamma * (np.log(np.exp(z - top).sum()) + top)
        self.D, self.R = D, R
        return R[n, m]

    def backward(self):
        n, m = self.D.shape
        D = np.zeros((n + 2, m + 2))
        D[1 : n + 1, 1 : m + 1] = self.D
        R = self.R.copy()
        R[:, m + 1] = -np.inf
        R[n + 1, :] = -np.inf
        R[n + 1, m + 1] = R[n, m]
        E = np.zeros((n + 2, m + 2))
        E[n + 1, m + 1] = 1
        for j in range(m, 0, -1):
            for i in range(n, 0, -1):
                a = np.exp((R[i + 1, j] - R[i, j] - D[i + 1, j]) / self.gamma)
                b = np.exp((R[i, j + 1] - R[i, j] - D[i, j + 1]) / self.gamma)
                c = np.exp((R[i + 1, j + 1] - R[i, j] - D[i + 1, j + 1]) / self.gamma)
                E[i, j] = E[i + 1, j] * a + E[i, j + 1] * b + E[i + 1, j + 1]
        return E[1 : n + 1, 1 : m + 1]


def backprop(x, y):
    diff = x[:, None] - y[None, :]
    sdtw = SoftDTW()
    sdtw.forward(diff**2)
    return np.sum(sdtw.backward() * 2 * diff, axis=1)
