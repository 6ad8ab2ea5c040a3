"""Transposed convolution reads its neighbours.

expected kind: wrong-point or wrong-shape
wrong line: 50
correction 50: dx[i] += dy[i * STRIDE + k] * w[k]
what: The input's gradient of a transposed convolution with stride two is read at every place, not at every second
    one
source: https://github.com/pytorch/pytorch/issues/63314
said: the second element of the gradient is taken instead of the third
"""

import numpy as np

PARAMETERS = ["x", "w"]
STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=3), r.normal(size=9)


def loss(x, w, t):
    total = 0
    for j in range(9):
        y = sum(x[i] * w[j - STRIDE * i] for i in range(4) if 0 <= j - STRIDE * i < 3)
        total = total + (y - t[j]) ** 2
    return total


def right(x, w, t):
    M = np.zeros((9, 4))
    for i in range(4):
        M[2 * i : 2 * i + 3, i] = w
    e = 2 * (M @ x - t)
    return M.T @ e, np.array([sum(e[2 * i + k] * x[i] for i in range(4)) for k in range(3)])


def conv_transpose(x, w):
    y = np.zeros(STRIDE * (len(x) - 1) + len(w))
    for i in range(len(x)):
        y[i * STRIDE : i * STRIDE + len(w)] += x[i] * w
    return y


def conv_transpose_backward(dy, x, w):
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for i in range(len(x)):
        for k in range(len(w)):
            dx[i] += dy[i + k] * w[k]
            dw[k] += dy[i * STRIDE + k] * x[i]
    return dx, dw


def backprop(x, w, t):
    y = conv_transpose(x, w)
    return conv_transpose_backward(2 * (y - t), x, w)
