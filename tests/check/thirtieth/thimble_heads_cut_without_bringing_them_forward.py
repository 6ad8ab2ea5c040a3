"""Thimble heads cut without bringing them forward.

expected kind: transpose
wrong line: 152
correction 152: dheads = dmerged.reshape(N, T, HEADS, S).transpose(0, 2, 1, 3)
what: On the way back the joined heads are cut up by a reshape alone, so that places and heads get mixed
source: https://github.com/ajhalthor/Transformer-Neural-Network/pull/4
said: heads were joined by a reshape without swapping the axes of heads and places first, so a token got values of other
    tokens
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo", "F", "G", "C"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    # four rows of five thimbles each, four measures; on which of three fingers they sit
    d, inner, kinds = 4, 5, 3
    Wq, Wk, Wv, Wo = (0.8 * r.normal(size=(d, d)) for _ in range(4))
    F, G, C = 0.7 * r.normal(size=(d, inner)), 0.7 * r.normal(size=(inner, d)), r.normal(size=(d, kinds))
    return Wq, Wk, Wv, Wo, F, G, C, r.normal(size=(4, 5, d)), r.integers(0, kinds, size=4)


def loss(Wq, Wk, Wv, Wo, F, G, C, rows, finger):
    n, T, d = rows.shape
    size = d // HEADS
    heads = []
    for k in range(HEADS):
        part = slice(k * size, (k + 1) * size)
        s = np.einsum("nid,njd->nij", rows @ Wq[:, part], rows @ Wk[:, part]) / np.sqrt(size)
        e = np.exp(s - np.max(s, axis=2, keepdims=True))
        heads.append(np.einsum("nij,njd->nid", e / np.sum(e, axis=2, keepdims=True), rows @ Wv[:, part]))
    y = rows + np.concatenate(heads, axis=2) @ Wo
    z = y + np.maximum(y @ F, 0) @ G
    logits = np.mean(z, axis=1) @ C
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(n), finger])


class AttentionLayer:
    """Attention of several heads for one sequence; gradients add up over calls of backward."""

    def __init__(self, Wq, Wk, Wv, Wo):
        self.Wq, self.Wk, self.Wv, self.Wo = Wq, Wk, Wv, Wo
        self.size = Wq.shape[1] // HEADS
        self.dWq, self.dWk, self.dWv, self.dWo = (np.zeros_like(w) for w in (Wq, Wk, Wv, Wo))

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = x @ self.Wq, x @ self.Wk, x @ self.Wv
        self.weights, self.out = [], np.zeros_like(self.v)
        for h in range(HEADS):
            cols = slice(h * self.size, (h + 1) * self.size)
            s = self.q[:, cols] @ self.k[:, cols].T / np.sqrt(self.size)
            a = np.exp(s - s.max(axis=1, keepdims=True))
            a /= a.sum(axis=1, keepdims=True)
            self.weights.append(a)
            self.out[:, cols] = a @ self.v[:, cols]
        return self.out @ self.Wo

    def backward(self, dy):
        self.dWo += self.out.T @ dy
        dout = dy @ self.Wo.T
        dq, dk, dv = np.zeros_like(self.q), np.zeros_like(self.k), np.zeros_like(self.v)
        for h, a in enumerate(self.weights):
            cols = slice(h * self.size, (h + 1) * self.size)
            dv[:, cols] = a.T @ dout[:, cols]
            da = dout[:, cols] @ self.v[:, cols].T
            ds = a * (da - (da * a).sum(axis=1, keepdims=True))
            ds /= np.sqrt(self.size)
            dq[:, cols] = ds @ self.k[:, cols]
            dk[:, cols] = ds.T @ self.q[:, cols]
        self.dWq += self.x.T @ dq
        self.dWk += self.x.T @ dk
        self.dWv += self.x.T @ dv


class FeedForward:
    def __init__(self, F, G):
        self.F, self.G = F, G
        self.dF, self.dG = np.zeros_like(F), np.zeros_like(G)

    def forward(self, y):
        self.y = y
        self.a = np.maximum(y @ self.F, 0)
        return self.a @ self.G

    def backward(self, dz):
        self.dG += self.a.T @ dz
        da = dz @ self.G.T
        da[self.a == 0] = 0
        self.dF += self.y.T @ da
        return da @ self.F.T


def right(Wq, Wk, Wv, Wo, F, G, C, rows, finger):
    attention, ff = AttentionLayer(Wq, Wk, Wv, Wo), FeedForward(F, G)
    dC = np.zeros_like(C)
    for x, label in zip(rows, finger):
        y = x + attention.forward(x)
        z = y + ff.forward(y)
        mean = z.mean(axis=0)
        p = np.exp(mean @ C)
        p /= p.sum()
        p[label] -= 1
        p /= len(rows)
        dC += np.outer(mean, p)
        dz = np.tile(C @ p / len(x), (len(x), 1))
        dy = dz + ff.backward(dz)
        attention.backward(dy)
    return attention.dWq, attention.dWk, attention.dWv, attention.dWo, ff.dF, ff.dG, dC


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def block_forward(p, x):
    N, T, D = x.shape
    S = D // HEADS
    c = {"x": x}
    for name in "qkv":
        c[name] = (x @ p["W" + name]).reshape(N, T, HEADS, S).transpose(0, 2, 1, 3)
    c["att"] = softmax(c["q"] @ c["k"].transpose(0, 1, 3, 2) / S**0.5)
    c["merged"] = (c["att"] @ c["v"]).transpose(0, 2, 1, 3).reshape(N, T, D)
    c["y"] = x + c["merged"] @ p["Wo"]
    c["pre"] = c["y"] @ p["F"]
    c["act"] = np.maximum(c["pre"], 0)
    c["pooled"] = (c["y"] + c["act"] @ p["G"]).mean(axis=1)
    return softmax(c["pooled"] @ p["C"]), c


def over_tokens(a, b):
    return np.einsum("nti,ntj->ij", a, b)


def block_backward(p, c, dlogits):
    x = c["x"]
    N, T, D = x.shape
    S = D // HEADS
    g = {"C": c["pooled"].T @ dlogits}
    dz = np.broadcast_to((dlogits @ p["C"].T)[:, None, :] / T, x.shape)
    g["G"] = over_tokens(c["act"], dz)
    dpre = dz @ p["G"].T * (c["pre"] > 0)
    g["F"] = over_tokens(c["y"], dpre)
    dy = dz + dpre @ p["F"].T
    g["Wo"] = over_tokens(c["merged"], dy)
    dmerged = dy @ p["Wo"].T
    dheads = dmerged.reshape(N, HEADS, T, S)
    datt = dheads @ c["v"].transpose(0, 1, 3, 2)
    dscores = c["att"] * (datt - (datt * c["att"]).sum(axis=-1, keepdims=True)) / S**0.5
    d = {
        "q": dscores @ c["k"],
        "k": dscores.transpose(0, 1, 3, 2) @ c["q"],
        "v": c["att"].transpose(0, 1, 3, 2) @ dheads,
    }
    for name in "qkv":
        g["W" + name] = over_tokens(x, d[name].transpose(0, 2, 1, 3).reshape(N, T, D))
    return g


def backprop(Wq, Wk, Wv, Wo, F, G, C, rows, finger):
    p = {"Wq": Wq, "Wk": Wk, "Wv": Wv, "Wo": Wo, "F": F, "G": G, "C": C}
    probs, cache = block_forward(p, rows)
    dlogits = (probs - np.eye(C.shape[1])[finger]) / len(rows)
    return block_backward(p, cache, dlogits)
