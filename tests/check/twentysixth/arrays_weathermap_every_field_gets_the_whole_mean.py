"""Arrays weathermap every field gets the whole mean.

expected kind: sum-for-mean
wrong line: 109
correction 109: da[k, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2] = dp[k, r, c] / 4
given as: arrays
what: Going back through the average pooling the gradient isn't divided among the four
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["F", "f0", "G", "g0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    F, f0 = 0.7 * r.normal(size=(2, 3, 3)), 0.3 * r.normal(size=2)
    G, g0 = r.normal(size=(2, 2, 2)), 0.3 * r.normal(size=1)
    # two maps of eight by eight, rain in four regions
    return F, f0, G, g0, r.normal(size=(2, 8, 8)), r.normal(size=(2, 2, 2))


def loss(F, f0, G, g0, maps, rain):
    total = 0.0
    for x, y in zip(maps, rain):
        out = g0[0]
        for k in range(2):
            z = f0[k]
            for i in range(3):
                for j in range(3):
                    z = z + F[k, i, j] * x[i : i + 6, j : j + 6]
            a = np.tanh(z)
            p = (a[0::2, 0::2] + a[0::2, 1::2] + a[1::2, 0::2] + a[1::2, 1::2]) / 4
            for i in range(2):
                for j in range(2):
                    out = out + G[k, i, j] * p[i : i + 2, j : j + 2]
        total = total + np.sum((out - y) ** 2)
    return total


def rot180(k):
    return k[::-1, ::-1]


def convolve(x, k):
    """Convolve in the sense of mathematics, where the kernel fits: it is turned around."""
    rows, cols = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    out = np.zeros((rows, cols))
    turned = rot180(k)
    for r in range(rows):
        for c in range(cols):
            out[r, c] = (x[r : r + k.shape[0], c : c + k.shape[1]] * turned).sum()
    return out


def right(F, f0, G, g0, maps, rain):
    grads = {"F": np.zeros_like(F), "f0": np.zeros_like(f0), "G": np.zeros_like(G), "g0": np.zeros_like(g0)}
    for x, y in zip(maps, rain):
        a = np.array([np.tanh(convolve(x, rot180(k)) + k0) for k, k0 in zip(F, f0)])
        p = a.reshape(2, 3, 2, 3, 2).mean(axis=(2, 4))
        out = sum(convolve(p[k], rot180(G[k])) for k in range(2)) + g0[0]
        d = 2 * (out - y)
        grads["g0"] += d.sum()
        padded = np.pad(d, 1)
        for k in range(2):
            grads["G"][k] += convolve(p[k], rot180(d))
            dp = convolve(padded, G[k])
            da = np.kron(dp, np.ones((2, 2))) / 4
            dz = da * (1 - a[k] ** 2)
            grads["F"][k] += convolve(x, rot180(dz))
            grads["f0"][k] += dz.sum()
    return grads


class Filters:
    def __init__(self, kernels):
        self.kernels, self.grad = kernels, np.zeros_like(kernels)
        self.size = kernels.shape[1]

    def forward(self, x):
        """Return a picture for each kernel; x has one as well, or one for all."""
        self.x, s = np.broadcast_to(x, (len(self.kernels), *x.shape[-2:])), self.size
        n = x.shape[-1] - s + 1
        out = np.empty((len(self.kernels), n, n))
        for k, r, c in np.ndindex(out.shape):
            out[k, r, c] = np.vdot(self.x[k, r : r + s, c : c + s], self.kernels[k])
        return out

    def backward(self, d):
        dx, s = np.zeros(self.x.shape), self.size
        for k, r, c in np.ndindex(d.shape):
            self.grad[k] += d[k, r, c] * self.x[k, r : r + s, c : c + s]
            dx[k, r : r + s, c : c + s] += d[k, r, c] * self.kernels[k]
        return dx


def average(a):
    p = np.zeros((len(a), 3, 3))
    for k, r, c in np.ndindex(p.shape):
        p[k, r, c] = a[k, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2].mean()
    return p


def average_back(dp):
    da = np.zeros((len(dp), 6, 6))
    for k, r, c in np.ndindex(dp.shape):
        da[k, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2] = dp[k, r, c]
    return da


def backprop(F, f0, G, g0, maps, rain):
    low, high = Filters(F), Filters(G)
    df0, dg0 = np.zeros(2), np.zeros(1)
    for x, y in zip(maps, rain):
        a = np.tanh(low.forward(x) + f0[:, None, None])
        d = 2 * (high.forward(average(a)).sum(axis=0) + g0 - y)
        dg0[0] += d.sum()
        da = average_back(high.backward(np.array([d, d])))
        dz = da * (1 - a * a)
        df0 += dz.sum(axis=(1, 2))
        low.backward(dz)
    return low.grad, df0, high.grad, dg0
