"""Combined negative samples drawn twice and centre sign.

expected kind: missing-term or missing-sum + sign
wrong line: 43 and 46
correction 43: grad_center -= (z - 1).dot(U[negative])
correction 46: np.add.at(grad_outside, negative, np.outer(1 - z, v))
what: A word drawn twice as a negative sample gets its gradient once, as index arrays add once; the centre has the
    wrong sign for the negative samples
source: https://github.com/ZacBi/CS224n-2019-solutions/issues/5
said: adding to an array at indices doesn't double the gradient of a word that stands there twice (the sign is a
    usual one)
"""

import numpy as np

PARAMETERS = ["v", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(6, 3)), 1, np.array([4, 2, 4, 5, 2])


def loss(v, U, outside, negative):
    return np.log(1 + np.exp(-(U[outside] @ v))) + np.sum(np.log(1 + np.exp(U[negative] @ v)))


def right(v, U, outside, negative):
    s = 1 / (1 + np.exp(-(U @ v)))
    k = np.bincount(negative, minlength=6) * s
    k[outside] += s[outside] - 1
    return k @ U, np.outer(k, v)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def backprop(v, U, outside, negative):
    pos = sigmoid(U[outside].dot(v))
    z = sigmoid(-U[negative].dot(v))
    grad_center = (pos - 1) * U[outside]
    grad_center += (z - 1).dot(U[negative])
    grad_outside = np.zeros_like(U)
    grad_outside[outside] += (pos - 1) * v
    grad_outside[negative] += np.outer(1 - z, v)
    return grad_center, grad_outside
