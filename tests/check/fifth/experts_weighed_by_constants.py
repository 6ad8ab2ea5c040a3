"""Experts weighed by constants.

expected kind: detached or missing-term
wrong line: 51
correction 51: dWg = Wg + X.T.dot(ds)
what: The mixture of experts is led back into the experts, and into the gate not at all but for its own penalty
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wg", "E1", "E2", "E3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 3)), r.normal(size=(4, 2)), r.normal(size=(4, 2)), r.normal(size=(4, 2)),
        r.normal(size=(7, 4)), r.normal(size=(7, 2)),
    )


def loss(Wg, E1, E2, E3, X, Y):
    g = np.exp(X @ Wg) / np.sum(np.exp(X @ Wg), axis=1, keepdims=True)
    out = g[:, 0:1] * (X @ E1) + g[:, 1:2] * (X @ E2) + g[:, 2:3] * (X @ E3)
    return np.sum((out - Y) ** 2) + 0.5 * np.sum(Wg**2)


def right(Wg, E1, E2, E3, X, Y):
    g = np.exp(X @ Wg)
    g /= g.sum(1, keepdims=True)
    outs = np.einsum("nd,kdo->nko", X, np.array([E1, E2, E3]))
    e = 2 * (np.einsum("nk,nko->no", g, outs) - Y)
    dg = np.einsum("no,nko->nk", e, outs)
    dz = g * (dg - (g * dg).sum(1, keepdims=True))
    return X.T @ dz + Wg, *np.einsum("nd,nk,no->kdo", X, g, e)


def backprop(Wg, E1, E2, E3, X, Y):
    experts = [E1, E2, E3]
    s = X.dot(Wg)
    gate = np.exp(s - s.max(1, keepdims=True))
    gate = gate / gate.sum(1, keepdims=True)
    outputs = [X.dot(E) for E in experts]
    mixed = sum(gate[:, [k]] * o for k, o in enumerate(outputs))
    dmixed = 2 * (mixed - Y)
    dE = [X.T.dot(gate[:, [k]] * dmixed) for k in range(len(experts))]
    dgate = np.stack([np.sum(dmixed * o, axis=1) for o in outputs], axis=1)
    ds = gate * (dgate - np.sum(gate * dgate, axis=1, keepdims=True))
    dWg = Wg.copy()
    return [dWg] + dE
