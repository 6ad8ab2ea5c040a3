"""Loom way past scaled in place.

expected kind: repeated-factor or stale-value
wrong line: 104
correction 104: g = g * lam
what: The gradient is multiplied by the scale of the block where it stands, and what goes past the block is that same array
source: https://github.com/GeeeekExplorer/nano-vllm/issues/170
said: the norm wrote to its input, so that what goes past was no longer the original; here the same happens to the gradient
"""

import numpy as np

PARAMETERS = ["place", "gain", "shift", "W1", "b1", "W2", "lam"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    place, gain, shift = r.normal(size=(5, 5)), 1 + 0.4 * r.normal(size=5), 0.3 * r.normal(size=5)
    W1, b1, W2 = 0.6 * r.normal(size=(5, 7)), 0.3 * r.normal(size=7), 0.6 * r.normal(size=(7, 5))
    return place, gain, shift, W1, b1, W2, 0.8 + 0.3 * r.normal(size=5), r.normal(size=(5, 5)), r.normal(size=(5, 5))


def loss(place, gain, shift, W1, b1, W2, lam, words, goal):
    # five words of five features; what the block finds is scaled by lam, feature by feature
    x = words + place
    centred = x - np.mean(x, axis=1, keepdims=True)
    u = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS)
    found = np.tanh((u * gain + shift) @ W1 + b1) @ W2
    return np.mean((x + lam * found - goal) ** 2)


class Norm:
    def __init__(self, gain, shift):
        self.gain, self.shift = gain, shift

    def forward(self, x):
        self.rstd = 1 / np.sqrt(x.var(axis=1) + EPS)
        self.u = (x - x.mean(axis=1)[:, None]) * self.rstd[:, None]
        return self.u * self.gain + self.shift

    def backward(self, dy):
        self.dgain, self.dshift = (dy * self.u).sum(axis=0), dy.sum(axis=0)
        du = dy * self.gain
        du = du - du.mean(axis=1)[:, None] - self.u * (du * self.u).mean(axis=1)[:, None]
        return du * self.rstd[:, None]


class Dense:
    def __init__(self, W, b=0):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.sum(axis=0)
        return dy @ self.W.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y**2)


def right(place, gain, shift, W1, b1, W2, lam, words, goal):
    x = words + place
    branch = [Norm(gain, shift), Dense(W1, b1), Tanh(), Dense(W2)]
    found = x
    for layer in branch:
        found = layer.forward(found)
    dy = 2 * (x + lam * found - goal) / goal.size
    dlam, d = (dy * found).sum(axis=0), dy * lam
    for layer in branch[::-1]:
        d = layer.backward(d)
    norm, first, _, second = branch
    return dy + d, norm.dgain, norm.dshift, first.dW, first.db, second.dW, dlam


def norm(x, gain, shift):
    mu = x.mean(axis=1, keepdims=True)
    sigma = np.sqrt(((x - mu) ** 2).mean(axis=1, keepdims=True) + EPS)
    u = (x - mu) / sigma
    return gain * u + shift, (u, sigma, gain)


def norm_back(g, cache):
    u, sigma, gain = cache
    dgain = np.einsum("tf,tf->f", g, u)
    g_u = g * gain
    F = g.shape[1]
    dx = (F * g_u - g_u.sum(axis=1, keepdims=True) - u * (g_u * u).sum(axis=1, keepdims=True)) / (F * sigma)
    return dx, dgain, g.sum(axis=0)


def scale_back(g, found, lam):
    """The gradients of what was found and of the scale of each feature."""
    dlam = (g * found).sum(axis=0)
    g *= lam
    return g, dlam


def backprop(place, gain, shift, W1, b1, W2, lam, words, goal):
    x = place + words
    y, cache = norm(x, gain, shift)
    h = np.tanh(y @ W1 + b1)
    found = h @ W2
    dout = x + found * lam - goal
    dout *= 2 / goal.size
    dfound, dlam = scale_back(dout, found, lam)
    dW2 = h.T @ dfound
    da = (dfound @ W2.T) * (1 - h * h)
    dW1, db1 = y.T @ da, da.sum(axis=0)
    dx, dgain, dshift = norm_back(da @ W1.T, cache)
    dplace = dx + dout
    return dplace, dgain, dshift, dW1, db1, dW2, dlam
