"""Kettle weights only from the step that comes last.

expected kind: missing-sum or missing-term
wrong line: 115
correction 115: self.dW += z.T @ da
what: The gradient of the cell's weights is overwritten at every step, so that only the first tone's is left
source: https://github.com/tensorflow/swift-apis/issues/518
said: the gradients of recurrent layers are wrong: those of the cell are to be added up over the steps, not replaced
"""

import numpy as np

PARAMETERS = ["E", "W", "O", "o"]
HIDDEN = 4


def data(seed=0):
    r = np.random.default_rng(seed)
    # three songs of a kettle, five tones, at most four steps; rows of W: the state, the tone's vector, and one
    E, W = r.normal(size=(5, 3)), 0.8 * r.normal(size=(HIDDEN + 3 + 1, HIDDEN))
    O, o = r.normal(size=(HIDDEN, 5)), 0.3 * r.normal(size=5)
    tones, heard = r.integers(0, 5, size=(3, 5)), np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]]) * 1.0
    return E, W, O, o, tones[:, :-1], tones[:, 1:], heard


def loss(E, W, O, o, tones, coming, heard):
    songs, steps = tones.shape
    h, total = 0.0, 0.0
    for t in range(steps):
        a = E[tones[:, t]] @ W[HIDDEN:-1] + W[-1]
        if t:
            a = a + h @ W[:HIDDEN]
        h = np.tanh(a)
        scores = h @ O + o
        cross = np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(songs), coming[:, t]]
        total = total + np.sum(heard[:, t] * cross)
    return total / np.sum(heard)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dsum = dnext_h * (1 - next_h**2)
    return dsum.dot(Wx.T), dsum.dot(Wh.T), x.T.dot(dsum), prev_h.T.dot(dsum), dsum.sum(axis=0)


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    dx, dprev_h = [None] * T, np.zeros((N, H))
    dWx, dWh, db = 0, 0, 0
    for t in range(T - 1, -1, -1):
        dx[t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx = dWx + dWx_t
        dWh = dWh + dWh_t
        db = db + db_t
    return np.stack(dx, axis=1), dWx, dWh, db


def temporal_softmax_backward(scores, y, mask):
    N, T, V = scores.shape
    p = np.exp(scores - scores.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    p[np.arange(N)[:, None], np.arange(T), y] -= 1
    dscores = p * mask[:, :, None] / mask.sum()
    return dscores


def right(E, W, O, o, tones, coming, heard):
    N, T = tones.shape
    Wh, Wx, b = W[:HIDDEN], W[HIDDEN:-1], W[-1]
    x = E[tones]
    h, caches = np.zeros((N, T, HIDDEN)), []
    prev_h = np.zeros((N, HIDDEN))
    for t in range(T):
        prev_h, cache = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)
        h[:, t] = prev_h
        caches.append(cache)

    dscores = temporal_softmax_backward(h.dot(O) + o, coming, heard)
    dO = np.tensordot(h, dscores, axes=([0, 1], [0, 1]))
    do = dscores.sum(axis=(0, 1))
    dx, dWx, dWh, db = rnn_backward(dscores.dot(O.T), caches)
    dE = np.zeros_like(E)
    np.add.at(dE, tones, dx)
    return dE, np.vstack([dWh, dWx, db]), dO, do


class Cell:
    """State, input and a one side by side, so that there is one matrix for all."""

    def __init__(self, W):
        self.W = W
        self.dW = np.zeros(W.shape)
        self.z, self.h = [], []

    def run(self, inputs):
        h = np.zeros((len(inputs[0]), HIDDEN))
        for x in inputs:
            z = np.hstack([h, x, np.ones((len(x), 1))])
            h = np.tanh(z @ self.W)
            self.z.append(z)
            self.h.append(h)
        return self.h

    def run_back(self, dstates):
        carried = np.zeros(self.h[0].shape)
        dinputs = []
        while self.h:
            h, z = self.h.pop(), self.z.pop()
            da = (dstates.pop() + carried) * (1 - h * h)
            self.dW = z.T @ da
            dz = da @ self.W.T
            carried = dz[:, :HIDDEN]
            dinputs.insert(0, dz[:, HIDDEN:-1])
        return dinputs


def backprop(E, W, O, o, tones, coming, heard):
    cell = Cell(W)
    states = list(cell.run([E[column] for column in tones.T]))
    dO, do, dE, dstates = np.zeros(O.shape), np.zeros(o.shape), np.zeros(E.shape), []
    share = heard / heard.sum()
    for t, h in enumerate(states):
        e = np.exp(h @ O + o)
        d = e / e.sum(axis=1, keepdims=True) - np.eye(len(o))[coming[:, t]]
        d *= share[:, t, None]
        dO += h.T @ d
        do += d.sum(axis=0)
        dstates.append(d @ O.T)
    for t, dx in enumerate(cell.run_back(dstates)):
        for song, tone in enumerate(tones[:, t]):
            dE[tone] += dx[song]
    return {"E": dE, "W": cell.dW, "O": dO, "o": do}
