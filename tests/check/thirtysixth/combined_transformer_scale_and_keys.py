"""A small transformer block with one head, with two mistakes.

expected kind: scale or missing-factor + transpose
wrong line: 62 and 64
correction 62: dS = A * (dA - np.sum(dA * A, axis=1, keepdims=True)) / np.sqrt(q.shape[1])
correction 64: dk = dS.T @ q
what: the scores are divided by the root of the size only on the way forward, and the gradient of the keys takes them untransposed
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

def block(x, Wq, Wk, Wv, Wo, W1, W2):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    A = softmax(q @ k.T / np.sqrt(q.shape[1]))
    ctx = A @ v
    r = x + ctx @ Wo
    a = np.tanh(r @ W1)
    return q, k, v, A, ctx, r, a, r + a @ W2

def loss(x, y, Wq, Wk, Wv, Wo, W1, W2):
    return 0.5 * np.sum((block(x, Wq, Wk, Wv, Wo, W1, W2)[-1] - y) ** 2)


def right(x, y, Wq, Wk, Wv, Wo, W1, W2):
    q, k, v, A, ctx, r, a, out = block(x, Wq, Wk, Wv, Wo, W1, W2)
    dout = out - y
    # feed-forward and its skip connection
    gW2 = a.T @ dout
    dpre = (dout @ W2.T) * (1 - a ** 2)
    gW1 = r.T @ dpre
    dr = dout + dpre @ W1.T
    # attention and its skip connection
    gWo = ctx.T @ dr
    dctx = dr @ Wo.T
    dv = A.T @ dctx
    dA = dctx @ v.T
    dS = A * (dA - np.sum(dA * A, axis=1, keepdims=True)) / np.sqrt(q.shape[1])
    dq = dS @ k
    dk = dS.T @ q
    dx = dr + dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dx, x.T @ dq, x.T @ dk, x.T @ dv, gWo, gW1, gW2


def backprop(x, y, Wq, Wk, Wv, Wo, W1, W2):
    q, k, v, A, ctx, r, a, out = block(x, Wq, Wk, Wv, Wo, W1, W2)
    dout = out - y
    # feed-forward and its skip connection
    gW2 = a.T @ dout
    dpre = (dout @ W2.T) * (1 - a ** 2)
    gW1 = r.T @ dpre
    dr = dout + dpre @ W1.T
    # attention and its skip connection
    gWo = ctx.T @ dr
    dctx = dr @ Wo.T
    dv = A.T @ dctx
    dA = dctx @ v.T
    dS = A * (dA - np.sum(dA * A, axis=1, keepdims=True))
    dq = dS @ k
    dk = dS @ q
    dx = dr + dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dx, x.T @ dq, x.T @ dk, x.T @ dv, gWo, gW1, gW2


PARAMETERS = ["x", "Wq", "Wk", "Wv", "Wo", "W1", "W2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    sizes = [(4, 3), (4, 3), (3, 2), (3, 2), (3, 2), (2, 3), (3, 5), (5, 3)]
    return [rng.normal(size=s) for s in sizes]
