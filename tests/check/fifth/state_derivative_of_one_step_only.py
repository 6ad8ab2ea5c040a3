"""State derivative of one step only.

expected kind: missing-term or detached
wrong line: 53 or 57
correction 53: directW = np.einsum("ij,k->ijk", np.eye(n), h) + np.tensordot(W, dhdW, 1)
correction 57: dhdW = slope * (directW + np.tensordot(W, dhdW, 1))
what: The derivative of the state by the recurrent weights is that of the present step; the earlier states are held
    constant
source: https://github.com/d2l-ai/d2l-en/issues/2616
said: h_t contains h_(t-1), which contains the weights too, so its derivative must have more than one term
"""

import numpy as np

PARAMETERS = ["W", "U", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3, 2)), r.normal(size=3), r.normal(size=(5, 2)), r.normal(size=5)


def loss(W, U, v, xs, ys):
    h, total = np.zeros(3), 0.0
    for x, y in zip(xs, ys):
        h = np.tanh(W @ h + U @ x)
        total = total + 0.5 * (v @ h - y) ** 2
    return total


def right(W, U, v, xs, ys):
    hs = [np.zeros(3)]
    for x in xs:
        hs.append(np.tanh(W @ hs[-1] + U @ x))
    dW, dU, dv, back = np.zeros_like(W), np.zeros_like(U), np.zeros_like(v), np.zeros(3)
    for t in range(5, 0, -1):
        e = v @ hs[t] - ys[t - 1]
        dv += e * hs[t]
        d = (e * v + back) * (1 - hs[t] ** 2)
        dW += np.outer(d, hs[t - 1])
        dU += np.outer(d, xs[t - 1])
        back = W.T @ d
    return dW, dU, dv


def backprop(W, U, v, xs, ys):
    n, k = U.shape
    h = np.zeros(n)
    dhdW = np.zeros((n, n, n))
    dhdU = np.zeros((n, n, k))
    gW, gU, gv = np.zeros_like(W), np.zeros_like(U), np.zeros_like(v)
    for x, y in zip(xs, ys):
        directW = np.einsum("ij,k->ijk", np.eye(n), h)
        directU = np.einsum("ij,k->ijk", np.eye(n), x)
        h = np.tanh(W @ h + U @ x)
        slope = (1 - h**2)[:, None, None]
        dhdW = slope * directW
        dhdU = slope * (directU + np.tensordot(W, dhdU, 1))
        err = v @ h - y
        gv += err * h
        gW += err * np.tensordot(v, dhdW, 1)
        gU += err * np.tensordot(v, dhdU, 1)
    return gW, gU, gv
