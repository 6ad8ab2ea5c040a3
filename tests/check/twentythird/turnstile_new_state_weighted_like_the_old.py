"""Turnstile new state weighted like the old.

expected kind: wrong-point or stale-value
wrong line: 81
correction 81: dn = dout * (1 - z)
what: The gradient of the candidate is weighted by the update gate, by which the old state is, not by one minus it
source: https://github.com/lucidrains/minGRU-pytorch/issues/21
said: which of the candidate and the old state gets the gate, and which one minus it, is said to be the wrong way round
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wn", "Un", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    parameters = [r.normal(size=s) for s in [(2, 3), (3, 3)] * 3 + [(3, 2)]]
    return *parameters, r.normal(size=(4, 5, 2)), r.normal(size=(5, 2))


def loss(Wz, Uz, Wr, Ur, Wn, Un, V, X, Y):
    h = np.zeros((X.shape[1], 3), dtype=X.dtype)
    for x in X:
        z = 1 / (1 + np.exp(-(x @ Wz + h @ Uz)))
        r = 1 / (1 + np.exp(-(x @ Wr + h @ Ur)))
        n = np.tanh(x @ Wn + (r * h) @ Un)
        h = z * h + (1 - z) * n
    return np.sum((h @ V - Y) ** 2) / len(Y)


def squash(a):
    return 1 / (1 + np.exp(-a))


def right(Wz, Uz, Wr, Ur, Wn, Un, V, X, Y):
    state, tape = np.zeros((X.shape[1], Uz.shape[0])), []
    for x in X:
        update_sum = x.dot(Wz) + state.dot(Uz)
        reset_sum = x.dot(Wr) + state.dot(Ur)
        update, reset = squash(update_sum), squash(reset_sum)
        new = np.tanh(x.dot(Wn) + (reset * state).dot(Un))
        tape.append((x, state, update_sum, reset_sum, update, reset, new))
        state = update * state + (1 - update) * new

    error = (state.dot(V) - Y) * (2 / Y.shape[0])
    gV = state.T.dot(error)
    gWz, gUz, gWr, gUr, gWn, gUn = (np.zeros_like(w) for w in (Wz, Uz, Wr, Ur, Wn, Un))
    gstate = error.dot(V.T)
    while tape:
        x, state, update_sum, reset_sum, update, reset, new = tape.pop()
        gnew = gstate * (1 - update) * (1 - new**2)
        gWn += x.T.dot(gnew)
        gUn += (reset * state).T.dot(gnew)
        gkept = gnew.dot(Un.T)
        gupdate = gstate * (state - new) * squash(update_sum) * squash(-update_sum)
        gWz += x.T.dot(gupdate)
        gUz += state.T.dot(gupdate)
        greset = gkept * state * squash(reset_sum) * squash(-reset_sum)
        gWr += x.T.dot(greset)
        gUr += state.T.dot(greset)
        gstate = gstate * update
        gstate += gkept * reset
        gstate += gupdate.dot(Uz.T)
        gstate += greset.dot(Ur.T)
    return gWz, gUz, gWr, gUr, gWn, gUn, gV


class Turn:
    """One step of a GRU; remembers what it needs to go back."""

    def __init__(self, p, x, h):
        self.p, self.x, self.h = p, x, h
        self.z = 1 / (1 + np.exp(-(x @ p["Wz"] + h @ p["Uz"])))
        self.r = 1 / (1 + np.exp(-(x @ p["Wr"] + h @ p["Ur"])))
        self.n = np.tanh(x @ p["Wn"] + (self.r * h) @ p["Un"])
        self.out = self.z * h + (1 - self.z) * self.n

    def back(self, dout, grads):
        p, x, h, z, r, n = self.p, self.x, self.h, self.z, self.r, self.n
        dn = dout * z
        dz = dout * (h - n)
        an = dn * (1 - n * n)
        drh = an @ p["Un"].T
        az = dz * z * (1 - z)
        ar = drh * h * r * (1 - r)
        for name, a, state in (("z", az, h), ("r", ar, h), ("n", an, r * h)):
            grads["W" + name] += x.T @ a
            grads["U" + name] += state.T @ a
        return dout * z + drh * r + az @ p["Uz"].T + ar @ p["Ur"].T


def backprop(Wz, Uz, Wr, Ur, Wn, Un, V, X, Y):
    p = {"Wz": Wz, "Uz": Uz, "Wr": Wr, "Ur": Ur, "Wn": Wn, "Un": Un}
    turns, h = [], np.zeros((X.shape[1], 3))
    for x in X:
        turns.append(Turn(p, x, h))
        h = turns[-1].out
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    dy = 2 * (h @ V - Y) / len(Y)
    grads["V"] = h.T @ dy
    dh = dy @ V.T
    for turn in turns[::-1]:
        dh = turn.back(dh, grads)
    return grads
