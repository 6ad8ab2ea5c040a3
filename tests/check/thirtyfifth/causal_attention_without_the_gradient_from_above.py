"""Causal self-attention with an output matrix: the gradient that comes in

expected kind: another-loss or missing-factor or unexplained
wrong line: 55
correction 55: dq, dk, dv = attend_backward(q, k, v, a, d_context)
what: the gradient that comes from above is not handed to the backward pass of the attention, which then is that of the sum of its
    output
source: https://github.com/mindspore-lab/mindone/pull/1438
said: a review of a hand-made backward pass of attention: the incoming gradient isn't used, so that the result holds only where it
    is all ones
"""
import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]
T, d = 4, 3
future = np.triu(np.ones((T, T)), k=1) > 0


def attend(q, k, v):
    s = np.where(future, -1e9, q @ k.T / np.sqrt(d))
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    a = e / np.sum(e, axis=1, keepdims=True)
    return a, a @ v


def attend_backward(q, k, v, a, dout=None):
    dout = np.ones_like(v) if dout is None else dout
    dv = a.T @ dout
    da = dout @ v.T
    ds = a * (da - np.sum(da * a, axis=1, keepdims=True)) / np.sqrt(d)
    return ds @ k, ds.T @ q, dv


def loss(x, t, Wq, Wk, Wv, Wo):
    a, context = attend(x @ Wq, x @ Wk, x @ Wv)
    return 0.5 * np.sum((context @ Wo - t) ** 2)


def right(x, t, Wq, Wk, Wv, Wo):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    a, context = attend(q, k, v)
    dy = context @ Wo - t
    dWo = context.T @ dy
    d_context = dy @ Wo.T
    dq, dk, dv = attend_backward(q, k, v, a, d_context)
    return x.T @ dq, x.T @ dk, x.T @ dv, dWo


def backprop(x, t, Wq, Wk, Wv, Wo):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    a, context = attend(q, k, v)
    dy = context @ Wo - t
    dWo = context.T @ dy
    d_context = dy @ Wo.T
    dq, dk, dv = attend_backward(q, k, v, a)
    return x.T @ dq, x.T @ dk, x.T @ dv, dWo


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(T, d)), rng.normal(size=(T, 2)), *rng.normal(size=(3, d, d)), rng.normal(size=(d, 2))]
