"""Metronome errors averaged over the beats as well.

expected kind: mean-for-sum
wrong line: 91
correction 91: D = P * sounding[:, :, None] / bars
what: The errors are divided by the number of the steps, which are summed in the loss
source: https://github.com/d2l-ai/d2l-en/pull/2707
said: the masked losses of a sequence are averaged over all of its steps, padding included, where they are to be summed; everything is too small by that number
"""

import numpy as np

PARAMETERS = ["E", "R", "b", "O", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    beats, units = 4, 3
    E, R, b = r.normal(size=(beats, units)), 0.7 * r.normal(size=(units, units)), 0.3 * r.normal(size=units)
    O, c = 1.2 * r.normal(size=(units, beats)), 0.3 * r.normal(size=beats)
    # two bars of six beats, of which the ends are silence
    heard, told = r.integers(0, beats, size=(2, 6)), r.integers(0, beats, size=(2, 6))
    sounding = np.array([[1.0, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 0]])
    return E, R, b, O, c, heard, told, sounding


def loss(E, R, b, O, c, heard, told, sounding):
    bars, steps = heard.shape
    h = np.zeros((bars, len(b)))
    total = 0.0
    for t in range(steps):
        h = np.tanh(E[heard[:, t]] + h @ R + b)
        s = h @ O + c
        s = s - np.max(s, axis=1, keepdims=True)
        cost = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(bars), told[:, t]]
        total = total + np.sum(sounding[:, t] * cost)
    return total / bars


class Beat:
    """One step of all bars: what it remembers, and the way back."""

    def __init__(self, model, notes, answers, weight, before):
        self.model, self.notes, self.answers, self.weight, self.before = model, notes, answers, weight, before
        self.state = np.tanh(model["E"][notes] + before @ model["R"] + model["b"])
        s = self.state @ model["O"] + model["c"]
        e = np.exp(s - s.max(axis=1, keepdims=True))
        self.chances = e / e.sum(axis=1, keepdims=True)

    def back(self, dstate, grads):
        n = len(self.notes)
        ds = self.chances - np.eye(self.chances.shape[1])[self.answers]
        ds = ds * self.weight[:, None] / n
        grads["O"] += self.state.T @ ds
        grads["c"] += ds.sum(axis=0)
        dstate = dstate + ds @ self.model["O"].T
        da = dstate * (1 - self.state**2)
        for k in range(n):
            grads["E"][self.notes[k]] += da[k]
        grads["R"] += self.before.T @ da
        grads["b"] += da.sum(axis=0)
        return da @ self.model["R"].T


def right(E, R, b, O, c, heard, told, sounding):
    model = {"E": E, "R": R, "b": b, "O": O, "c": c}
    grads = {name: np.zeros_like(value) for name, value in model.items()}
    state = np.zeros((heard.shape[0], len(b)))
    beats = []
    for notes, answers, weight in zip(heard.T, told.T, sounding.T):
        beats.append(Beat(model, notes, answers, weight, state))
        state = beats[-1].state
    d = np.zeros_like(state)
    for beat in beats[::-1]:
        d = beat.back(d, grads)
    return grads


def backprop(E, R, b, O, c, heard, told, sounding):
    bars, steps = heard.shape
    H = np.zeros((bars, steps + 1, len(b)))
    for t in range(steps):
        H[:, t + 1] = np.tanh(E[heard[:, t]] + H[:, t] @ R + b)
    scores = H[:, 1:] @ O + c
    scores -= scores.max(axis=2, keepdims=True)
    P = np.exp(scores)
    P /= P.sum(axis=2, keepdims=True)
    # errors of all steps at once
    i, j = np.indices((bars, steps))
    P[i, j, told] -= 1
    D = P * sounding[:, :, None] / (bars * steps)
    dO = np.einsum("btu,btk->uk", H[:, 1:], D)
    dc = np.einsum("btk->k", D)
    fromabove = np.einsum("btk,uk->btu", D, O)
    A = np.zeros_like(fromabove)
    carry = np.zeros((bars, len(b)))
    for t in reversed(range(steps)):
        A[:, t] = (fromabove[:, t] + carry) * (1 - H[:, t + 1] ** 2)
        carry = A[:, t] @ R.T
    dE = np.zeros_like(E)
    np.add.at(dE, heard, A)
    return dE, np.einsum("btu,btv->uv", H[:, :-1], A), A.sum(axis=(0, 1)), dO, dc
