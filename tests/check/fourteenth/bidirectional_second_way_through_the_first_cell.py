"""Bidirectional second way through the first cell.

expected kind: wrong-parameter
wrong line: 86
correction 86: carry = np.dot(Ub, dzb)
what: The error of the second direction is carried on through the weights of the first
source: https://github.com/HKUST-KnowComp/R-Net/issues/13
said: the second direction uses the cell of the first one
"""

import numpy as np

PARAMETERS = ["Wf", "Uf", "Wb", "Ub", "Vf", "Vb"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wf, Wb = r.normal(size=(3, 4)), r.normal(size=(3, 4))
    Uf, Ub = r.normal(size=(4, 4)), r.normal(size=(4, 4))
    Vf, Vb = r.normal(size=(4, 2)), r.normal(size=(4, 2))
    return Wf, Uf, Wb, Ub, Vf, Vb, r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(Wf, Uf, Wb, Ub, Vf, Vb, X, Y):
    T = len(X)
    f, b = [np.zeros(4)], [np.zeros(4)]
    for t in range(T):
        f.append(np.tanh(X[t] @ Wf + f[-1] @ Uf))
        b.append(np.tanh(X[T - 1 - t] @ Wb + b[-1] @ Ub))
    out = np.stack(f[1:]) @ Vf + np.stack(b[:0:-1]) @ Vb
    return 0.5 * np.sum((out - Y) ** 2)


def rnn_forward(X, W, U):
    H = np.zeros((len(X) + 1, U.shape[0]))
    for t, x in enumerate(X):
        H[t + 1] = np.tanh(x.dot(W) + H[t].dot(U))
    return H


def rnn_backward(X, H, U, dH):
    dW, dU = np.zeros((X.shape[1], U.shape[0])), np.zeros_like(U)
    dh = np.zeros(U.shape[0])
    for t in reversed(range(len(X))):
        da = (dH[t] + dh) * (1 - H[t + 1] ** 2)
        dW += np.outer(X[t], da)
        dU += np.outer(H[t], da)
        dh = U.dot(da)
    return dW, dU


def right(Wf, Uf, Wb, Ub, Vf, Vb, X, Y):
    Hf = rnn_forward(X, Wf, Uf)
    Hb = rnn_forward(X[::-1], Wb, Ub)
    ahead, behind = Hf[1:], Hb[1:][::-1]
    dout = ahead.dot(Vf) + behind.dot(Vb) - Y
    dVf, dVb = ahead.T.dot(dout), behind.T.dot(dout)
    dWf, dUf = rnn_backward(X, Hf, Uf, dout.dot(Vf.T))
    dWb, dUb = rnn_backward(X[::-1], Hb, Ub, dout.dot(Vb.T)[::-1])
    return dWf, dUf, dWb, dUb, dVf, dVb


def backprop(Wf, Uf, Wb, Ub, Vf, Vb, X, Y):
    T, n = X.shape[0], Uf.shape[0]
    hf, hb = {-1: np.zeros(n)}, {T: np.zeros(n)}
    for t in range(T):
        hf[t] = np.tanh(np.dot(X[t], Wf) + np.dot(hf[t - 1], Uf))
    for t in reversed(range(T)):
        hb[t] = np.tanh(np.dot(X[t], Wb) + np.dot(hb[t + 1], Ub))

    grads = {k: np.zeros_like(p) for k, p in zip(PARAMETERS, (Wf, Uf, Wb, Ub, Vf, Vb))}
    dy = [np.dot(hf[t], Vf) + np.dot(hb[t], Vb) - Y[t] for t in range(T)]
    carry = np.zeros(n)
    for t in reversed(range(T)):
        grads["Vf"] += np.outer(hf[t], dy[t])
        dzf = (np.dot(Vf, dy[t]) + carry) * (1 - hf[t] * hf[t])
        grads["Wf"] += np.outer(X[t], dzf)
        grads["Uf"] += np.outer(hf[t - 1], dzf)
        carry = np.dot(Uf, dzf)
    carry = np.zeros(n)
    for t in range(T):
        grads["Vb"] += np.outer(hb[t], dy[t])
        dzb = (np.dot(Vb, dy[t]) + carry) * (1 - hb[t] * hb[t])
        grads["Wb"] += np.outer(X[t], dzb)
        grads["Ub"] += np.outer(hb[t + 1], dzb)
        carry = np.dot(Uf, dzb)
    return grads
