"""No gradient through the attention weights: queries and keys learn nothing.

expected kind: detached
wrong line: 50
correction 50: dweights = np.einsum("ih,jh->ij", dout, v)
what: the attention weights count as constants
source: https://github.com/paiml/aprender/pull/2203
said: Every helper of the attention built its result anew, which cut the graph; the gradient of the query
    projection was None.
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=shape) for shape in [(4, 3), (4, 5), (3, 2), (3, 2), (3, 5)]]


def loss(x, t, Wq, Wk, Wv):
    s = (x @ Wq) @ (x @ Wk).T / np.sqrt(2)
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    return np.sum(((e / np.sum(e, axis=1, keepdims=True)) @ (x @ Wv) - t) ** 2)


def right(x, t, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for i in range(len(x)):
        a = np.exp(k @ q[i] / 2**0.5)
        a /= a.sum()
        g = 2 * (a @ v - t[i])
        dv += np.outer(a, g)
        ds = (np.diag(a) - np.outer(a, a)) @ (v @ g) / 2**0.5
        dq[i] = ds @ k
        dk += np.outer(ds, q[i])
    return x.T @ dq, x.T @ dk, x.T @ dv


def backprop(x, t, Wq, Wk, Wv):
    q, k, v = (np.einsum("td,dh->th", x, w) for w in (Wq, Wk, Wv))
    scale = q.shape[1] ** -0.5
    scores = np.einsum("ih,jh->ij", q, k) * scale
    scores = scores - scores.max(axis=1, keepdims=True)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    dout = 2 * (np.einsum("ij,jh->ih", weights, v) - t)
    dv = np.einsum("ij,ih->jh", weights, dout)
    dweights = np.zeros_like(weights)
    dscores = weights * (dweights - np.einsum("ij,ij->i", dweights, weights)[:, None])
    dq = np.einsum("ij,jh->ih", dscores, k) * scale
    dk = np.einsum("ij,ih->jh", dscores, q) * scale
    return tuple(np.einsum("td,th->dh", x, d) for d in (dq, dk, dv))
