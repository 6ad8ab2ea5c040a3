"""Shanty slope taken at the state of the letter before.

expected kind: wrong-point or stale-value
wrong line: 88
correction 88: A[t] = (above[t] + later) * (1 - H[t + 1] ** 2)
what: The slope of the tanh is taken at the state before the step, an index too early
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    letters, units = 5, 4
    Wxh, Whh = r.normal(size=(units, letters)), 0.6 * r.normal(size=(units, units))
    Why, bh, by = r.normal(size=(letters, units)), 0.3 * r.normal(size=units), 0.3 * r.normal(size=letters)
    return Wxh, Whh, Why, bh, by, r.integers(0, letters, size=9)


def loss(Wxh, Whh, Why, bh, by, song):
    h, total = np.zeros_like(bh), 0
    for now, then in zip(song[:-1], song[1:]):
        h = np.tanh(Wxh[:, now] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[then]
    return total


class Shanty:
    def __init__(self, Wxh, Whh, Why, bh, by):
        self.Wxh, self.Whh, self.Why, self.bh, self.by = Wxh, Whh, Why, bh, by
        self.grads = {name: np.zeros_like(w) for name, w in vars(self).items()}

    def step(self, h, now, then):
        """Sing one letter; return the state and a function that goes back through this step."""
        new = np.tanh(self.Wxh[:, now] + self.Whh @ h + self.bh)
        p = np.exp(self.Why @ new + self.by)
        p /= np.sum(p)

        def back(dnew):
            dy = p.copy()
            dy[then] -= 1
            self.grads["Why"] += np.outer(dy, new)
            self.grads["by"] += dy
            da = (1 - new**2) * (dnew + self.Why.T @ dy)
            self.grads["bh"] += da
            self.grads["Wxh"][:, now] += da
            self.grads["Whh"] += np.outer(da, h)
            return self.Whh.T @ da

        return new, back


def right(Wxh, Whh, Why, bh, by, song):
    model, tape = Shanty(Wxh, Whh, Why, bh, by), []
    h = np.zeros(len(bh))
    for now, then in zip(song, song[1:]):
        h, back = model.step(h, now, then)
        tape.append(back)
    dh = np.zeros(len(bh))
    while tape:
        dh = tape.pop()(dh)
    return model.grads


def backprop(Wxh, Whh, Why, bh, by, song):
    heard, sung = song[:-1], song[1:]
    T, units = len(heard), len(bh)
    # states, the first of which is zero
    H = np.zeros((T + 1, units))
    for t in range(T):
        H[t + 1] = np.tanh(Wxh[:, heard[t]] + Whh @ H[t] + bh)
    # all outputs at once
    scores = H[1:] @ Why.T + by
    errors = np.exp(scores - scores.max(axis=1, keepdims=True))
    errors /= errors.sum(axis=1, keepdims=True)
    errors[np.arange(T), sung] -= 1
    dWhy, dby = errors.T @ H[1:], errors.sum(axis=0)
    # states from the last to the first
    above = errors @ Why
    A = np.zeros((T, units))
    later = np.zeros(units)
    for t in range(T - 1, -1, -1):
        A[t] = (above[t] + later) * (1 - H[t] ** 2)
        later = A[t] @ Whh
    dWhh, dbh = A.T @ H[:-1], A.sum(axis=0)
    dWxh = np.zeros_like(Wxh)
    for t in range(T):
        dWxh[:, heard[t]] += A[t]
    return dWxh, dWhh, dWhy, dbh, dby
