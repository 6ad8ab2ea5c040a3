"""Letters of a context that are the same.

expected kind: missing-sum or missing-term
wrong line: 52
correction 52: np.add.at(dC, Xb[k], demb[k])
what: A letter that occurs twice in a context gets the gradient of one of its places
source: github.com/karpathy/nn-zero-to-hero, issue 57
said: Adding to rows of an index array keeps one of several equal indices; a loop over both places is needed.
"""

import numpy as np

PARAMETERS = ["C", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Xb = np.array([[0, 0, 1], [2, 1, 2], [3, 3, 3], [1, 0, 2]])
    return r.normal(size=(4, 2)), r.normal(size=(6, 4)), Xb, r.integers(0, 4, 4)


def loss(C, W, Xb, Yb):
    s = np.tanh(np.reshape(C[Xb], (len(Xb), 6))) @ W
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(Yb)), Yb])


def right(C, W, Xb, Yb):
    h = np.tanh(C[Xb].reshape(-1, 6))
    p = np.exp(h @ W)
    d = (p / p.sum(1, keepdims=True) - np.eye(4)[Yb]) / len(Yb)
    g = (d @ W.T * (1 - h * h)).reshape(-1, 2)
    return np.eye(4)[Xb.ravel()].T @ g, h.T @ d


def backprop(C, W, Xb, Yb):
    n = Xb.shape[0]
    emb = C[Xb]
    embcat = emb.reshape(n, -1)
    h = np.tanh(embcat)
    logits = h @ W
    counts = np.exp(logits - logits.max(1, keepdims=True))
    probs = counts / counts.sum(1, keepdims=True)
    dlogits = probs
    dlogits[range(n), Yb] -= 1
    dlogits /= n
    dW = h.T @ dlogits
    dh = dlogits @ W.T
    dembcat = (1.0 - h**2) * dh
    demb = dembcat.reshape(emb.shape)
    dC = np.zeros_like(C)
    for k in range(n):
        dC[Xb[k]] += demb[k]
    return dC, dW
