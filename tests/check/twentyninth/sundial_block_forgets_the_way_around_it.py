"""Sundial block forgets the way around it.

expected kind: missing-term
wrong line: 111
correction 111: return dx + d, (dgain, dshift, dW1, db1, dW2, db2)
what: The gradient that goes around the block isn't added to the one that goes through it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["gain", "shift", "W1", "b1", "W2", "b2", "u"]
TINY = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    n, hours, d, wide = 3, 4, 5, 6
    gain, shift = r.uniform(0.5, 1.8, size=d), 0.5 * r.normal(size=d)
    W1, b1, W2, b2 = r.normal(size=(d, wide)), r.normal(size=wide), 0.6 * r.normal(size=(wide, d)), r.normal(size=d)
    return gain, shift, W1, b1, W2, b2, r.normal(size=d), r.normal(size=(n, hours, d)), r.normal(size=(n, hours))


def loss(gain, shift, W1, b1, W2, b2, u, sky, shadow):
    h = sky
    # the same block twice
    for _ in range(2):
        mean = np.mean(h, axis=2, keepdims=True)
        spread = np.sqrt(np.mean((h - mean) ** 2, axis=2, keepdims=True) + TINY)
        n = (h - mean) / spread * gain + shift
        h = h + np.maximum(n @ W1 + b1, 0) @ W2 + b2
    return 0.5 * np.mean(np.sum((h @ u - shadow) ** 2, axis=1))


def norm_forward(x, gain, shift):
    mu = x.mean(axis=-1, keepdims=True)
    rstd = 1.0 / np.sqrt(x.var(axis=-1, keepdims=True) + TINY)
    xhat = (x - mu) * rstd
    return gain * xhat + shift, (xhat, rstd, gain)


def norm_backward(dout, cache):
    xhat, rstd, gain = cache
    dgain = (dout * xhat).sum(axis=(0, 1))
    dshift = dout.sum(axis=(0, 1))
    dxhat = dout * gain
    m1 = dxhat.mean(axis=-1, keepdims=True)
    m2 = (dxhat * xhat).mean(axis=-1, keepdims=True)
    return rstd * (dxhat - m1 - xhat * m2), dgain, dshift


def right(gain, shift, W1, b1, W2, b2, u, sky, shadow):
    grads = {k: np.zeros_like(p) for k, p in zip(PARAMETERS, (gain, shift, W1, b1, W2, b2, u))}
    h, stack = sky, []
    for _ in range(2):
        n, cache = norm_forward(h, gain, shift)
        a = n @ W1 + b1
        stack.append((n, a, cache))
        h = h + np.maximum(0, a) @ W2 + b2

    derr = (h @ u - shadow) / len(sky)
    grads["u"] = np.einsum("nt,ntd->d", derr, h)
    dh = derr[:, :, None] * u
    for n, a, cache in reversed(stack):
        grads["W2"] += np.einsum("nti,ntj->ij", np.maximum(0, a), dh)
        grads["b2"] += dh.sum(axis=(0, 1))
        da = (dh @ W2.T) * (a > 0)
        grads["W1"] += np.einsum("nti,ntj->ij", n, da)
        grads["b1"] += da.sum(axis=(0, 1))
        dx, dgain, dshift = norm_backward(da @ W1.T, cache)
        grads["gain"] += dgain
        grads["shift"] += dshift
        dh = dh + dx
    return grads


class Norm:
    def __call__(self, x, gain, shift):
        self.width, self.gain = x.shape[1], gain
        self.away = x - x.sum(axis=1)[:, None] / self.width
        self.var = np.sum(self.away**2, axis=1)[:, None] / self.width + TINY
        return gain * self.away / self.var**0.5 + shift

    def back(self, d):
        """The way of the batch norm paper: first the variance, then the mean."""
        dhat = d * self.gain
        dvar = np.sum(dhat * self.away, axis=1)[:, None] * -0.5 * self.var**-1.5
        dmean = -np.sum(dhat, axis=1)[:, None] / self.var**0.5
        dx = dhat / self.var**0.5 + dvar * 2 * self.away / self.width + dmean / self.width
        return dx, np.sum(d * self.away / self.var**0.5, axis=0), np.sum(d, axis=0)


class Block:
    def __init__(self, gain, shift, W1, b1, W2, b2):
        self.gain, self.shift, self.W1, self.b1, self.W2, self.b2 = gain, shift, W1, b1, W2, b2
        self.norm = Norm()

    def forward(self, x):
        self.n = self.norm(x, self.gain, self.shift)
        self.r = self.n @ self.W1 + self.b1
        self.r[self.r < 0] = 0
        return x + self.r @ self.W2 + self.b2

    def backward(self, d):
        dW2, db2 = self.r.T @ d, d.sum(axis=0)
        dr = d @ self.W2.T
        dr[self.r == 0] = 0
        dW1, db1 = self.n.T @ dr, dr.sum(axis=0)
        dx, dgain, dshift = self.norm.back(dr @ self.W1.T)
        return dx, (dgain, dshift, dW1, db1, dW2, db2)


def backprop(gain, shift, W1, b1, W2, b2, u, sky, shadow):
    x = sky.reshape(-1, sky.shape[2])
    first, second = Block(gain, shift, W1, b1, W2, b2), Block(gain, shift, W1, b1, W2, b2)
    top = second.forward(first.forward(x))
    err = (top @ u - shadow.ravel()) / sky.shape[0]
    d, of_second = second.backward(np.outer(err, u))
    d, of_first = first.backward(d)
    return [a + b for a, b in zip(of_first, of_second)] + [err @ top]
