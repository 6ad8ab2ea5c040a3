"""Ferry every step only hears its own letter.

expected kind: detached or missing-term
wrong line: 115 or 116
correction 115: dtotal = above.step_back() + dstate
correction 116: dstate = below.step_back(dtotal + dstate)
what: The slope that comes from the next step isn't added, so that every state only has that of its own output
source: https://github.com/FluxML/Flux.jl/issues/2185
said: the gradients of a recurrent cell are those of the last call alone; nothing comes from the state before
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by", "h0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # a timetable of six letters out of five, each to be guessed from those before; four hidden units
    Wxh, Whh, Why = r.normal(size=(4, 5)), 0.7 * r.normal(size=(4, 4)), r.normal(size=(5, 4))
    letters = r.integers(0, 5, size=7)
    return Wxh, Whh, Why, 0.3 * r.normal(size=4), 0.3 * r.normal(size=5), 0.5 * r.normal(size=4), letters[:-1], letters[1:]


def loss(Wxh, Whh, Why, bh, by, h0, letters, following):
    h, total = h0, 0.0
    for t in range(letters.shape[0]):
        h = np.tanh(Wxh[:, letters[t]] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[following[t]]
    return total


def right(Wxh, Whh, Why, bh, by, h0, letters, following):
    vocab_size, hidden_size = by.shape[0], h0.shape[0]
    xs, hs, ps = {}, {}, {}
    hs[-1] = h0.reshape(hidden_size, 1)
    bias, obias = bh.reshape(-1, 1), by.reshape(-1, 1)

    # forward
    for t in range(len(letters)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][letters[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bias)
        y = np.dot(Why, hs[t]) + obias
        ps[t] = np.exp(y) / np.sum(np.exp(y))

    # and backward through time
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bias), np.zeros_like(obias)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(letters))):
        dy = np.copy(ps[t])
        dy[following[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)

    return dWxh, dWhh, dWhy, dbh.ravel(), dby.ravel(), dhnext.ravel()


class Recurrence:
    """The layer below: letters and a state in, states out."""

    def __init__(self, U, W, b):
        self.U, self.W, self.b = U, W, b
        self.dU, self.dW, self.db = np.zeros(U.shape), np.zeros(W.shape), np.zeros(b.shape)
        self.cache = []

    def step(self, letter, before):
        state = np.tanh(self.U[:, letter] + self.W @ before + self.b)
        self.cache.append((letter, before, state))
        return state

    def step_back(self, dstate):
        letter, before, state = self.cache.pop()
        dsum = dstate * (1 - state**2)
        self.dU[:, letter] += dsum
        self.dW += np.outer(dsum, before)
        self.db += dsum
        return self.W.T @ dsum


class Readout:
    def __init__(self, V, c):
        self.V, self.c = V, c
        self.dV, self.dc = np.zeros(V.shape), np.zeros(c.shape)
        self.cache = []

    def step(self, state, target):
        e = np.exp(self.V @ state + self.c)
        self.cache.append((state, target, e / e.sum()))

    def step_back(self):
        state, target, p = self.cache.pop()
        dscore = p - np.eye(len(p))[target]
        self.dV += np.outer(dscore, state)
        self.dc += dscore
        return self.V.T @ dscore


def backprop(Wxh, Whh, Why, bh, by, h0, letters, following):
    below, above = Recurrence(Wxh, Whh, bh), Readout(Why, by)
    state = h0
    for letter, target in zip(letters, following):
        state = below.step(letter, state)
        above.step(state, target)
    dstate = np.zeros(h0.shape)
    for _ in letters:
        dtotal = above.step_back()
        dstate = below.step_back(dtotal)
    return {"Wxh": below.dU, "Whh": below.dW, "Why": above.dV, "bh": below.db, "by": above.dc, "h0": dstate}
