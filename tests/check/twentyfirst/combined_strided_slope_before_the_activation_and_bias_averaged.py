"""Combined strided slope before the activation and bias averaged.

expected kind: wrong-point + mean-for-sum
wrong line: 82 and 84
correction 82: dconv = dact * (1 - act**2)
correction 84: db = dconv.sum(axis=(0, 1))
what: The slope of the tanh is taken of what goes into it; the gradient of the biases is averaged
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b", "V", "c"]
STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 2)), r.normal(size=2), r.normal(size=8), r.normal(size=1), r.normal(size=(2, 4, 4)), r.normal(size=2)


def loss(K, b, V, c, X, t):
    n = len(X)
    patches = X.reshape(n, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4).reshape(n, 4, 4)
    h = np.tanh(patches @ K.reshape(2, 4).T + b)
    out = h.reshape(n, 8) @ V + c
    return 0.5 * np.sum((out - t) ** 2)


def conv_forward(A_prev, K, b):
    n_f, f, _ = K.shape
    side = (A_prev.shape[1] - f) // STRIDE + 1
    Z = np.zeros((len(A_prev), side, side, n_f))
    for i in range(len(A_prev)):
        for h in range(side):
            for w in range(side):
                a_slice = A_prev[i, h * STRIDE : h * STRIDE + f, w * STRIDE : w * STRIDE + f]
                for k in range(n_f):
                    Z[i, h, w, k] = np.sum(a_slice * K[k]) + b[k]
    return Z


def conv_backward(dZ, A_prev, K):
    n_f, f, _ = K.shape
    dK, db = np.zeros(K.shape), np.zeros(n_f)
    for i in range(len(A_prev)):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                vert, horiz = h * STRIDE, w * STRIDE
                a_slice = A_prev[i, vert : vert + f, horiz : horiz + f]
                for k in range(n_f):
                    dK[k] += a_slice * dZ[i, h, w, k]
                    db[k] += dZ[i, h, w, k]
    return dK, db


def right(K, b, V, c, X, t):
    A = np.tanh(conv_forward(X, K, b))
    flat = A.reshape(len(X), -1)
    err = flat.dot(V) + c - t
    dA = np.outer(err, V).reshape(A.shape)
    dK, db = conv_backward(dA * (1 - A**2), X, K)
    return dK, db, flat.T.dot(err), np.array([err.sum()])


def im2col(X):
    cols = []
    for image in X:
        cols.append([image[i : i + 2, j : j + 2].ravel() for i in (0, STRIDE) for j in (0, STRIDE)])
    return np.array(cols)


def backprop(K, b, V, c, X, t):
    col = im2col(X)
    conv = np.einsum("npq,fq->npf", col, K.reshape(len(K), -1)) + b
    act = np.tanh(conv)
    out = np.einsum("npf,pf->n", act, V.reshape(4, 2)) + c
    dout = out - t
    dV = np.einsum("n,npf->pf", dout, act).ravel()
    dact = np.einsum("n,pf->npf", dout, V.reshape(4, 2))
    dconv = dact * (1 - conv**2)
    dK = np.einsum("npf,npq->fq", dconv, col).reshape(K.shape)
    db = dconv.mean(axis=(0, 1))
    return dK, db, dV, dout.sum(keepdims=True)
