"""Turnip season that is over goes on.

expected kind: wrong-mask or missing-factor or another-loss
wrong line: 73 or 74
correction 73: y = crop + GAMMA * (1 - over) * np.amax(q_next, axis=1)
correction 74: td = q_taken - crop - GAMMA * (1 - over) * np.amax(q_next, axis=1)
what: The target has a value of the next state even where there is none
source: https://github.com/navneet-nmk/pytorch-rl/issues/2
said: whether the episode is over isn't used in the targets, which should be the reward alone then
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
GAMMA = 0.9


def data(seed=0):
    r = np.random.default_rng(seed)
    n, size, hidden, deeds = 6, 3, 4, 3

    def weights():
        return r.normal(size=(size, hidden)), 0.4 * r.normal(size=hidden), r.normal(size=(hidden, deeds)), 0.4 * r.normal(size=deeds)

    # what a gardener did in which state and what came of it; a frozen copy of the net tells what is worth what
    now, then, deed, crop = r.normal(size=(n, size)), r.normal(size=(n, size)), r.integers(0, deeds, n), r.normal(size=n)
    over = r.permutation(np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0]))
    return *weights(), now, deed, crop, then, over, *weights()


def loss(W1, b1, W2, b2, now, deed, crop, then, over, F1, f1, F2, f2):
    best = np.max(np.tanh(then @ F1 + f1) @ F2 + f2, axis=1)
    worth = np.tanh(now @ W1 + b1) @ W2 + b2
    hoped = crop + GAMMA * best * (1 - over)
    return 0.5 * np.mean((worth[np.arange(len(deed)), deed] - hoped) ** 2)


class QNet:
    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}

    def __call__(self, s):
        p = self.params
        self.s, self.h = s, np.tanh(s @ p["W1"] + p["b1"])
        return self.h @ p["W2"] + p["b2"]

    def backward(self, dq):
        dz = dq @ self.params["W2"].T * (1 - self.h**2)
        return {"W1": self.s.T @ dz, "b1": dz.sum(0), "W2": self.h.T @ dq, "b2": dq.sum(0)}


def right(W1, b1, W2, b2, now, deed, crop, then, over, F1, f1, F2, f2):
    online, frozen = QNet(W1, b1, W2, b2), QNet(F1, f1, F2, f2)
    q_values = frozen(then).max(axis=1)
    targets = online(now).copy()
    for i in range(len(deed)):
        bootstrap = 0.0 if over[i] else q_values[i]
        targets[i, deed[i]] = crop[i] + GAMMA * bootstrap
    # the other deeds have no error, since they are their own targets
    return online.backward((online(now) - targets) / len(deed))


def q_forward(s, W1, b1, W2, b2):
    hidden = np.tanh(np.dot(s, W1) + b1)
    return np.dot(hidden, W2) + b2, hidden


def backprop(W1, b1, W2, b2, now, deed, crop, then, over, F1, f1, F2, f2):
    q, hidden = q_forward(now, W1, b1, W2, b2)
    q_next, _ = q_forward(then, F1, f1, F2, f2)
    onehot = (np.arange(q.shape[1])[None, :] == deed[:, None]).astype(float)
    q_taken = np.sum(q * onehot, axis=1)
    y = crop + GAMMA * np.amax(q_next, axis=1)
    td = q_taken - y
    dq = onehot * td[:, None] / td.size
    dW2 = np.einsum("nh,na->ha", hidden, dq)
    db2 = np.einsum("na->a", dq)
    dz = np.einsum("na,ha,nh->nh", dq, W2, 1 - hidden**2)
    dW1 = np.einsum("ns,nh->sh", now, dz)
    db1 = np.einsum("nh->h", dz)
    return dW1, db1, dW2, db2
