"""Char rnn letters that come twice at a step.

expected kind: missing-sum or missing-term
wrong line: 83
correction 83: np.add.at(demb, ids, dz @ self.W.T)
what: Where a letter stands in several rows at the same step, an addition by index keeps the last of them only
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["emb", "W", "U", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    tokens = np.array([[0, 1, 1, 4], [3, 1, 2, 0], [0, 1, 3, 3]])
    labels = np.array([[1, 1, 4, 2], [1, 2, 0, 3], [1, 3, 3, 4]])
    shapes = (5, 3), (3, 4), (4, 4), (4,), (4, 5)
    return (*(r.normal(size=s) * 0.8 for s in shapes), tokens, labels)


def loss(emb, W, U, b, V, tokens, labels):
    N, T = tokens.shape
    h, total = np.zeros((N, len(b))), 0
    for t in range(T):
        h = np.tanh(emb[tokens[:, t]] @ W + h @ U + b)
        s = h @ V
        total = total + np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(N), labels[:, t]])
    return total / (N * T)


def right(emb, W, U, b, V, tokens, labels):
    grads = [np.zeros_like(p) for p in (emb, W, U, b, V)]
    count = tokens.size
    for ids, wanted in zip(tokens, labels):
        hs = [np.zeros(len(b))]
        for word in ids:
            hs.append(np.tanh(emb[word] @ W + hs[-1] @ U + b))
        back = np.zeros(len(b))
        for k in range(len(ids), 0, -1):
            q = np.exp(hs[k] @ V)
            q = q / q.sum() - (np.arange(5) == wanted[k - 1])
            a = (V @ q / count + back) * (1 - hs[k] ** 2)
            back = U @ a
            grads[0][ids[k - 1]] += W @ a
            grads[1] += np.outer(emb[ids[k - 1]], a)
            grads[2] += np.outer(hs[k - 1], a)
            grads[3] += a
            grads[4] += np.outer(hs[k], q) / count
    return tuple(grads)


class LanguageModel:
    def __init__(self, emb, W, U, b, V):
        self.emb, self.W, self.U, self.b, self.V = emb, W, U, b, V

    def forward(self, tokens):
        self.tokens = tokens
        self.h = [np.zeros((len(tokens), len(self.b)))]
        self.p = []
        for step in tokens.T:
            self.h.append(np.tanh(self.emb[step] @ self.W + self.h[-1] @ self.U + self.b))
            e = np.exp(self.h[-1] @ self.V)
            self.p.append(e / e.sum(axis=1, keepdims=True))

    def backward(self, labels):
        N, T = labels.shape
        demb, dW, dU, db, dV = (np.zeros_like(p) for p in (self.emb, self.W, self.U, self.b, self.V))
        carry_h = np.zeros((N, len(self.b)))
        for t in reversed(range(T)):
            ds = self.p[t].copy()
            ds[np.arange(N), labels[:, t]] -= 1
            ds /= N * T
            dV += self.h[t + 1].T @ ds
            dh = ds @ self.V.T + carry_h
            dz = dh * (1 - self.h[t + 1] ** 2)
            ids = self.tokens[:, t]
            dW += self.emb[ids].T @ dz
            dU += self.h[t].T @ dz
            db += dz.sum(axis=0)
            demb[ids] += dz @ self.W.T
            carry_h = dz @ self.U.T
        return demb, dW, dU, db, dV


def backprop(emb, W, U, b, V, tokens, labels):
    net = LanguageModel(emb, W, U, b, V)
    net.forward(tokens)
    return net.backward(labels)
