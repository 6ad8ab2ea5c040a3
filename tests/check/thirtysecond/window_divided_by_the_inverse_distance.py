"""Window divided by the inverse distance.

expected kind: wrong-point or wrong-parameter or scale
wrong line: 93
correction 93: flow_x = across / size * self.inv_dx
what: On the way back the differences across are divided by the inverse of the distance of the pixels, as if it were the distance
source: https://github.com/FARGO3D/fargo3d/issues/15
said: what the differences in one direction are divided by is the inverse of the spacing, so that the gradient lacks the square of it
"""

import numpy as np

PARAMETERS = ["x", "k"]
DX, DY, TV, EPS = 0.5, 0.8, 0.15, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    # a picture behind a window, how the pane blurs it, and what is seen through it
    return r.normal(size=(5, 6)), r.uniform(0, 0.4, size=(3, 3)), r.normal(size=(5, 6))


def loss(x, k, seen):
    wide = np.pad(x, 1)
    blurred = np.zeros(x.shape)
    for a in range(3):
        for b in range(3):
            blurred = blurred + k[a, b] * wide[a : a + x.shape[0], b : b + x.shape[1]]
    across = np.diff(x, axis=1, append=x[:, -1:]) / DX
    down = np.diff(x, axis=0, append=x[-1:]) / DY
    return 0.5 * np.sum((blurred - seen) ** 2) + TV * np.sum(np.sqrt(across**2 + down**2 + EPS))


def correlate(image, kernel):
    """Same size, with zeros around; the kernel isn't flipped."""
    n, m = image.shape
    out = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for a in range(3):
                for b in range(3):
                    if 0 <= i + a - 1 < n and 0 <= j + b - 1 < m:
                        out[i, j] += kernel[a, b] * image[i + a - 1, j + b - 1]
    return out


def right(x, k, seen):
    n, m = x.shape
    r = correlate(x, k) - seen
    gx = correlate(r, k[::-1, ::-1])
    wide = np.pad(x, 1)
    gk = np.array([[np.vdot(r, wide[a : a + n, b : b + m]) for b in range(3)] for a in range(3)])
    for i in range(n):
        for j in range(m):
            right_of = (x[i, j + 1] - x[i, j]) / DX if j + 1 < m else 0.0
            below = (x[i + 1, j] - x[i, j]) / DY if i + 1 < n else 0.0
            weight = TV / np.sqrt(right_of**2 + below**2 + EPS)
            if j + 1 < m:
                gx[i, j + 1] += weight * right_of / DX
                gx[i, j] -= weight * right_of / DX
            if i + 1 < n:
                gx[i + 1, j] += weight * below / DY
                gx[i, j] -= weight * below / DY
    return gx, gk


class Deblurring:
    def __init__(self, seen):
        self.seen = seen
        self.rows, self.cols = seen.shape
        # distances between the middles of the pixels
        self.inv_dx, self.inv_dy = 1 / DX, 1 / DY

    def windows(self, x):
        wide = np.pad(x, 1)
        for a in range(3):
            for b in range(3):
                yield (a, b), wide[a : a + self.rows, b : b + self.cols]

    def data_term(self, x, k):
        residual = sum(k[at] * w for at, w in self.windows(x)) - self.seen
        gk, gwide = np.zeros((3, 3)), np.zeros((self.rows + 2, self.cols + 2))
        for (a, b), w in self.windows(x):
            gk[a, b] = np.sum(residual * w)
            gwide[a : a + self.rows, b : b + self.cols] += k[a, b] * residual
        return gwide[1:-1, 1:-1], gk

    def total_variation(self, x):
        across, down = np.zeros_like(x), np.zeros_like(x)
        across[:, :-1] = (x[:, 1:] - x[:, :-1]) * self.inv_dx
        down[:-1] = (x[1:] - x[:-1]) * self.inv_dy
        size = np.sqrt(across**2 + down**2 + EPS)
        flow_x = across / size / self.inv_dx
        flow_y = down / size * self.inv_dy
        g = -flow_x - flow_y
        g[:, 1:] += flow_x[:, :-1]
        g[1:] += flow_y[:-1]
        return g

    def gradients(self, x, k):
        gx, gk = self.data_term(x, k)
        return {"x": gx + TV * self.total_variation(x), "k": gk}


def backprop(x, k, seen):
    return Deblurring(seen).gradients(x, k)
