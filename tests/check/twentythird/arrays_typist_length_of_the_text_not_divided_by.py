"""Arrays typist length of the text not divided by.

expected kind: sum-for-mean
wrong line: 114
correction 114: count = pieces * (length - 1) * texts
given as: arrays
what: The errors are divided by the number of texts, not also by the number of letters
source: https://github.com/karpathy/char-rnn/issues/70
said: the gradient grows with the length of the sequence, since it isn't divided by it; the author calls it a bug
"""

import numpy as np

PARAMETERS = ["E", "U", "W", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    E, U, W = r.normal(size=(4, 3)), 0.8 * r.normal(size=(3, 3)), 0.7 * r.normal(size=(3, 3))
    b, V, c = 0.4 * r.normal(size=3), r.normal(size=(3, 4)), 0.4 * r.normal(size=4)
    # two pieces of four letters each (the last is a target only), of three texts side by side
    text = np.array([[[0, 1, 1], [2, 1, 3], [2, 0, 3], [3, 1, 0]], [[3, 1, 0], [0, 2, 0], [0, 2, 1], [1, 2, 3]]])
    return E, U, W, b, V, c, text, 0.5 * r.normal(size=(2, 3, 3))


def loss(E, U, W, b, V, c, text, starts):
    total = 0.0
    for piece, h in zip(text, starts):
        for now, after in zip(piece[:-1], piece[1:]):
            h = np.tanh(E[now] @ U + h @ W + b)
            logits = h @ V + c
            chosen = np.sum(logits * np.eye(4)[after], axis=1)
            total = total + np.sum(np.log(np.sum(np.exp(logits), axis=1)) - chosen)
    return total / text[:, 1:].size


def softmax_rows(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def run_piece(p, piece, h):
    cache = []
    for now, after in zip(piece[:-1], piece[1:]):
        before, x = h, p["E"][now]
        h = np.tanh(x @ p["U"] + before @ p["W"] + p["b"])
        cache.append((now, after, x, before, h, softmax_rows(h @ p["V"] + p["c"])))
    return cache


def piece_backward(p, grads, cache, count):
    later = 0.0
    for now, after, x, before, h, q in reversed(cache):
        dlogits = q - np.eye(q.shape[1])[after]
        dlogits /= count
        grads["V"] += h.T @ dlogits
        grads["c"] += dlogits.sum(0)
        dz = (dlogits @ p["V"].T + later) * (1 - h * h)
        grads["U"] += x.T @ dz
        grads["W"] += before.T @ dz
        grads["b"] += dz.sum(0)
        np.add.at(grads["E"], now, dz @ p["U"].T)
        later = dz @ p["W"].T


def right(E, U, W, b, V, c, text, starts):
    p = dict(E=E, U=U, W=W, b=b, V=V, c=c)
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    for piece, start in zip(text, starts):
        piece_backward(p, grads, run_piece(p, piece, start), text[:, 1:].size)
    return grads


class Typist:
    def __init__(self, *weights):
        self.weights = weights
        self.grads = [np.zeros(w.shape) for w in weights]

    def step(self, letters, h_old):
        E, U, W, b, V, c = self.weights
        h = np.tanh(E[letters].dot(U) + h_old.dot(W) + b)
        e = np.exp(h.dot(V) + c)
        self.tape.append((letters, h_old, h, e / e.sum(axis=1)[:, None]))
        return h

    def listen(self, piece, h):
        self.tape = []
        for letters in piece[:-1]:
            h = self.step(letters, h)

    def correct(self, piece, count):
        E, U, W, b, V, c = self.weights
        dE, dU, dW, db, dV, dc = self.grads
        dh = np.zeros(self.tape[0][1].shape)
        for wanted in piece[:0:-1]:
            letters, h_old, h, d = self.tape.pop()
            d[np.arange(len(d)), wanted] -= 1
            d /= count
            dV += np.einsum("nh,nk->hk", h, d)
            dc += np.einsum("nk->k", d)
            dh += d.dot(V.T)
            da = dh - dh * h**2
            dU += np.einsum("ne,nh->eh", E[letters], da)
            dW += np.einsum("ng,nh->gh", h_old, da)
            db += np.einsum("nh->h", da)
            for n, letter in enumerate(letters):
                dE[letter] += U.dot(da[n])
            dh = da.dot(W.T)


def backprop(E, U, W, b, V, c, text, starts):
    typist = Typist(E, U, W, b, V, c)
    pieces, length, texts = text.shape
    count = texts
    for k in range(pieces):
        typist.listen(text[k], starts[k])
        typist.correct(text[k], count)
    return tuple(typist.grads)
