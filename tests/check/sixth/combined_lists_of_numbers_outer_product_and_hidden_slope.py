"""Combined lists of numbers outer product and hidden slope.

expected kind: missing-factor or wrong-mask + transpose
wrong line: 63 and 64
correction 63: layer_1_delta = [w_sum(delta, weights_1_2[:, j]) * (layer_1[j] > 0) for j in range(len(layer_1))]
correction 64: weight_deltas = outer_prod(delta, layer_1)
what: A hidden unit that is off gets its error all the same; and the outer product is of input and error, where the
    weights are error by input
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/71
said: the book has outer_prod(input, delta), it should have been outer_prod(delta, input); the second mistake is a
    usual one
"""

import numpy as np

PARAMETERS = ["weights_0_1", "weights_1_2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(5, 3)), r.normal(size=(5, 3))


def loss(weights_0_1, weights_1_2, inputs, goals):
    hidden = np.maximum(inputs @ weights_0_1.T, 0)
    return np.sum((hidden @ weights_1_2.T - goals) ** 2)


def right(weights_0_1, weights_1_2, inputs, goals):
    z = inputs @ weights_0_1.T
    h = np.where(z > 0, z, 0)
    d = 2 * (h @ weights_1_2.T - goals)
    return np.where(z > 0, d @ weights_1_2, 0).T @ inputs, d.T @ h


def w_sum(a, b):
    output = 0
    for i in range(len(a)):
        output += a[i] * b[i]
    return output


def vect_mat_mul(vect, matrix):
    return [w_sum(vect, row) for row in matrix]


def outer_prod(a, b):
    return [[a[i] * b[j] for j in range(len(b))] for i in range(len(a))]


def add(total, more):
    for i in range(len(total)):
        for j in range(len(total[i])):
            total[i][j] += more[i][j]


def backprop(weights_0_1, weights_1_2, inputs, goals):
    d_0_1, d_1_2 = [[0.0] * 3 for _ in range(3)], [[0.0] * 3 for _ in range(3)]
    for input, goal in zip(inputs, goals):
        layer_1 = [max(0.0, z) for z in vect_mat_mul(input, weights_0_1)]
        pred = vect_mat_mul(layer_1, weights_1_2)
        delta = [2 * (pred[k] - goal[k]) for k in range(len(goal))]
        layer_1_delta = [w_sum(delta, weights_1_2[:, j]) for j in range(len(layer_1))]
        weight_deltas = outer_prod(layer_1, delta)
        add(d_1_2, weight_deltas)
        add(d_0_1, outer_prod(layer_1_delta, input))
    return np.array(d_0_1), np.array(d_1_2)
