"""Cobbler kernel not turned round.

expected kind: reversed
wrong line: 96
correction 96: kernel = self.K[:, :, ::-1]
what: The slope of the input is made with the kernel as it is, where it runs the other way
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K1", "b1", "K2", "b2", "O"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # four knocks of a cobbler, by two microphones, eleven moments; three kinds of shoes
    K1, b1, K2, b2 = r.normal(size=(3, 2, 3)), 0.4 * r.normal(size=3), 0.7 * r.normal(size=(4, 3, 2)), 0.3 * r.normal(size=4)
    return K1, b1, K2, b2, r.normal(size=(4, 3)), r.normal(size=(4, 2, 11)), r.integers(0, 3, size=4)


def loss(K1, b1, K2, b2, O, knocks, shoe):
    x = knocks
    for K, b, stride in ((K1, b1, 2), (K2, b2, 1)):
        k = K.shape[2]
        parts = [np.einsum("nck,fck->nf", x[:, :, i : i + k], K) + b for i in range(0, x.shape[2] - k + 1, stride)]
        z = np.stack(parts, axis=2)
        x = np.maximum(z, 0) if stride == 2 else np.tanh(z)
    logits = np.mean(x, axis=2) @ O
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(shoe.shape[0]), shoe])


def conv1d_forward(x, K, b, stride):
    n, _, length = x.shape
    filters, _, k = K.shape
    out = np.zeros((n, filters, (length - k) // stride + 1))
    for m in range(n):
        for f in range(filters):
            for t in range(out.shape[2]):
                out[m, f, t] = np.sum(x[m, :, t * stride : t * stride + k] * K[f]) + b[f]
    return out


def conv1d_backward(dout, x, K, stride):
    dx, dK, db = np.zeros_like(x), np.zeros_like(K), np.zeros(len(K))
    k = K.shape[2]
    for m in range(dout.shape[0]):
        for f in range(dout.shape[1]):
            for t in range(dout.shape[2]):
                window = slice(t * stride, t * stride + k)
                dx[m, :, window] += K[f] * dout[m, f, t]
                dK[f] += x[m, :, window] * dout[m, f, t]
                db[f] += dout[m, f, t]
    return dx, dK, db


def right(K1, b1, K2, b2, O, knocks, shoe):
    z1 = conv1d_forward(knocks, K1, b1, 2)
    a1 = np.maximum(z1, 0)
    z2 = conv1d_forward(a1, K2, b2, 1)
    a2 = np.tanh(z2)
    pooled = a2.mean(axis=2)
    scores = pooled @ O
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    probs[np.arange(len(shoe)), shoe] -= 1
    dscores = probs / len(shoe)
    dO = pooled.T @ dscores
    da2 = np.repeat((dscores @ O.T)[:, :, None], a2.shape[2], axis=2) / a2.shape[2]
    dz2 = da2 * (1 - a2**2)
    da1, dK2, db2 = conv1d_backward(dz2, a1, K2, 1)
    dz1 = np.where(z1 > 0, da1, 0)
    _, dK1, db1 = conv1d_backward(dz1, knocks, K1, 2)
    return dK1, db1, dK2, db2, dO


def windows(x, k, stride=1):
    return np.lib.stride_tricks.sliding_window_view(x, k, axis=2)[:, :, ::stride]


class Conv1D:
    def __init__(self, K, b, stride=1):
        self.K, self.b, self.stride = K, b, stride

    def forward(self, x):
        self.cols = windows(x, self.K.shape[2], self.stride)
        return np.einsum("nctk,fck->nft", self.cols, self.K) + self.b[:, None]

    def grads(self, dz):
        return np.einsum("nft,nctk->fck", dz, self.cols), dz.sum(axis=(0, 2))

    def grad_input(self, dz):
        """Full correlation with the kernel turned round; for a stride of one."""
        k = self.K.shape[2]
        padded = np.pad(dz, ((0, 0), (0, 0), (k - 1, k - 1)))
        kernel = self.K
        return np.einsum("nftk,fck->nct", windows(padded, k), kernel)


class Classifier:
    def __init__(self, O):
        self.O = O

    def forward(self, maps):
        self.maps = maps
        self.mean = np.einsum("nft->nf", maps) / maps.shape[2]
        e = np.exp(self.mean @ self.O)
        self.p = e / e.sum(axis=1, keepdims=True)

    def backward(self, target):
        d = (self.p - np.eye(self.p.shape[1])[target]) / len(target)
        self.dO = self.mean.T @ d
        return np.zeros_like(self.maps) + (d @ self.O.T / self.maps.shape[2])[..., None]


def backprop(K1, b1, K2, b2, O, knocks, shoe):
    first, second, top = Conv1D(K1, b1, 2), Conv1D(K2, b2), Classifier(O)
    h = np.maximum(first.forward(knocks), 0)
    g = np.tanh(second.forward(h))
    top.forward(g)
    dz2 = top.backward(shoe) * (1 - g * g)
    dK2, db2 = second.grads(dz2)
    dz1 = second.grad_input(dz2) * (h > 0)
    dK1, db1 = first.grads(dz1)
    return {"K1": dK1, "b1": db1, "K2": dK2, "b2": db2, "O": top.dO}
