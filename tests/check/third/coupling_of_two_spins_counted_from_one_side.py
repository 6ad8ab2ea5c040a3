"""Coupling of two spins counted from one side.

expected kind: missing-term or transpose
wrong line: 49 or 50
correction 49: dJ[i, j] += dlocal * s[j]; dJ[j, i] += dlocal * s[j]
correction 50: return dJ + dJ.T, dh
what: In the pseudo-likelihood of an Ising model each coupling stands in two conditionals; only one is
    differentiated
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["J", "h"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=4), 2 * r.integers(0, 2, size=(7, 4)) - 1


def loss(J, h, S):
    C = (J + J.T) * (1 - np.eye(4))
    field = S @ C + h
    return np.mean(np.sum(np.log(1 + np.exp(-2 * S * field)), axis=1))


def right(J, h, S):
    C = J + J.T - 2 * np.diag(np.diag(J))
    r = -2 * S / (1 + np.exp(2 * S * (S @ C + h))) / len(S)
    G = S.T @ r
    return (G + G.T) * (1 - np.eye(4)), r.sum(0)


def backprop(J, h, S):
    n, spins = S.shape
    couplings = J + J.T
    np.fill_diagonal(couplings, 0)
    dJ, dh = np.zeros_like(J), np.zeros_like(h)
    for s in S:
        for i in range(spins):
            local = couplings[i].dot(s) + h[i]
            wrong = 1 / (1 + np.exp(2 * s[i] * local))
            dlocal = -2 * s[i] * wrong / n
            dh[i] += dlocal
            for j in range(spins):
                if j != i:
                    dJ[i, j] += dlocal * s[j]
    return dJ, dh
