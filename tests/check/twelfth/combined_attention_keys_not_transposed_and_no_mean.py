"""Combined attention keys not transposed and no mean.

expected kind: transpose + sum-for-mean or scale or missing-factor
wrong line: 92 and 84 or 85
correction 84: dmean = Wo @ dy / T
correction 85: dZ = np.ones((T, 1)) * dmean / T
correction 92: dK = dS.T @ Q
what: The scores' gradient isn't transposed for the keys; that of the mean over the words isn't divided
source: https://github.com/huggingface/diffusers/pull/14341
said: keys and values were transposed twice in the backward pass of attention; the mean is made up
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


def right(Wq, Wk, Wv, Wo, X, attend, label):
    context, cache = attention_forward(X.dot(Wq), X.dot(Wk), X.dot(Wv), attend)
    pooled = context.mean(axis=0)
    dlogits = softmax(pooled.dot(Wo))
    dlogits[label] -= 1
    dWo = np.outer(pooled, dlogits)
    dcontext = np.tile(Wo.dot(dlogits) / len(X), (len(X), 1))
    dQ, dK, dV = attention_backward(dcontext, cache)
    return X.T.dot(dQ), X.T.dot(dK), X.T.dot(dV), dWo


def backprop(Wq, Wk, Wv, Wo, X, attend, label):
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
    dZ = np.ones((T, 1)) * dmean
    dV = P.T @ dZ
    dP = dZ @ V.T
    dS = P * dP
    dS -= P * dS.sum(1, keepdims=True)
    dS /= d_k**0.5
    dQ = dS @ K
    dK = dS @ Q
    return {"Wq": X.T @ dQ, "Wk": X.T @ dK, "Wv": X.T @ dV, "Wo": dWo}
