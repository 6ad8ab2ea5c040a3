"""Arrays ratings not divided by the games.

expected kind: sum-for-mean
wrong line: 38
correction 38: return grad / len(winner)
given as: arrays
what: The loss of a Bradley-Terry model is a mean over the games, its gradient a sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["rating"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), np.array([0, 1, 2, 3, 0, 2, 1]), np.array([1, 2, 0, 0, 2, 3, 3])


def loss(rating, winner, loser):
    return np.mean(np.log(1 + np.exp(rating[loser] - rating[winner])))


def right(rating, winner, loser):
    q = 1 / (1 + np.exp(rating[winner] - rating[loser])) / len(winner)
    M = np.eye(4)[loser] - np.eye(4)[winner]
    return q @ M


def backprop(rating, winner, loser):
    grad = np.zeros_like(rating)
    for w, l in zip(winner, loser):
        expected = 1 / (1 + 10 ** ((rating[l] - rating[w]) / np.log(10)))
        grad[w] -= 1 - expected
        grad[l] += 1 - expected
    return grad
