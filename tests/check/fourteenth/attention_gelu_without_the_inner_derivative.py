"""Attention gelu without the inner derivative.

expected kind: missing-factor
wrong line: 67
correction 67: return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * inner
what: The derivative of GELU lacks that of what stands in tanh
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 4), (4, 4), (4, 4), (4, 6), (6, 4), (5, 4), (5, 4)]
    return tuple(0.7 * r.normal(size=s) for s in shapes)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def loss(Wq, Wk, Wv, W1, W2, X, Y):
    T, d = X.shape
    scores = (X @ Wq) @ (X @ Wk).T / np.sqrt(d)
    scores = np.where(np.tri(T) > 0, scores, -1e9)
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    mid = X + (e / np.sum(e, axis=1, keepdims=True)) @ (X @ Wv)
    out = mid + gelu(mid @ W1) @ W2
    return 0.5 * np.sum((out - Y) ** 2) / T


def right(Wq, Wk, Wv, W1, W2, X, Y):
    T, D = X.shape
    Q, K, V = np.einsum("td,dh->th", X, Wq), np.einsum("td,dh->th", X, Wk), np.einsum("td,dh->th", X, Wv)
    S = np.einsum("ih,jh->ij", Q, K) * D**-0.5
    S[np.arange(T)[:, None] < np.arange(T)] = -np.inf
    P = np.exp(S)
    P /= np.sum(P, axis=1, keepdims=True)
    M = X + P @ V
    Z = M @ W1
    th = np.tanh(np.sqrt(2 / np.pi) * Z * (1 + 0.044715 * Z * Z))
    G = 0.5 * Z * (1 + th)
    grads = {}
    dF = (M + G @ W2 - Y) / T
    grads["W2"] = np.einsum("tf,td->fd", G, dF)
    dZ = dF @ W2.T
    dZ *= 0.5 * (1 + th + Z * (1 - th * th) * np.sqrt(2 / np.pi) * (1 + 0.134145 * Z * Z))
    grads["W1"] = M.T @ dZ
    dM = dZ @ W1.T + dF
    dP = np.einsum("ih,jh->ij", dM, V)
    grads["Wv"] = np.einsum("jd,ij,ih->dh", X, P, dM)
    dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
    dS *= D**-0.5
    grads["Wq"] = np.einsum("id,ij,jh->dh", X, dS, K)
    grads["Wk"] = np.einsum("jd,ij,ih->dh", X, dS, Q)
    return grads


def gelu_grad(x):
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    inner = c * (1 + 3 * 0.044715 * x**2)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2)


def attention_forward(X, Wq, Wk, Wv):
    q, k, v = X.dot(Wq), X.dot(Wk), X.dot(Wv)
    s = q.dot(k.T) / np.sqrt(X.shape[1]) + np.triu(np.full((len(X), len(X)), -1e9), 1)
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return p.dot(v), (X, q, k, v, p)


def attention_backward(dout, cache):
    X, q, k, v, p = cache
    dp = dout.dot(v.T)
    ds = p * (dp - (dp * p).sum(1, keepdims=True)) / np.sqrt(X.shape[1])
    return X.T.dot(ds.dot(k)), X.T.dot(ds.T.dot(q)), X.T.dot(p.T.dot(dout))


def backprop(Wq, Wk, Wv, W1, W2, X, Y):
    attended, cache = attention_forward(X, Wq, Wk, Wv)
    mid = X + attended
    pre = mid.dot(W1)
    act = gelu(pre)
    dout = (mid + act.dot(W2) - Y) / len(X)
    dW2 = act.T.dot(dout)
    dpre = dout.dot(W2.T) * gelu_grad(pre)
    dW1 = mid.T.dot(dpre)
    dmid = dout + dpre.dot(W1.T)
    dWq, dWk, dWv = attention_backward(dmid, cache)
    return dWq, dWk, dWv, dW1, dW2
