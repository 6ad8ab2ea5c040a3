"""Arrays telegram averaged over the letters of one telegram only.

expected kind: sum-for-mean
wrong line: 107
correction 107: dz = dz / (n * steps)
given as: arrays
what: The errors are divided by the letters of one window, not by those of all telegrams
source: https://github.com/EleutherAI/bergson/pull/344
said: a weighted sum over the whole batch is divided by the length of a single row, which is off by the number of rows
"""

import numpy as np

PARAMETERS = ["E", "Wx", "Wh", "bx", "bh", "Wo", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    letters, width, hidden = 7, 3, 4
    E, Wx, Wh = r.normal(size=(letters, width)), r.normal(size=(width, hidden)), 0.7 * r.normal(size=(hidden, hidden))
    bx, bh = 0.5 * r.normal(size=hidden), 0.5 * r.normal(size=hidden)
    Wo, bo = r.normal(size=(hidden, letters)), 0.5 * r.normal(size=letters)
    # the window of each telegram, and the state in which the window before has ended
    state = np.tanh(r.normal(size=(3, hidden)))
    return E, Wx, Wh, bx, bh, Wo, bo, state, r.integers(0, letters, size=(3, 6))


def loss(E, Wx, Wh, bx, bh, Wo, bo, state, text):
    many, steps = text.shape[0], text.shape[1] - 1
    h, total = state, 0.0
    for t in range(steps):
        h = np.tanh(E[text[:, t]] @ Wx + bx + h @ Wh + bh)
        logits = h @ Wo + bo
        logits = logits - np.max(logits, axis=1, keepdims=True)
        logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
        total = total - np.sum(logp[np.arange(many), text[:, t + 1]])
    return total / (many * steps)


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def one_telegram(E, Wx, Wh, bx, bh, Wo, bo, hprev, inputs, targets):
    xs, hs, ps = {}, {-1: hprev}, {}
    for t in range(len(inputs)):
        xs[t] = E[inputs[t]]
        from_char = np.dot(xs[t], Wx) + bx
        from_past = np.dot(hs[t - 1], Wh) + bh
        hs[t] = np.tanh(from_char + from_past)
        ps[t] = softmax(np.dot(hs[t], Wo) + bo)
    dE, dWx, dWh, dWo = np.zeros_like(E), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wo)
    dbx, dbh, dbo = np.zeros_like(bx), np.zeros_like(bh), np.zeros_like(bo)
    dhnext = np.zeros_like(hprev)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWo += np.outer(hs[t], dy)
        dbo += dy
        dh = np.dot(Wo, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbx += dhraw
        dbh += dhraw
        dWx += np.outer(xs[t], dhraw)
        dWh += np.outer(hs[t - 1], dhraw)
        dE[inputs[t]] += np.dot(Wx, dhraw)
        dhnext = np.dot(Wh, dhraw)
    return dE, dWx, dWh, dbx, dbh, dWo, dbo


def right(E, Wx, Wh, bx, bh, Wo, bo, state, text):
    sums = None
    for line, h in zip(text, state):
        found = one_telegram(E, Wx, Wh, bx, bh, Wo, bo, h, line[:-1], line[1:])
        sums = found if sums is None else [s + f for s, f in zip(sums, found)]
    count = len(text) * (text.shape[1] - 1)
    return [s / count for s in sums]


class CharNet:
    """Reads a window of characters and keeps what the way back needs."""

    def __init__(self, E, Wx, Wh, bx, bh, Wo, bo):
        self.params = dict(E=E, Wx=Wx, Wh=Wh, bx=bx, bh=bh, Wo=Wo, bo=bo)
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}
        self.cache = []

    def forward(self, chars, h):
        p = self.params
        for c in chars.T:
            x = p["E"][c]
            new = np.tanh(x @ p["Wx"] + p["bx"] + h @ p["Wh"] + p["bh"])
            z = new @ p["Wo"] + p["bo"]
            z = np.exp(z - z.max(axis=1, keepdims=True))
            self.cache.append((c, x, h, new, z / z.sum(axis=1, keepdims=True)))
            h = new

    def backward(self, targets):
        p, g = self.params, self.grads
        n, steps = targets.shape
        carried = 0.0
        while self.cache:
            c, x, old, new, probs = self.cache.pop()
            dz = probs
            dz[np.arange(n), targets[:, len(self.cache)]] -= 1
            dz = dz / steps
            g["Wo"] += new.T @ dz
            g["bo"] += dz.sum(axis=0)
            da = (dz @ p["Wo"].T + carried) * (1 - new * new)
            g["Wh"] += old.T @ da
            g["Wx"] += x.T @ da
            g["bx"] += da.sum(axis=0)
            g["bh"] += da.sum(axis=0)
            np.add.at(g["E"], c, da @ p["Wx"].T)
            carried = da @ p["Wh"].T
        return g


def backprop(E, Wx, Wh, bx, bh, Wo, bo, state, text):
    net = CharNet(E, Wx, Wh, bx, bh, Wo, bo)
    net.forward(text[:, :-1], state)
    return net.backward(text[:, 1:])
