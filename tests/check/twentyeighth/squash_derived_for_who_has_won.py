"""Squash derived for who has won.

expected kind: wrong-parameter or wrong-point
wrong line: 71
correction 71: g = -2 * short * y / games
what: The slope is that for the result, which is the gap between the players, not that for the gap, which is the result
source: https://github.com/mlpack/mlpack/issues/3167
said: the backward method of the margin ranking loss returns the derivative by the target instead of that by the two inputs
"""

import numpy as np

PARAMETERS = ["W", "b", "v"]
MARGIN, DECAY = 0.7, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    # games of squash: who has won, the first (1) or the second (-1)?
    players, d, H = 6, 3, 4
    first, second = np.array([0, 1, 2, 3, 4, 5, 0, 2, 1]), np.array([1, 2, 0, 4, 5, 3, 3, 5, 4])
    won = np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0])
    return r.normal(size=(d, H)), 0.4 * r.normal(size=H), 0.8 * r.normal(size=H), r.normal(size=(players, d)), first, second, won


def loss(W, b, v, records, first, second, won):
    strength = np.tanh(records @ W + b) @ v
    short = np.maximum(0, MARGIN - won * (strength[first] - strength[second]))
    return np.mean(short**2) + 0.5 * DECAY * np.sum(W * W)


class Ranker:
    def __init__(self, **parameters):
        self.p = parameters

    def strengths(self, records):
        self.records = records
        self.hidden = np.tanh(records @ self.p["W"] + self.p["b"])
        return self.hidden @ self.p["v"]

    def learn_from(self, dstrength):
        dpre = dstrength[:, None] * self.p["v"] * (1 - self.hidden**2)
        return {
            "W": self.records.T @ dpre + DECAY * self.p["W"],
            "b": dpre.sum(axis=0),
            "v": self.hidden.T @ dstrength,
        }


def right(W, b, v, records, first, second, won):
    ranker = Ranker(W=W, b=b, v=v)
    strength = ranker.strengths(records)
    # a row for each game: the first counts once, the second is taken off
    games = np.eye(len(records))[first] - np.eye(len(records))[second]
    short = MARGIN - won * (games @ strength)
    lost = short > 0
    pull = -2 * won * short * lost / len(won)
    return ranker.learn_from(games.T @ pull)


def backprop(W, b, v, records, first, second, won):
    hidden = np.tanh(np.dot(records, W) + b)
    strength = np.dot(hidden, v)
    games = len(won)
    dstrength = np.zeros(len(records))
    for i, j, y in zip(first, second, won):
        gap = strength[i] - strength[j]
        short = MARGIN - y * gap
        if short <= 0:
            continue
        g = -2 * short * gap / games
        dstrength[i] += g
        dstrength[j] -= g
    dv = np.dot(hidden.T, dstrength)
    dW, db = DECAY * W, np.zeros_like(b)
    for player, g in enumerate(dstrength):
        dpre = g * v * (1 - hidden[player] ** 2)
        dW += np.outer(records[player], dpre)
        db += dpre
    return dW, db, dv
