"""Combined ratings of players both win and no scale.

expected kind: sign + missing-factor or scale
wrong line: 54 and 55
correction 54: d_rating[j] -= self.k * surprise
correction 55: d_home += self.k * surprise
what: The loser's rating moves like the winner's, and the advantage at home lacks the factor of the logistic curve to
    base ten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["rating", "home"]


def data(seed=0):
    r = np.random.default_rng(seed)
    games = [(0, 1), (2, 3), (1, 4), (3, 0), (4, 2), (0, 2), (1, 3)]
    return r.normal(size=5), np.array(r.normal()), games, r.integers(0, 2, 7)


def loss(rating, home, games, won):
    total = 0
    for (i, j), w in zip(games, won):
        p = 1 / (1 + 10 ** (-(rating[i] - rating[j] + home) / 4))
        total = total - w * np.log(p) - (1 - w) * np.log(1 - p)
    return total


def right(rating, home, games, won):
    D = np.zeros((len(games), len(rating)))
    for row, (i, j) in zip(D, games):
        row[i], row[j] = 1, -1
    k = np.log(10) / 4
    e = k * (1 / (1 + np.exp(-k * (D @ rating + home))) - won)
    return D.T @ e, e.sum()


class Elo:
    def __init__(self, rating, home):
        self.rating, self.home = rating, home
        self.k = np.log(10) / 4

    def expected(self, i, j):
        return 1 / (1 + 10 ** ((self.rating[j] - self.rating[i] - self.home) / 4))

    def gradient(self, games, won):
        d_rating, d_home = np.zeros_like(self.rating), 0.0
        for (i, j), result in zip(games, won):
            surprise = self.expected(i, j) - result
            d_rating[i] += self.k * surprise
            d_rating[j] += self.k * surprise
            d_home += surprise
        return d_rating, d_home


def backprop(rating, home, games, won):
    return Elo(rating, home).gradient(games, won)
