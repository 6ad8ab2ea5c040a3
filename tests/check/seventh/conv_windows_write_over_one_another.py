"""Conv windows write over one another.

expected kind: missing-term or missing-sum or stale-value
wrong line: 62
correction 62: dA_prev_pad[i, vert : vert + f, horiz : horiz + f, :] += W[:, :, :, c] * dZ[i, h, w, c]
what: The windows overlap, and the gradient of the input is set and not added to, so the last window and filter win
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A_prev", "W", "b"]
hparameters = {"stride": 1, "pad": 1}


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 4, 4, 2)), r.normal(size=(2, 2, 2, 2)), r.normal(size=(1, 1, 1, 2)), r.normal(size=(2, 5, 5, 2))


def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def conv_forward(A_prev, W, b):
    X = zero_pad(A_prev, hparameters["pad"])
    s, f = hparameters["stride"], W.shape[0]
    n = (X.shape[1] - f) // s + 1
    Z = np.zeros((len(X), n, n, W.shape[3]))
    for h in range(n):
        for w in range(n):
            Z[:, h, w] = np.tensordot(X[:, h * s : h * s + f, w * s : w * s + f], W, 3) + b[0, 0, 0]
    return Z


def loss(A_prev, W, b, Y):
    return 0.5 * np.sum((np.tanh(conv_forward(A_prev, W, b)) - Y) ** 2)


def right(A_prev, W, b, Y):
    A = np.tanh(conv_forward(A_prev, W, b))
    G = (A - Y) * (1 - A * A)
    s, f, n = hparameters["stride"], W.shape[0], A.shape[1]
    X = zero_pad(A_prev, 1)
    views = np.lib.stride_tricks.sliding_window_view(X, (f, f), (1, 2))[:, ::s, ::s]
    dX = np.zeros_like(X)
    for i in range(f):
        for j in range(f):
            dX[:, i : i + s * n : s, j : j + s * n : s] += G @ W[i, j].T
    return dX[:, 1:-1, 1:-1], np.einsum("bhwcij,bhwk->ijck", views, G), G.sum((0, 1, 2), keepdims=True)


def conv_backward(dZ, A_prev, W, b):
    stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i, h, w, c in np.ndindex(*dZ.shape):
        vert, horiz = h * stride, w * stride
        a_slice = A_prev_pad[i, vert : vert + f, horiz : horiz + f, :]
        dA_prev_pad[i, vert : vert + f, horiz : horiz + f, :] = W[:, :, :, c] * dZ[i, h, w, c]
        dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
        db[:, :, :, c] += dZ[i, h, w, c]
    dA_prev = dA_prev_pad[:, pad:-pad, pad:-pad, :]
    return dA_prev, dW, db


def backprop(A_prev, W, b, Y):
    A = np.tanh(conv_forward(A_prev, W, b))
    dZ = (A - Y) * (1 - np.power(A, 2))
    return conv_backward(dZ, A_prev, W, b)
