"""Combined attention values and scale.

expected kind: transpose + missing-factor or scale
wrong line: 45 and 47 or 48
correction 45: g["V"] = c["A"].T @ g["O"]
correction 47: g["S"] = c["A"] * (g["A"] - (g["A"] * c["A"]).sum(axis=1)[:, None]) / np.sqrt(c["K"].shape[1])
correction 48: g["raw"] = g["S"] / np.sqrt(c["K"].shape[1])
what: The weights of the attention are not transposed for the values, and the scores have no 1/sqrt(d) on their way
    back
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return *[r.normal(size=(2, 3)) for _ in range(3)], r.normal(size=(4, 2)), r.normal(size=(4, 3))


def loss(Wq, Wk, Wv, X, T):
    s = (X @ Wq) @ (X @ Wk).T / np.sqrt(3)
    e = np.exp(s)
    return np.sum((e / np.sum(e, axis=1, keepdims=True) @ (X @ Wv) - T) ** 2)


def right(Wq, Wk, Wv, X, T):
    q, k, v = X @ Wq, X @ Wk, X @ Wv
    p = np.exp(q @ k.T / 3**0.5)
    p /= p.sum(1, keepdims=True)
    d = 2 * (p @ v - T)
    g = d @ v.T
    g = p * (g - (g * p).sum(1, keepdims=True)) / 3**0.5
    return X.T @ g @ k, X.T @ g.T @ q, X.T @ p.T @ d


def backprop(Wq, Wk, Wv, X, T):
    c = {"X": X, "Q": X @ Wq, "K": X @ Wk, "V": X @ Wv}
    c["S"] = c["Q"] @ c["K"].T / np.sqrt(c["K"].shape[1])
    c["A"] = np.array([np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in c["S"]])
    g = {"O": 2 * (c["A"] @ c["V"] - T)}
    g["V"] = c["A"] @ g["O"]
    g["A"] = g["O"] @ c["V"].T
    g["S"] = c["A"] * (g["A"] - (g["A"] * c["A"]).sum(axis=1)[:, None])
    g["raw"] = g["S"]
    g["Q"] = g["raw"] @ c["K"]
    g["K"] = g["raw"].T @ c["Q"]
    return c["X"].T @ g["Q"], c["X"].T @ g["K"], c["X"].T @ g["V"]
