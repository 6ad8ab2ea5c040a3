"""BPR with the sign as printed in the paper.

expected kind: sign
wrong line: 43
correction 43: z = -np.exp(-x_uij) / (1.0 + np.exp(-x_uij))
what: the term of the data has the wrong sign, the penalty hasn't
source: https://github.com/benfred/implicit/issues/716
said: A reader compares code and paper; an answer finds two errors in the paper, one in the sign of the
    derivative of ln sigma.
"""

import numpy as np

PARAMETERS = ["U", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    triples = np.array([[0, 1, 2], [0, 3, 2], [1, 0, 3], [2, 2, 0]])
    return [triples, r.normal(size=(3, 2)), r.normal(size=(4, 2)), 0.05]


def loss(triples, U, V, lam):
    u, i, j = triples.T
    x = np.sum(U[u] * (V[i] - V[j]), axis=1)
    return np.sum(np.log(1 + np.exp(-x))) + lam * (np.sum(U**2) + np.sum(V**2))


def right(triples, U, V, lam):
    dU, dV = 2 * lam * U, 2 * lam * V
    for u, i, j in triples:
        s = -1 / (1 + np.exp(U[u] @ (V[i] - V[j])))
        dU[u] += s * (V[i] - V[j])
        dV[i] += s * U[u]
        dV[j] -= s * U[u]
    return dU, dV


def backprop(triples, U, V, lam):
    theta_u, theta_v = np.zeros_like(U), np.zeros_like(V)
    for u, i, j in triples:
        x_uij = np.dot(U[u], V[i]) - np.dot(U[u], V[j])
        z = np.exp(-x_uij) / (1.0 + np.exp(-x_uij))
        theta_u[u] += z * (V[i] - V[j])
        theta_v[i] += z * U[u]
        theta_v[j] += z * -U[u]
    theta_u += lam * 2 * U
    theta_v += lam * 2 * V
    return theta_u, theta_v
