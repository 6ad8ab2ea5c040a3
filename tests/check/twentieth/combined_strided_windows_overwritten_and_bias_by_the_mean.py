"""Combined strided windows overwritten and bias by the mean.

expected kind: missing-sum or missing-term + mean-for-sum or scale
wrong line: 82 and 99
correction 82: dx[n, :, s : s + K] += dout[n, f, j] * w[f]
correction 99: dc = np.sum(dscores, axis=0)
what: Each window and each filter writes over what others have put into the gradient of the input; the head's bias is averaged though the mean is in already
source: https://github.com/rsokl/MyGrad/pull/74
said: the gradient that goes back through the input of a convolution was wrong where it isn't two-dimensional (how is not said; the second mistake is made up)
"""

import numpy as np

PARAMETERS = ["x", "w", "b", "V", "c"]
STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    x, w, b = r.normal(size=(3, 2, 9)), r.normal(size=(4, 2, 3)), 0.3 * r.normal(size=4)
    return x, w, b, 0.5 * r.normal(size=(16, 3)), r.normal(size=3), np.array([0, 2, 1])


def loss(x, w, b, V, c, labels):
    N, K = len(x), w.shape[2]
    steps = range(0, x.shape[2] - K + 1, STRIDE)
    z = np.stack([np.sum(x[:, None, :, s : s + K] * w, axis=(2, 3)) + b for s in steps], axis=2)
    scores = np.maximum(z, 0).reshape(N, -1) @ V + c
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), labels])


class Conv1D:
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def __call__(self, x):
        K = self.weight.shape[2]
        starts = np.arange(0, x.shape[2] - K + 1, STRIDE)
        self.index = starts[:, None] + np.arange(K)
        self.shape, self.windows = x.shape, x[:, :, self.index]
        return np.einsum("nclk,fck->nfl", self.windows, self.weight) + self.bias[:, None]

    def backward(self, grad):
        self.grad_weight = np.einsum("nfl,nclk->fck", grad, self.windows)
        self.grad_bias = grad.sum(axis=(0, 2))
        grad_x = np.zeros(self.shape)
        np.add.at(grad_x, (slice(None), slice(None), self.index), np.einsum("nfl,fck->nclk", grad, self.weight))
        return grad_x


def right(x, w, b, V, c, labels):
    conv = Conv1D(w, b)
    z = conv(x)
    hidden = (z * (z > 0)).reshape(len(x), -1)
    e = np.exp(hidden @ V + c)
    delta = (e / e.sum(1)[:, None] - np.eye(len(c))[labels]) / len(labels)
    grad_hidden = (delta @ V.T).reshape(z.shape)
    grad_x = conv.backward(np.where(z > 0, grad_hidden, 0))
    return grad_x, conv.grad_weight, conv.grad_bias, hidden.T @ delta, delta.sum(0)


def conv1d(x, w, b):
    N, C, L = x.shape
    F, _, K = w.shape
    out = np.zeros((N, F, (L - K) // STRIDE + 1))
    for n in range(N):
        for f in range(F):
            for j in range(out.shape[2]):
                s = j * STRIDE
                out[n, f, j] = np.sum(x[n, :, s : s + K] * w[f]) + b[f]
    return out


def conv1d_backward_naive(dout, x, w):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))
    K = w.shape[2]
    for n in range(dout.shape[0]):
        for f in range(dout.shape[1]):
            for j in range(dout.shape[2]):
                s = j * STRIDE
                dw[f] += dout[n, f, j] * x[n, :, s : s + K]
                dx[n, :, s : s + K] = dout[n, f, j] * w[f]
                db[f] += dout[n, f, j]
    return dx, dw, db


def backprop(x, w, b, V, c, labels):
    N = x.shape[0]
    z = conv1d(x, w, b)
    a = np.maximum(0, z)
    flat = a.reshape(N, -1)
    scores = flat.dot(V) + c
    probs = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[np.arange(N), labels] -= 1
    dscores /= N
    dV = flat.T.dot(dscores)
    dc = np.mean(dscores, axis=0)
    da = dscores.dot(V.T).reshape(a.shape)
    dz = da * (z > 0)
    dx, dw, db = conv1d_backward_naive(dz, x, w)
    return {"x": dx, "w": dw, "b": db, "V": dV, "c": dc}
