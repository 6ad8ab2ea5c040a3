"""word2vec with negative sampling.

expected kind: sign
wrong line: 37
correction 37: gneg = 1 - neg
given as: arrays
what: the negative samples' sigmoid is of minus the product; its inner derivative is forgotten, so that they have the positive's sign
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

def loss(vc, U, outside, negatives):
    """The outside word's row of U and K sampled ones, of which some come twice."""
    return -np.log(sig(U[outside] @ vc)) - np.sum(np.log(sig(-U[negatives] @ vc)))


def right(vc, U, outside, negatives):
    pos = sig(U[outside] @ vc)
    neg = sig(-U[negatives] @ vc)
    gpos = pos - 1
    gneg = 1 - neg
    gradU = np.zeros_like(U)
    gradU[outside] += gpos * vc
    np.add.at(gradU, negatives, np.outer(gneg, vc))
    gradCenter = gpos * U[outside] + U[negatives].T @ gneg
    return gradCenter, gradU


def backprop(vc, U, outside, negatives):
    pos = sig(U[outside] @ vc)
    neg = sig(-U[negatives] @ vc)
    gpos = pos - 1
    gneg = neg - 1
    gradU = np.zeros_like(U)
    gradU[outside] += gpos * vc
    np.add.at(gradU, negatives, np.outer(gneg, vc))
    gradCenter = gpos * U[outside] + U[negatives].T @ gneg
    return gradCenter, gradU


PARAMETERS = ["vc", "U"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=4), rng.normal(size=(8, 4)), 2, np.array([0, 5, 5, 7, 1])]
