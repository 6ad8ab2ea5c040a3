"""Attention values and keys unpacked in another order.

expected kind: wrong-parameter or stale-value
wrong line: 82 or 92 or 93
correction 82: return dq, dv, dk
correction 92: dQ, dK, dV = attention_backward(dcontext, cache)
correction 93: return X.T.dot(dQ), X.T.dot(dV), X.T.dot(dK), dWo
what: The gradients of keys and values are unpacked in another order than they are handed back
source: https://github.com/jsbaan/transformer-from-scratch/issues/1
said: a function returns q, k, v and the caller takes them as q, v, k
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv = (r.normal(size=(3, 3)) for _ in range(3))
    Wo, X = r.normal(size=(3, 4)), r.normal(size=(5, 3))
    return Wq, Wk, Wv, Wo, X, np.array([True, True, False, True, True]), 2


def loss(Wq, Wk, Wv, Wo, X, attend, label):
    scores = np.where(attend, (X @ Wq) @ (X @ Wk).T / np.sqrt(3), -1e9)
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    context = e / np.sum(e, axis=1, keepdims=True) @ (X @ Wv)
    logits = np.mean(context, axis=0) @ Wo
    return np.log(np.sum(np.exp(logits))) - logits[label]


def right(Wq, Wk, Wv, Wo, X, attend, label):
    T, d_k = X.shape
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    S = Q @ K.T / d_k**0.5
    P = np.exp(S) * attend
    P /= P.sum(1, keepdims=True)
    Z = P @ V
    mean = Z.mean(0)
    y = np.exp(mean @ Wo)
    y /= y.sum()

    dy = y.copy()
    dy[label] -= 1
    dWo = mean[:, None] * dy[None, :]
    dmean = Wo @ dy
    dZ = np.ones((T, 1)) * dmean / T
    dV = P.T @ dZ
    dP = dZ @ V.T
    dS = P * dP
    dS -= P * dS.sum(1, keepdims=True)
    dS /= d_k**0.5
    dQ = dS @ K
    dK = dS.T @ Q
    return {"Wq": X.T @ dQ, "Wk": X.T @ dK, "Wv": X.T @ dV, "Wo": dWo}


def softmax(z):
    z = np.exp(z - z.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)


def attention_forward(q, k, v, attend):
    scores = q.dot(k.T) / np.sqrt(q.shape[1])
    scores[:, ~attend] = -1e9
    weights = softmax(scores)
    return weights.dot(v), (q, k, v, weights)


def attention_backward(dout, cache):
    q, k, v, weights = cache
    dv = weights.T.dot(dout)
    dweights = dout.dot(v.T)
    dscores = np.zeros_like(weights)
    for i in range(len(weights)):
        w = weights[i]
        dscores[i] = (np.diag(w) - np.outer(w, w)).dot(dweights[i])
    dscores /= np.sqrt(q.shape[1])
    dq = dscores.dot(k)
    dk = dscores.T.dot(q)
    return dq, dk, dv


def backprop(Wq, Wk, Wv, Wo, X, attend, label):
    context, cache = attention_forward(X.dot(Wq), X.dot(Wk), X.dot(Wv), attend)
    pooled = context.mean(axis=0)
    dlogits = softmax(pooled.dot(Wo))
    dlogits[label] -= 1
    dWo = np.outer(pooled, dlogits)
    dcontext = np.tile(Wo.dot(dlogits) / len(X), (len(X), 1))
    dQ, dV, dK = attention_backward(dcontext, cache)
    return X.T.dot(dQ), X.T.dot(dK), X.T.dot(dV), dWo
