"""Large negative errors cost nothing.

expected kind: wrong-mask or another-loss
wrong line: 36
correction 36: b = (abs(e) > d).astype(float)
what: the mask of the outer branch lacks the absolute value
source: https://github.com/marlbenchmark/on-policy/issues/47
said: The outer branch of a Huber loss is chosen by e > d, so an error below -d gives a loss of zero; abs(e) >
    d is meant.
"""

import numpy as np

PARAMETERS = ["W", "v"]
D = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(9, 2)), 2 * r.normal(size=9), r.normal(size=(2, 3)), r.normal(size=3)]


def loss(x, y, W, v):
    e = np.tanh(x @ W) @ v - y
    return np.sum(np.where(np.abs(e) <= D, e**2 / 2, D * (np.abs(e) - D / 2)))


def right(x, y, W, v):
    h = np.tanh(x @ W)
    g = np.clip(h @ v - y, -D, D)
    return x.T @ (np.outer(g, v) * (1 - h**2)), h.T @ g


def huber_grad(e, d):
    a = (abs(e) <= d).astype(float)
    b = (e > d).astype(float)
    return a * e + b * d * np.sign(e)


def backprop(x, y, W, v):
    hid = np.tanh(np.dot(x, W))
    err = np.dot(hid, v) - y
    derr = huber_grad(err, D)
    dv = np.dot(hid.T, derr)
    dhid = derr[:, None] * v[None, :]
    dW = np.dot(x.T, dhid * (1 - hid * hid))
    return dW, dv
