"""Combined contrast temperature and transpose.

expected kind: missing-factor or scale + transpose
wrong line: 50 and 51
correction 50: dz1 = np.dot(dsims, z2) / TAU
correction 51: dz2 = np.dot(dsims.T, z1) / TAU
what: The queries' gradient isn't divided by the temperature, the keys get the similarities' gradient untransposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Q", "K"]
TAU = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(5, 3)), r.normal(size=(5, 3))


def loss(Q, K, A, B):
    s = (A @ Q) @ (B @ K).T / TAU
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - np.diag(s))


def right(Q, K, A, B):
    s = A @ Q @ K.T @ B.T / TAU
    p = np.exp(s - s.max(1, keepdims=True))
    d = (p / p.sum(1, keepdims=True) - np.eye(5)) / 5 / TAU
    M = A.T @ d @ B
    return M @ K, M.T @ Q


def info_nce(z1, z2):
    sims = np.dot(z1, z2.T) / TAU
    e = np.exp(sims - sims.max(axis=1)[:, None])
    probs = e / e.sum(axis=1)[:, None]
    return probs


def backprop(Q, K, A, B):
    z1, z2 = np.dot(A, Q), np.dot(B, K)
    n = len(z1)
    dsims = info_nce(z1, z2)
    for i in range(n):
        dsims[i, i] -= 1
    dsims /= n
    dz1 = np.dot(dsims, z2)
    dz2 = np.dot(dsims, z1) / TAU
    return np.dot(A.T, dz1), np.dot(B.T, dz2)
