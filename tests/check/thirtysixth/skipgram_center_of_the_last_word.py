"""Skip-gram with the naive softmax.

expected kind: missing-sum or missing-term
wrong line: 41
correction 41: gradCenterVecs[center] += np.dot(U.T, delta)
what: the gradient of the centre word is that of the last word of the window only
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def probabilities(vc, U):
    scores = U @ vc
    e = np.exp(scores - np.max(scores))
    return e / e.sum()

def loss(V, U, center, window):
    yhat = probabilities(V[center], U)
    return -sum(np.log(yhat[o]) for o in window)


def right(V, U, center, window):
    gradCenterVecs = np.zeros(V.shape)
    gradOutsideVecs = np.zeros(U.shape)
    vc = V[center]
    for o in window:
        delta = probabilities(vc, U)
        delta[o] -= 1.0
        gradCenterVecs[center] += np.dot(U.T, delta)
        gradOutsideVecs += np.outer(delta, vc)
    return gradCenterVecs, gradOutsideVecs


def backprop(V, U, center, window):
    gradCenterVecs = np.zeros(V.shape)
    gradOutsideVecs = np.zeros(U.shape)
    vc = V[center]
    for o in window:
        delta = probabilities(vc, U)
        delta[o] -= 1.0
        gradCenterVecs[center] = np.dot(U.T, delta)
        gradOutsideVecs += np.outer(delta, vc)
    return gradCenterVecs, gradOutsideVecs


PARAMETERS = ["V", "U"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), 3, [1, 5, 0, 2]]
