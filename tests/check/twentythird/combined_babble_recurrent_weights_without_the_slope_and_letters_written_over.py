"""Combined babble recurrent weights without the slope and letters written over.

expected kind: missing-factor + missing-sum or missing-term
wrong line: 94 and 97
correction 94: grads["Whh"] = dpre.T @ self.states[:-1]
correction 97: grads["E"][letter] += g
what: The recurrent weights get the gradient of the states, before tanh is gone back through; a letter that occurs again loses what it had
source: http://ctan.mirror.garr.it/1/cran/web/packages/rnn/vignettes/rnn_units.html
said: the vignette forms the products for the weights with the errors that come in, not with those times the slope; the other, in github.com/pytorch/pytorch/pull/2814: samples that are drawn twice should be added, not overwritten
"""

import numpy as np

PARAMETERS = ["E", "Wxh", "Whh", "bh", "Why", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    letters, width, hidden = 5, 3, 4
    E = r.normal(size=(letters, width))
    Wxh, Whh = 0.7 * r.normal(size=(hidden, width)), 0.7 * r.normal(size=(hidden, hidden))
    bh, by = 0.3 * r.normal(size=hidden), 0.3 * r.normal(size=letters)
    Why, hprev = r.normal(size=(letters, hidden)), 0.5 * r.normal(size=hidden)
    return E, Wxh, Whh, bh, Why, by, hprev, np.array([0, 3, 1, 3, 4, 0]), np.array([3, 1, 3, 4, 0, 2])


def loss(E, Wxh, Whh, bh, Why, by, hprev, inputs, targets):
    # one piece of a long text: the state before it is given, nothing goes back beyond it
    h, total = hprev, 0.0
    for letter, target in zip(inputs, targets):
        h = np.tanh(Wxh @ E[letter] + Whh @ h + bh)
        logits = Why @ h + by
        total = total + np.log(np.sum(np.exp(logits))) - logits[target]
    return total


def right(E, Wxh, Whh, bh, Why, by, hprev, inputs, targets):
    xs, hs, ps = {}, {-1: np.copy(hprev)}, {}
    for t in range(len(inputs)):
        xs[t] = E[inputs[t]]
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys - ys.max())
        ps[t] /= ps[t].sum()
    dE, dWxh, dWhh, dWhy = np.zeros_like(E), np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.outer(dy, hs[t])
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, xs[t])
        dWhh += np.outer(dhraw, hs[t - 1])
        dE[inputs[t]] += np.dot(Wxh.T, dhraw)
        dhnext = np.dot(Whh.T, dhraw)
    return dE, dWxh, dWhh, dbh, dWhy, dby


class CharModel:
    """Keeps the states as rows, one for each letter of the piece."""

    def __init__(self, E, Wxh, Whh, bh, Why, by):
        self.E, self.Wxh, self.Whh, self.bh, self.Why, self.by = E, Wxh, Whh, bh, Why, by

    def read(self, inputs, hprev):
        self.inputs, self.x = inputs, self.E[inputs]
        drive = self.x @ self.Wxh.T + self.bh
        states = [hprev]
        for row in drive:
            states.append(np.tanh(row + self.Whh @ states[-1]))
        self.states = np.array(states)
        logits = self.states[1:] @ self.Why.T + self.by
        logits -= logits.max(axis=1, keepdims=True)
        self.prob = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    def learn(self, targets):
        T = len(targets)
        err = self.prob.copy()
        err[np.arange(T), targets] -= 1
        from_above = err @ self.Why
        slope = 1 - self.states[1:] ** 2
        dstate, dpre = np.zeros_like(from_above), np.zeros_like(from_above)
        carried = 0
        for t in range(T - 1, -1, -1):
            dstate[t] = from_above[t] + carried
            dpre[t] = dstate[t] * slope[t]
            carried = self.Whh.T @ dpre[t]
        grads = {"Why": err.T @ self.states[1:], "by": err.sum(axis=0), "bh": dpre.sum(axis=0)}
        grads["Wxh"] = dpre.T @ self.x
        grads["Whh"] = dstate.T @ self.states[:-1]
        grads["E"] = np.zeros_like(self.E)
        for letter, g in zip(self.inputs, dpre @ self.Wxh):
            grads["E"][letter] = g
        return grads


def backprop(E, Wxh, Whh, bh, Why, by, hprev, inputs, targets):
    model = CharModel(E, Wxh, Whh, bh, Why, by)
    model.read(inputs, hprev)
    return model.learn(targets)
