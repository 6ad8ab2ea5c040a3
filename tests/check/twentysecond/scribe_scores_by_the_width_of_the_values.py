"""Scribe scores by the width of the values.

expected kind: scale
wrong line: 84
correction 84: ds /= np.sqrt(K.shape[1])
what: The gradient of the scores is divided by the root of the width of the values, not of the keys
source: https://github.com/juho-lee/set_transformer/issues/18
said: the scores are divided by the root of the dimension of V, where that of the keys is usual: another factor
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv, Wo = (r.normal(size=s) for s in ((3, 4), (3, 4), (3, 2), (2, 3)))
    return Wq, Wk, Wv, Wo, r.normal(size=(5, 3)), r.normal(size=(5, 3))


def loss(Wq, Wk, Wv, Wo, X, Y):
    scores = (X @ Wq) @ (X @ Wk).T / np.sqrt(Wk.shape[1])
    weights = np.exp(scores) * np.tril(np.ones((len(X), len(X))))
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return 0.5 * np.sum((weights @ (X @ Wv) @ Wo - Y) ** 2)


class CausalHead:
    def __init__(self, **weights):
        self.weights = weights
        self.grads = {}

    def forward(self, X):
        self.X = X
        self.q, self.k, self.v = (X @ self.weights[name] for name in ("Wq", "Wk", "Wv"))
        self.scale = self.k.shape[1] ** -0.5
        logits = self.scale * np.einsum("id,jd->ij", self.q, self.k)
        logits[np.triu_indices(len(X), k=1)] = -np.inf
        self.att = np.exp(logits - logits.max(axis=-1, keepdims=True))
        self.att /= self.att.sum(axis=-1, keepdims=True)
        self.mix = self.att @ self.v
        return self.mix @ self.weights["Wo"]

    def backward(self, dout):
        self.grads["Wo"] = self.mix.T @ dout
        dmix = dout @ self.weights["Wo"].T
        dv = self.att.T @ dmix
        datt = dmix @ self.v.T
        shared = np.sum(datt * self.att, axis=-1, keepdims=True)
        dlogits = self.att * (datt - shared)
        dq = self.scale * np.einsum("ij,jd->id", dlogits, self.k)
        dk = self.scale * np.einsum("ij,id->jd", dlogits, self.q)
        for name, d in (("Wq", dq), ("Wk", dk), ("Wv", dv)):
            self.grads[name] = self.X.T @ d
        return self.grads


def right(Wq, Wk, Wv, Wo, X, Y):
    head = CausalHead(Wq=Wq, Wk=Wk, Wv=Wv, Wo=Wo)
    return head.backward(head.forward(X) - Y)


def look_back(q, keys):
    s = keys @ q / np.sqrt(len(q))
    e = np.exp(s - s.max())
    return e / e.sum()


def backprop(Wq, Wk, Wv, Wo, X, Y):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    dWo = np.zeros_like(Wo)
    for t in range(len(X)):
        past = slice(0, t + 1)
        p = look_back(Q[t], K[past])
        context = p @ V[past]
        error = context @ Wo - Y[t]
        dWo += np.outer(context, error)
        dcontext = Wo @ error
        dV[past] += np.outer(p, dcontext)
        dp = V[past] @ dcontext
        ds = p * (dp - np.dot(p, dp))
        ds /= np.sqrt(V.shape[1])
        dQ[t] = ds @ K[past]
        dK[past] += np.outer(ds, Q[t])
    return X.T @ dQ, X.T @ dK, X.T @ dV, dWo
