"""A layer of self-attention with a residual, and the gradient of its input.

expected kind: missing-term
wrong line: 52
correction 52: dX = dout + dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
what: the input is added to what the attention gives, but its gradient comes only through the queries, keys and values
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def attend(X, Wq, Wk, Wv):
    q, k, v = X @ Wq, X @ Wk, X @ Wv
    s = q @ k.T / np.sqrt(q.shape[1])
    s = s - s.max(axis=1, keepdims=True)
    w = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    return q, k, v, w


def loss(X, target, Wq, Wk, Wv):
    *_, v, w = attend(X, Wq, Wk, Wv)
    out = X + w @ v
    return np.mean((out - target) ** 2)


def right(X, target, Wq, Wk, Wv):
    q, k, v, w = attend(X, Wq, Wk, Wv)
    out = X + w @ v
    dout = 2 * (out - target) / out.size
    dv = w.T @ dout
    dw = dout @ v.T
    ds = np.empty_like(dw)
    for row in range(len(w)):
        ds[row] = (np.diag(w[row]) - np.outer(w[row], w[row])) @ dw[row]
    ds /= np.sqrt(q.shape[1])
    dq, dk = ds @ k, ds.T @ q
    dX = dout + dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dX, X.T @ dq, X.T @ dk, X.T @ dv


def backprop(X, target, Wq, Wk, Wv):
    q, k, v, w = attend(X, Wq, Wk, Wv)
    out = X + w @ v
    dout = 2 * (out - target) / out.size
    dv = w.T @ dout
    dw = dout @ v.T
    ds = np.empty_like(dw)
    for row in range(len(w)):
        ds[row] = (np.diag(w[row]) - np.outer(w[row], w[row])) @ dw[row]
    ds /= np.sqrt(q.shape[1])
    dq, dk = ds @ k, ds.T @ q
    dX = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dX, X.T @ dq, X.T @ dk, X.T @ dv


PARAMETERS = ["X", "Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(3, 3))]
