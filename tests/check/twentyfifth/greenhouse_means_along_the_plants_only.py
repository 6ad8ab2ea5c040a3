"""Greenhouse means along the plants only.

expected kind: missing-sum or wrong-axis
wrong line: 85
correction 85: flat, tilt = (np.mean(v, axis=(0, 1), keepdims=True) for v in (dn, dn * self.normed))
what: The means in the backward pass are taken over the plants, for each week alone
source: https://github.com/Nico-Curti/NumPyNet/issues/7
said: mean and variance of batch norm are taken over the images only, they should be taken over the positions too, for each channel
"""

import numpy as np

PARAMETERS = ["W", "g", "s", "u"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    W, g, s, u = r.normal(size=(2, 3)), 1 + 0.5 * r.normal(size=3), 0.5 + 0.3 * r.normal(size=3), r.normal(size=3)
    # four plants in five weeks: light and water
    return W, g, s, u, 0.6 + r.normal(size=(4, 5, 2)), np.array([1, 0, 0, 1])


def loss(W, g, s, u, weeks, ripe):
    a = weeks @ W
    a = a - np.mean(a, axis=(0, 1))
    y = g * a / np.sqrt(np.mean(a**2, axis=(0, 1)) + EPS) + s
    score = np.mean(np.maximum(y, 0), axis=1) @ u
    return np.mean(np.log(1 + np.exp(score)) - ripe * score)


def channel_forward(a, gain, shift):
    spread = np.sqrt(np.var(a) + EPS)
    normed = (a - np.mean(a)) / spread
    return gain * normed + shift, (normed, spread, gain)


def channel_backward(dy, cache):
    normed, spread, gain = cache
    m = dy.size
    dshift = np.sum(dy)
    dgain = np.sum(dy * normed)
    da = gain / spread * (dy - dshift / m - normed * dgain / m)
    return da, dgain, dshift


def right(W, g, s, u, weeks, ripe):
    n, T, _ = weeks.shape
    a = weeks @ W
    y, caches = np.zeros_like(a), []
    for k in range(len(g)):
        y[:, :, k], cache = channel_forward(a[:, :, k], g[k], s[k])
        caches.append(cache)
    growth = np.maximum(y, 0).mean(axis=1)
    p = 1 / (1 + np.exp(-growth @ u))
    d = (p - ripe) / n
    du = growth.T @ d
    dh = np.repeat(np.outer(d, u)[:, None, :] / T, T, axis=1)
    dy = dh * (y > 0)
    da, dg, ds = np.zeros_like(a), np.zeros_like(g), np.zeros_like(s)
    for k in range(len(g)):
        da[:, :, k], dg[k], ds[k] = channel_backward(dy[:, :, k], caches[k])
    dW = np.zeros_like(W)
    for plant in range(n):
        dW += weeks[plant].T @ da[plant]
    return dW, dg, ds, du


class SpatialNorm:
    """One mean and one variance for each channel, over plants and weeks."""

    def __init__(self, gain, shift):
        self.gain, self.shift = gain, shift

    def __call__(self, a):
        centered = a - a.mean(axis=(0, 1), keepdims=True)
        self.inverse = 1 / np.sqrt((centered**2).mean(axis=(0, 1), keepdims=True) + EPS)
        self.normed = centered * self.inverse
        return self.normed * self.gain + self.shift

    def back(self, dy):
        self.dshift = np.einsum("ntk->k", dy)
        self.dgain = np.einsum("ntk,ntk->k", dy, self.normed)
        dn = dy * self.gain
        flat, tilt = (np.mean(v, axis=0, keepdims=True) for v in (dn, dn * self.normed))
        dn -= flat
        dn -= self.normed * tilt
        dn *= self.inverse
        return dn


def backprop(W, g, s, u, weeks, ripe):
    norm = SpatialNorm(g, s)
    y = norm(np.einsum("ntd,dk->ntk", weeks, W))
    alive = y > 0
    growth = np.einsum("ntk->nk", y * alive) / y.shape[1]
    score = growth @ u
    d = 1 / (1 + np.exp(-score))
    d -= ripe
    d /= len(ripe)
    grads = dict(u=np.einsum("n,nk->k", d, growth))
    dy = np.einsum("n,k,ntk->ntk", d, u, alive) / y.shape[1]
    da = norm.back(dy)
    grads["W"] = np.einsum("ntd,ntk->dk", weeks, da)
    grads.update(g=norm.dgain, s=norm.dshift)
    return grads
