"""Satellite filters reshaped before they are turned.

expected kind: transpose
wrong line: 94
correction 94: self.dK = dK.T.reshape(self.K.shape)
what: The gradient of the filters comes with a column for each filter and is put into their shape without turning it, so that the numbers stand elsewhere
source: https://github.com/tf-encrypted/tf-encrypted/issues/150
said: the values of the weights' gradient, got by im2col, are right, and their positions in the tensor aren't
"""

import numpy as np

PARAMETERS = ["K", "k0", "W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K, k0 = r.normal(size=(3, 2, 2, 2)), 0.4 * r.normal(size=3)
    W, b = 0.5 * r.normal(size=(27, 3)), 0.3 * r.normal(size=3)
    return K, k0, W, b, r.normal(size=(5, 2, 4, 4)), r.integers(0, 3, size=5)


def loss(K, k0, W, b, fields, crops):
    corners = [fields[:, :, i : i + 3, j : j + 3] for i in range(2) for j in range(2)]
    patches = np.stack(corners, axis=2).reshape(len(fields), 8, 9)
    mapped = np.tanh(K.reshape(3, 8) @ patches + k0[:, None])
    logits = mapped.reshape(len(fields), 27) @ W + b
    chosen = np.sum(logits * np.eye(3, dtype=W.dtype)[crops], axis=1)
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - chosen)


def correlate(x, K, bias):
    F, _, kh, kw = K.shape
    oh, ow = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    out = np.zeros((len(x), F, oh, ow)) + bias.reshape(1, F, 1, 1)
    for i in range(kh):
        for j in range(kw):
            out += np.einsum("nchw,fc->nfhw", x[:, :, i : i + oh, j : j + ow], K[:, :, i, j])
    return out


def correlate_backward(dout, x, K):
    _, _, oh, ow = dout.shape
    dK = np.empty_like(K)
    for i in range(K.shape[2]):
        for j in range(K.shape[3]):
            dK[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, x[:, :, i : i + oh, j : j + ow])
    dbias = np.sum(dout, axis=(0, 2, 3))
    return dK, dbias


def right(K, k0, W, b, fields, crops):
    N = fields.shape[0]
    grads = dict.fromkeys(["K", "k0", "W", "b"])
    z = correlate(fields, K, k0)
    act = np.tanh(z)
    logits = np.tensordot(act, W.reshape(act.shape[1:] + (-1,)), axes=3) + b
    odds = np.exp(logits)
    dlogits = odds / odds.sum(axis=1)[:, None]
    for n in range(N):
        dlogits[n, crops[n]] -= 1
    dlogits = dlogits / N
    grads["b"] = np.einsum("nk->k", dlogits)
    grads["W"] = np.einsum("ni,nk->ik", act.reshape(N, -1), dlogits)
    dact = np.einsum("nk,ik->ni", dlogits, W).reshape(act.shape)
    grads["K"], grads["k0"] = correlate_backward(dact * (1 - act * act), fields, K)
    return grads


def im2col(x, size):
    N, C, H, W = x.shape
    oh, ow = H - size + 1, W - size + 1
    rows = np.zeros((N, oh, ow, C, size, size))
    for i in range(oh):
        for j in range(ow):
            rows[:, i, j] = x[:, :, i : i + size, j : j + size]
    return rows.reshape(N * oh * ow, C * size * size)


class Convolution:
    def __init__(self, K, bias):
        self.K, self.bias = K, bias

    def forward(self, x):
        F, C, size, _ = self.K.shape
        self.cols = im2col(x, size)
        out = self.cols @ self.K.reshape(F, -1).T + self.bias
        side = x.shape[2] - size + 1
        return out.reshape(len(x), side, side, F).transpose(0, 3, 1, 2)

    def backward(self, g):
        g = g.transpose(0, 2, 3, 1).reshape(-1, len(self.K))
        dK = self.cols.T @ g
        self.dK = dK.reshape(self.K.shape)
        self.dbias = g.sum(axis=0)


def backprop(K, k0, W, b, fields, crops):
    conv = Convolution(K, k0)
    a = np.tanh(conv.forward(fields))
    flat = a.reshape(len(a), -1)
    scores = flat @ W + b
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(p)), crops] -= 1
    p /= len(p)
    dflat = p @ W.T
    conv.backward(dflat.reshape(a.shape) * (1 - a**2))
    return conv.dK, conv.dbias, flat.T @ p, p.sum(axis=0)
