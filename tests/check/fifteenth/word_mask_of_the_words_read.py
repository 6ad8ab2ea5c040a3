"""Word mask of the words read.

expected kind: wrong-mask
wrong line: 126
correction 126: if targets[t] == NULL:
what: Padding is left out where it is read, not where it would be predicted
source: usual
said: the mask is of the words to be predicted
"""

import numpy as np

PARAMETERS = ["We", "Wx", "Wh", "b", "Wv", "bv"]
NULL = 0


def data(seed=0):
    r = np.random.default_rng(seed)
    We, Wx, Wh, b, Wv, bv = (r.normal(size=s) for s in [(6, 3), (3, 4), (4, 4), (4,), (4, 6), (6,)])
    words = np.array([[1, 4, 2, 4, 3], [5, 1, 1, 2, 0], [2, 3, 0, 0, 0]])
    return We, Wx, 0.5 * Wh, b, Wv, bv, words


def loss(We, Wx, Wh, b, Wv, bv, words):
    N, T = words.shape[0], words.shape[1] - 1
    h, total = np.zeros((N, len(b))), 0.0
    for t in range(T):
        h = np.tanh(We[words[:, t]] @ Wx + h @ Wh + b)
        scores = h @ Wv + bv
        target = words[:, t + 1]
        losses = np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), target]
        total += np.sum(losses[target != NULL])
    return total / N


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    x, _, Wx, Wh, _ = caches[0]
    dx = np.zeros((N, T, x.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(H)
    dprev_h = np.zeros((N, H))
    for t in reversed(range(T)):
        dnext_h = dh[:, t, :] + dprev_h
        dx[:, t, :], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dnext_h, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dWx, dWh, db


def temporal_softmax_backward(scores, targets, mask):
    N, T, V = scores.shape
    flat, y, m = scores.reshape(N * T, V), targets.reshape(N * T), mask.reshape(N * T)
    probs = np.exp(flat - flat.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    dflat = probs.copy()
    dflat[np.arange(N * T), y] -= 1
    dflat /= N
    dflat *= m[:, None]
    return dflat.reshape(N, T, V)


def right(We, Wx, Wh, b, Wv, bv, words):
    words_in, words_out = words[:, :-1], words[:, 1:]
    N, T = words_in.shape
    h, hs, caches = np.zeros((N, len(b))), [], []
    for t in range(T):
        h, cache = rnn_step_forward(We[words_in[:, t]], h, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    hs = np.stack(hs, axis=1)
    dscores = temporal_softmax_backward(hs.dot(Wv) + bv, words_out, words_out != NULL)
    dWv = hs.reshape(N * T, -1).T.dot(dscores.reshape(N * T, -1))
    dbv = dscores.sum(axis=(0, 1))
    dx, dWx, dWh, db = rnn_backward(dscores.dot(Wv.T), caches)
    dWe = np.zeros_like(We)
    np.add.at(dWe, words_in, dx)
    return dWe, dWx, dWh, db, dWv, dbv


class Embedding:
    def __init__(self, W):
        self.W, self.dW = W, np.zeros_like(W)

    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        for i, word_id in enumerate(self.idx):
            self.dW[word_id] += dout[i]


class Sentence:
    def __init__(self, We, Wx, Wh, b, Wv, bv):
        self.embedding = Embedding(We)
        self.params = {"Wx": Wx, "Wh": Wh, "b": b, "Wv": Wv, "bv": bv}
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, ids):
        p = self.params
        self.xs = self.embedding.forward(ids)
        self.hs = [np.zeros(len(p["b"]))]
        for x in self.xs:
            self.hs.append(np.tanh(x @ p["Wx"] + self.hs[-1] @ p["Wh"] + p["b"]))
        scores = np.array(self.hs[1:]) @ p["Wv"] + p["bv"]
        return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)

    def backward(self, probs, targets):
        p, g = self.params, self.grads
        dxs, dh = np.zeros_like(self.xs), np.zeros(len(p["b"]))
        for t in range(len(targets) - 1, -1, -1):
            dscore = probs[t].copy()
            dscore[targets[t]] -= 1
            if self.embedding.idx[t] == NULL:
                dscore[:] = 0
            g["Wv"] += np.outer(self.hs[t + 1], dscore)
            g["bv"] += dscore
            dh += p["Wv"] @ dscore
            draw = dh * (1 - self.hs[t + 1] ** 2)
            g["Wx"] += np.outer(self.xs[t], draw)
            g["Wh"] += np.outer(self.hs[t], draw)
            g["b"] += draw
            dxs[t] = p["Wx"] @ draw
            dh = p["Wh"] @ draw
        self.embedding.backward(dxs)


def backprop(We, Wx, Wh, b, Wv, bv, words):
    model = Sentence(We, Wx, Wh, b, Wv, bv)
    for row in words:
        probs = model.forward(row[:-1])
        model.backward(probs, row[1:])
    grads = {"We": model.embedding.dW, **model.grads}
    return {name: grad / len(words) for name, grad in grads.items()}
