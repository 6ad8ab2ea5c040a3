"""Choir way back turned round over the tunes.

expected kind: wrong-axis
wrong line: 127
correction 127: dX = dX_there + dX_back[:, ::-1]
what: What comes back from the direction that reads from the end is reversed over the tunes, not over the notes
source: https://github.com/EderSantana/seya/issues/32
said: the outputs of the reversed direction are turned round along the first axis, which is the batch
"""

import numpy as np

PARAMETERS = ["E", "Wf", "Uf", "bf", "Wb", "Ub", "bb", "O"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # tunes of up to five notes, and who sings each of them
    n, T, d, H, names, singers = 4, 5, 3, 3, 7, 4
    one_way = lambda: (r.normal(size=(d, H)), 0.7 * r.normal(size=(H, H)), 0.3 * r.normal(size=H))
    notes, voices = r.integers(0, names, size=(n, T)), r.integers(0, singers, size=(n, T))
    return r.normal(size=(names, d)), *one_way(), *one_way(), r.normal(size=(2 * H, singers)), notes, voices, np.array([5, 3, 4, 2])


def loss(E, Wf, Uf, bf, Wb, Ub, bb, O, notes, voices, bars):
    n, T = notes.shape
    live = np.arange(T) < bars[:, None]
    X = E[notes]
    ahead, behind = [], []
    h = g = np.zeros((n, bf.shape[0]))
    for t in range(T):
        h = np.where(live[:, t, None], np.tanh(X[:, t] @ Wf + h @ Uf + bf), h)
        ahead.append(h)
    for t in range(T - 1, -1, -1):
        g = np.where(live[:, t, None], np.tanh(X[:, t] @ Wb + g @ Ub + bb), g)
        behind.append(g)
    total = 0.0
    for t in range(T):
        scores = np.concatenate([ahead[t], behind[T - 1 - t]], axis=1) @ O
        log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
        total = total - np.sum(live[:, t] * log_p[np.arange(n), voices[:, t]])
    return total / n


class Direction:
    """A plain recurrent layer that reads one tune, without any padding."""

    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b
        self.grads = [np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)]

    def forward(self, xs):
        self.xs, self.hs = xs, [np.zeros_like(self.b)]
        for x in xs:
            self.hs.append(np.tanh(x @ self.W + self.hs[-1] @ self.U + self.b))
        return np.array(self.hs[1:])

    def backward(self, dhs):
        dW, dU, db = self.grads
        dxs, later = [], np.zeros_like(self.b)
        for t in reversed(range(len(self.xs))):
            da = (dhs[t] + later) * (1 - self.hs[t + 1] ** 2)
            dW += np.outer(self.xs[t], da)
            dU += np.outer(self.hs[t], da)
            db += da
            dxs.insert(0, self.W @ da)
            later = self.U @ da
        return np.array(dxs)


def right(E, Wf, Uf, bf, Wb, Ub, bb, O, notes, voices, bars):
    left, right_hand = Direction(Wf, Uf, bf), Direction(Wb, Ub, bb)
    dE, dO, size = np.zeros_like(E), np.zeros_like(O), len(bf)
    for tune, who, length in zip(notes, voices, bars):
        tune, who = tune[:length], who[:length]
        h = np.hstack([left.forward(E[tune]), right_hand.forward(E[tune][::-1])[::-1]])
        e = np.exp(h @ O)
        d = e / e.sum(axis=1, keepdims=True)
        d[np.arange(length), who] -= 1
        d /= len(notes)
        dO += h.T @ d
        dh = d @ O.T
        dx = left.backward(dh[:, :size]) + right_hand.backward(dh[::-1, size:])[::-1]
        for note, g in zip(tune, dx):
            dE[note] += g
    return dE, *left.grads, *right_hand.grads, dO


def sing(X, live, W, U, b):
    """The states of one direction; that before the first note is the last of the array."""
    n, T, _ = X.shape
    H = np.zeros((n, T + 1, len(b)))
    for t in range(T):
        H[:, t] = np.where(live[:, t, None], np.tanh(X[:, t] @ W + H[:, t - 1] @ U + b), H[:, t - 1])
    return H


def sing_back(dH, X, H, live, W, U):
    dX, dW, dU, db = np.zeros_like(X), np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
    carried = np.zeros_like(H[:, 0])
    for t in range(X.shape[1] - 1, -1, -1):
        here = live[:, t, None]
        dh = dH[:, t] + carried
        da = here * dh * (1 - H[:, t] ** 2)
        dW += X[:, t].T @ da
        dU += H[:, t - 1].T @ da
        db += da.sum(axis=0)
        dX[:, t] = da @ W.T
        carried = da @ U.T + (1 - here) * dh
    return dX, dW, dU, db


def backprop(E, Wf, Uf, bf, Wb, Ub, bb, O, notes, voices, bars):
    n, T = notes.shape
    X, live, k = E[notes], np.arange(T) < bars[:, None], len(bf)
    there = sing(X, live, Wf, Uf, bf)
    back = sing(X[:, ::-1], live[:, ::-1], Wb, Ub, bb)
    both = np.concatenate([there[:, :T], back[:, :T][:, ::-1]], axis=2)
    p = np.exp(both @ O)
    p /= p.sum(axis=2, keepdims=True)
    p[np.arange(n)[:, None], np.arange(T), voices] -= 1
    p *= live[:, :, None] / n
    dO = np.einsum("nth,ntk->hk", both, p)
    dboth = p @ O.T
    dX_there, dWf, dUf, dbf = sing_back(dboth[:, :, :k], X, there, live, Wf, Uf)
    dX_back, dWb, dUb, dbb = sing_back(dboth[:, ::-1, k:], X[:, ::-1], back, live[:, ::-1], Wb, Ub)
    dX = dX_there + dX_back[::-1]
    dE = np.zeros_like(E)
    np.add.at(dE, notes, dX)
    return dE, dWf, dUf, dbf, dWb, dUb, dbb, dO
