"""Arrays jukebox songs counted by their factors.

expected kind: scale
wrong line: 70
correction 70: grads["S"] += 2 * PULL * S / S.shape[0]
given as: arrays
what: The penalty of the songs is divided by the number of factors, not by that of the songs
source: https://github.com/benfred/implicit/issues/745
said: the number of items is read off the wrong axis of the item vectors, which gives that of the factors
"""

import numpy as np

PARAMETERS = ["L", "S", "b"]
PULL = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    # listener, a song that was played, one that wasn't
    triples = np.array([[0, 1, 2], [0, 3, 4], [1, 0, 3], [2, 4, 0], [2, 2, 1], [3, 5, 4], [3, 1, 0]])
    return r.normal(size=(4, 3)), r.normal(size=(6, 3)), 0.5 * r.normal(size=6), triples


def loss(L, S, b, triples):
    who, played, other = triples.T
    ahead = b[played] - b[other] + np.sum(L[who] * (S[played] - S[other]), axis=1)
    ranking = np.mean(np.log(1 + np.exp(-ahead)))
    return ranking + PULL * (np.sum(L**2) / len(L) + np.sum(S**2) / len(S) + np.sum(b**2) / len(b))


def squash(a):
    return 1 / (1 + np.exp(-a))


def ahead_by(L, S, b, who, played, other):
    return b[played] - b[other] + L[who] @ (S[played] - S[other])


def right(L, S, b, triples):
    dL = np.zeros_like(L)
    dS = np.zeros_like(S)
    db = np.zeros_like(b)
    for who, played, other in triples:
        a = ahead_by(L, S, b, who, played, other)
        pull = -(1 - squash(a)) / len(triples)
        dL[who] += pull * (S[played] - S[other])
        dS[played] += pull * L[who]
        dS[other] -= pull * L[who]
        db[played] += pull
        db[other] -= pull
    # the penalties
    for d, p in ((dL, L), (dS, S), (db, b)):
        d += 2 * PULL / len(p) * p
    return dL, dS, db


def backprop(L, S, b, triples):
    who, played, other = triples[:, 0], triples[:, 1], triples[:, 2]
    listeners, songs = np.eye(len(L))[who], np.eye(len(S))[played] - np.eye(len(S))[other]
    apart = songs @ S
    ahead = songs @ b + (listeners @ L * apart).sum(axis=1)
    g = -1 / (1 + np.exp(ahead))
    g /= len(triples)
    grads = {}
    grads["L"] = listeners.T @ (g[:, None] * apart)
    grads["S"] = songs.T @ (g[:, None] * (listeners @ L))
    grads["b"] = songs.T @ g
    grads["L"] += 2 * PULL * L / L.shape[0]
    grads["S"] += 2 * PULL * S / S.shape[1]
    grads["b"] += 2 * PULL * b / b.shape[0]
    return grads
