"""Dropout another mask on the way back.

expected kind: wrong-mask or wrong-point
wrong line: 75
correction 75: dh = dropout_backward(dout.dot(weights[l].T), (masks[l - 1], P))
what: Each hidden layer goes back through the mask of the other
source: https://github.com/Benny-Nottonson/voodoo/issues/19
said: going back dropout draws anew, so that the mask is not that of the way forward
"""

import numpy as np

P = 0.3
PARAMETERS = ["W1", "W2", "W3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    m = np.random.default_rng(3)
    return r.normal(size=(5, 6)), r.normal(size=(6, 6)), r.normal(size=(6, 2)), r.normal(size=(5, 5)), np.array([0, 1, 1, 0, 1]), m.uniform(size=(5, 6)) > P, m.uniform(size=(5, 6)) > P


def loss(W1, W2, W3, X, y, mask1, mask2):
    a1 = np.tanh(X @ W1) * mask1 / (1 - P)
    a2 = np.tanh(a1 @ W2) * mask2 / (1 - P)
    s = a2 @ W3
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def right(W1, W2, W3, X, y, mask1, mask2):
    scale = 1 / (1 - P)
    t1 = np.tanh(np.matmul(X, W1))
    u1 = t1 * mask1 * scale
    t2 = np.tanh(np.matmul(u1, W2))
    u2 = t2 * mask2 * scale
    e = np.exp(np.matmul(u2, W3))
    prob = e / np.sum(e, axis=1)[:, None]
    target = np.zeros_like(prob)
    target[np.arange(len(y)), y] = 1
    err = prob - target
    du2 = np.matmul(err, W3.T)
    dt2 = np.where(mask2, du2 * scale, 0)
    dz2 = dt2 * (1 - t2 * t2)
    du1 = np.matmul(dz2, W2.T)
    dt1 = np.where(mask1, du1 * scale, 0)
    dz1 = dt1 * (1 - t1 * t1)
    return np.einsum("ni,nj->ij", X, dz1), np.einsum("ni,nj->ij", u1, dz2), np.einsum("ni,nj->ij", u2, err)


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * mask / (1 - p)


def forward(X, weights, masks):
    hs, acts = [], [X]
    for W, mask in zip(weights[:-1], masks):
        h = np.tanh(acts[-1].dot(W))
        hs.append(h)
        acts.append(h * mask / (1 - P))
    return hs, acts, acts[-1].dot(weights[-1])


def backprop(W1, W2, W3, X, y, mask1, mask2):
    weights, masks = [W1, W2, W3], [mask1, mask2]
    hs, acts, scores = forward(X, weights, masks)
    dout = np.exp(scores - scores.max(axis=1, keepdims=True))
    dout /= dout.sum(axis=1, keepdims=True)
    dout[np.arange(len(y)), y] -= 1
    grads = [None] * 3
    for l in reversed(range(3)):
        grads[l] = acts[l].T.dot(dout)
        if l == 0:
            break
        dh = dropout_backward(dout.dot(weights[l].T), (masks[-l], P))
        dout = dh * (1 - hs[l - 1] ** 2)
    return grads
