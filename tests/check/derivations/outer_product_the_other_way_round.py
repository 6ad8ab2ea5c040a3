"""outer_prod(input, delta) for outer_prod(delta, input).

expected kind: transpose or swapped-operands
wrong line: 46
correction 46: yield outer_prod(delta, vec)
what: the outer product has its factors swapped, so the gradient is transposed
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/23
said: The weight deltas are transposed: those of one output have to be in a row; with as many outputs as
    inputs nothing complains.
"""

import numpy as np

PARAMETERS = ["weights"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=(3, 3))]


def loss(games, truth, weights):
    return np.sum((games @ weights.T - truth) ** 2) / 2


def right(games, truth, weights):
    return (games @ weights.T - truth).T @ games


def w_sum(a, b):
    return sum(p * q for p, q in zip(a, b))


def neural_network(vec, matrix):
    return [w_sum(vec, row) for row in matrix]


def outer_prod(a, b):
    return np.array([[p * q for q in b] for p in a])


def deltas(games, truth, weights):
    for vec, true in zip(games, truth):
        pred = neural_network(vec, weights)
        delta = [p - t for p, t in zip(pred, true)]
        yield outer_prod(vec, delta)


def backprop(games, truth, weights):
    return sum(deltas(games, truth, weights))
