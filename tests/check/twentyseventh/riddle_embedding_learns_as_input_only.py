"""Riddle embedding learns as input only.

expected kind: missing-term or detached
wrong line: 93
correction 93: grads["E"] = D.T @ H[1:]
what: The embedding is the output layer as well, and that gradient isn't added to the one as an input
source: https://github.com/paiml/entrenar/issues/314
said: the embedding and the output layer share one matrix, but their gradients are never added up, so the embedding gets half of its signal
"""

import numpy as np

PARAMETERS = ["E", "U", "V", "a", "c"]
WARM = 2  # characters that are only read


def data(seed=0):
    r = np.random.default_rng(seed)
    signs, d = 6, 4
    E, U, V = r.normal(size=(signs, d)), 0.8 * r.normal(size=(d, d)), 0.8 * r.normal(size=(d, d))
    a, c = 0.5 * r.normal(size=d), 0.5 * r.normal(size=signs)
    return E, U, V, a, c, np.concatenate((r.permutation(signs), r.integers(0, signs, size=3)))


def loss(E, U, V, a, c, riddle):
    h = np.zeros(E.shape[1])
    total = 0.0
    for t in range(len(riddle) - 1):
        h = np.tanh(U @ E[riddle[t]] + V @ h + a)
        if t >= WARM:
            scores = E @ h + c
            total = total + np.log(np.sum(np.exp(scores))) - scores[riddle[t + 1]]
    return total


def read(E, U, V, a, c, riddle):
    """Run over the riddle; hidden[0] is the state before the first character."""
    hidden = [np.zeros(E.shape[1])]
    chances = []
    for sign in riddle[:-1]:
        hidden.append(np.tanh(U @ E[sign] + V @ hidden[-1] + a))
        e = np.exp(E @ hidden[-1] + c)
        chances.append(e / e.sum())
    return hidden, chances


def right(E, U, V, a, c, riddle):
    hidden, chances = read(E, U, V, a, c, riddle)
    gE, gU, gV, ga, gc = (np.zeros_like(p) for p in (E, U, V, a, c))
    future = np.zeros_like(a)
    for t in range(len(riddle) - 2, -1, -1):
        now, before = hidden[t + 1], hidden[t]
        grad_h = future.copy()
        if t >= WARM:
            miss = chances[t].copy()
            miss[riddle[t + 1]] -= 1.0
            gc += miss
            gE += np.outer(miss, now)  # the embedding is the output layer too
            grad_h += E.T @ miss
        pre = grad_h * (1.0 - now**2)
        ga += pre
        gU += np.outer(pre, E[riddle[t]])
        gV += np.outer(pre, before)
        gE[riddle[t]] += U.T @ pre
        future = V.T @ pre
    return gE, gU, gV, ga, gc


def backprop(E, U, V, a, c, riddle):
    given, asked = riddle[:-1], riddle[1:]
    steps, d = len(given), len(a)
    X = E[given]
    H = np.zeros((steps + 1, d))
    for t in range(steps):
        H[t + 1] = np.tanh(X[t] @ U.T + H[t] @ V.T + a)
    # all outputs at once; those of the warm-up don't count
    S = H[1:] @ E.T + c
    S -= S.max(axis=1, keepdims=True)
    D = np.exp(S)
    D /= D.sum(axis=1, keepdims=True)
    D[np.arange(steps), asked] -= 1
    D[:WARM] = 0
    G = D @ E
    slope = 1 - H[1:] ** 2
    P = np.empty_like(G)
    P[-1] = G[-1] * slope[-1]
    for t in range(steps - 2, -1, -1):
        P[t] = (G[t] + P[t + 1] @ V) * slope[t]
    grads = {"U": P.T @ X, "V": P.T @ H[:-1]}
    grads["a"] = P.sum(axis=0)
    grads["c"] = D.sum(axis=0)
    # read by the recurrence and by the output layer
    grads["E"] = np.zeros_like(E)
    np.add.at(grads["E"], given, P @ U)
    return grads
