"""Channels squeezed without the mean.

expected kind: sum-for-mean or missing-factor or scale
wrong line: 67 or 69
correction 67: dsqueezed = dhidden.dot(self.W1.T) / (u.shape[2] * u.shape[3])
correction 69: du += dsqueezed[:, :, None, None] * np.ones(u.shape) / (u.shape[2] * u.shape[3])
what: The mean over the pixels is led back as a sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 2)), r.normal(size=(4, 3)), r.normal(size=(3, 4)), r.normal(size=(2, 2, 3, 3)),
        r.normal(size=(2, 4, 3, 3)),
    )


def loss(K, W1, W2, x, y):
    u = np.einsum("dc,nchw->ndhw", K, x)
    s = np.mean(u, axis=(2, 3))
    g = 1 / (1 + np.exp(-(np.tanh(s @ W1) @ W2)))
    return 0.5 * np.sum((u * g[:, :, None, None] - y) ** 2)


def right(K, W1, W2, x, y):
    N, P = 2, 9
    x, y = x.reshape(N, 2, P), y.reshape(N, 4, P)
    gK, gW1, gW2 = 0, 0, 0
    for n in range(N):
        u = K @ x[n]
        s = u.mean(1)
        t = np.tanh(s @ W1)
        g = 1 / (1 + np.exp(-(t @ W2)))
        e = u * g[:, None] - y[n]
        a2 = (e * u).sum(1) * g * (1 - g)
        a1 = W2 @ a2 * (1 - t**2)
        gW1, gW2 = gW1 + np.outer(s, a1), gW2 + np.outer(t, a2)
        gK = gK + (e * g[:, None] + (W1 @ a1)[:, None] / P) @ x[n].T
    return gK, gW1, gW2


class SqueezeExcite:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def forward(self, u):
        squeezed = u.mean(axis=(2, 3))
        hidden = np.tanh(squeezed.dot(self.W1))
        gate = 1.0 / (1.0 + np.exp(-hidden.dot(self.W2)))
        self.cache = (u, squeezed, hidden, gate)
        return u * gate[:, :, None, None]

    def backward(self, dout):
        u, squeezed, hidden, gate = self.cache
        dgate = (dout * u).sum(axis=(2, 3))
        dscore = dgate * gate * (1 - gate)
        self.dW2 = hidden.T.dot(dscore)
        dhidden = dscore.dot(self.W2.T) * (1 - hidden**2)
        self.dW1 = squeezed.T.dot(dhidden)
        dsqueezed = dhidden.dot(self.W1.T)
        du = dout * gate[:, :, None, None]
        du += dsqueezed[:, :, None, None] * np.ones(u.shape)
        return du


def backprop(K, W1, W2, x, y):
    u = np.tensordot(x, K, axes=([1], [1])).transpose(0, 3, 1, 2)
    block = SqueezeExcite(W1, W2)
    out = block.forward(u)
    du = block.backward(out - y)
    dK = np.tensordot(du, x, axes=([0, 2, 3], [0, 2, 3]))
    return dK, block.dW1, block.dW2
