"""Block scores without their scale.

expected kind: missing-factor or scale
wrong line: 99
or together: 100 and 101
correction 99: dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True)) / root
correction 100: dQ = np.einsum("hts,hsd->htd", dS, K) / root
correction 101: dK = np.einsum("hts,htd->hsd", dS, Q) / root
what: The scores are divided by a root on the way forward only
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]

HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv, Wo, X, Y = (r.normal(size=s) for s in [(4, 4), (4, 4), (4, 4), (4, 3), (5, 4), (5, 3)])
    return Wq, Wk, Wv, Wo, X, Y


def softmax(s):
    e = np.exp(s - np.max(s, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def loss(Wq, Wk, Wv, Wo, X, Y):
    d = Wq.shape[1] // HEADS
    heads = []
    for h in range(HEADS):
        part = slice(h * d, (h + 1) * d)
        q, k, v = X @ Wq[:, part], X @ Wk[:, part], X @ Wv[:, part]
        heads.append(softmax(q @ k.T / np.sqrt(d)) @ v)
    return 0.5 * np.sum((np.concatenate(heads, axis=1) @ Wo - Y) ** 2)


class Head:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.scale = Wq.shape[1] ** -0.5

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = x.dot(self.Wq), x.dot(self.Wk), x.dot(self.Wv)
        self.weights = softmax(self.q.dot(self.k.T) * self.scale)
        return self.weights.dot(self.v)

    def backward(self, grad):
        d_weights = grad.dot(self.v.T)
        d_v = self.weights.T.dot(grad)
        row = np.sum(d_weights * self.weights, axis=1, keepdims=True)
        d_scores = self.weights * (d_weights - row) * self.scale
        d_q = d_scores.dot(self.k)
        d_k = d_scores.T.dot(self.q)
        return self.x.T.dot(d_q), self.x.T.dot(d_k), self.x.T.dot(d_v)


def right(Wq, Wk, Wv, Wo, X, Y):
    d = Wq.shape[1] // HEADS
    parts = [slice(i, i + d) for i in range(0, HEADS * d, d)]
    heads = [Head(Wq[:, p], Wk[:, p], Wv[:, p]) for p in parts]
    joined = np.hstack([head.forward(X) for head in heads])
    error = joined.dot(Wo) - Y
    grads = {"Wq": np.zeros_like(Wq), "Wk": np.zeros_like(Wk), "Wv": np.zeros_like(Wv)}
    d_joined = error.dot(Wo.T)
    for head, p in zip(heads, parts):
        gq, gk, gv = head.backward(d_joined[:, p])
        grads["Wq"][:, p] = gq
        grads["Wk"][:, p] = gk
        grads["Wv"][:, p] = gv
    grads["Wo"] = joined.T.dot(error)
    return grads


def split(x):
    T, D = x.shape
    return x.reshape(T, HEADS, D // HEADS).transpose(1, 0, 2)


def merge(x):
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)


def backprop(Wq, Wk, Wv, Wo, X, Y):
    Q, K, V = split(X @ Wq), split(X @ Wk), split(X @ Wv)
    root = np.sqrt(Q.shape[-1])
    A = softmax(np.einsum("htd,hsd->hts", Q, K) / root)
    context = merge(np.einsum("hts,hsd->htd", A, V))
    dout = context @ Wo - Y
    dWo = context.T @ dout
    dcontext = split(dout @ Wo.T)
    dA = np.einsum("htd,hsd->hts", dcontext, V)
    dV = np.einsum("hts,htd->hsd", A, dcontext)
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))
    dQ = np.einsum("hts,hsd->htd", dS, K)
    dK = np.einsum("hts,htd->hsd", dS, Q)
    return X.T @ merge(dQ), X.T @ merge(dK), X.T @ merge(dV), dWo
