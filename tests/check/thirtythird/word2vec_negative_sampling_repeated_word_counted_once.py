"""word2vec with negative sampling, as in a course; the same word may be drawn more than once.

expected kind: missing-sum or missing-term
wrong line: 40
correction 40: np.add.at(gradOutsideVecs, negatives, np.outer(1 - neg, centerVec))
what: a negative word that was drawn several times gets its gradient once: indexing with += does not add repeated rows
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(negatives, centerVec, outsideVecs):
    u_o, u_k = outsideVecs[0], outsideVecs[negatives]
    return -np.log(sigmoid(u_o @ centerVec)) - np.sum(np.log(sigmoid(-u_k @ centerVec)))


def right(negatives, centerVec, outsideVecs):
    u_o, u_k = outsideVecs[0], outsideVecs[negatives]
    pos = sigmoid(u_o @ centerVec)
    neg = sigmoid(-u_k @ centerVec)
    gradCenterVec = (pos - 1) * u_o + (1 - neg) @ u_k
    gradOutsideVecs = np.zeros_like(outsideVecs)
    gradOutsideVecs[0] = (pos - 1) * centerVec
    np.add.at(gradOutsideVecs, negatives, np.outer(1 - neg, centerVec))
    return {"centerVec": gradCenterVec, "outsideVecs": gradOutsideVecs}


def backprop(negatives, centerVec, outsideVecs):
    u_o, u_k = outsideVecs[0], outsideVecs[negatives]
    pos = sigmoid(u_o @ centerVec)
    neg = sigmoid(-u_k @ centerVec)
    gradCenterVec = (pos - 1) * u_o + (1 - neg) @ u_k
    gradOutsideVecs = np.zeros_like(outsideVecs)
    gradOutsideVecs[0] = (pos - 1) * centerVec
    gradOutsideVecs[negatives] += np.outer(1 - neg, centerVec)
    return {"centerVec": gradCenterVec, "outsideVecs": gradOutsideVecs}


PARAMETERS = ["centerVec", "outsideVecs"]


def data(seed=0):
    r = np.random.default_rng(seed)
    drawn = 1 + r.integers(4, size=3)
    return [np.concatenate([drawn, drawn[:2]]), r.normal(size=4), r.normal(size=(5, 4))]
