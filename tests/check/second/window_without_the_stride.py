"""Window without the stride.

expected kind: wrong-point
wrong line: 52
correction 52: vert = h * stride
what: The window that a filter's gradient is taken from starts at h, not at h * stride
source: github.com/Kulbear/deep-learning-coursera, pull request 34
said: The stride is missing in the backward pass of the convolution.
"""

import numpy as np

PARAMETERS = ["W", "b", "X"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 2)), r.normal(), r.normal(size=(2, 6, 6)), r.normal(size=(3, 3))


def loss(W, b, X, T):
    J = 0
    for i in range(3):
        for j in range(3):
            J = J + 0.5 * (np.sum(W * X[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]) + b - T[i, j]) ** 2
    return J


def right(W, b, X, T):
    P = X.reshape(2, 3, 2, 3, 2)
    d = np.einsum("cikjl,ckl->ij", P, W) + b - T
    return np.einsum("cikjl,ij->ckl", P, d), d.sum(), np.einsum("ckl,ij->cikjl", W, d).reshape(X.shape)


def conv_forward(A_prev, W, b, stride):
    f = W.shape[1]
    n = (A_prev.shape[1] - f) // stride + 1
    Z = np.zeros((n, n))
    for h in range(n):
        for w in range(n):
            vert, horiz = h * stride, w * stride
            Z[h, w] = np.sum(A_prev[:, vert : vert + f, horiz : horiz + f] * W) + b
    return Z


def backprop(W, b, X, T):
    stride, f = 2, W.shape[1]
    dZ = conv_forward(X, W, b, stride) - T
    dA_prev, dW, db = np.zeros_like(X), np.zeros_like(W), 0.0
    for h in range(dZ.shape[0]):
        for w in range(dZ.shape[1]):
            vert = h
            horiz = w * stride
            a_slice = X[:, vert : vert + f, horiz : horiz + f]
            dA_prev[:, vert : vert + f, horiz : horiz + f] += W * dZ[h, w]
            dW += a_slice * dZ[h, w]
            db += dZ[h, w]
    return dW, db, dA_prev
