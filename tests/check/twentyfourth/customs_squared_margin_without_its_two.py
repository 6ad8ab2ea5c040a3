"""Customs squared margin without its two.

expected kind: scale
wrong line: 55
correction 55: return 2 * m if m > 0 else 0.0
what: The derivative of the squared margin lacks the 2
source: https://github.com/stdlib-js/stdlib/issues/13111
said: in the update for the squared part of the modified Huber loss a multiplication by 2 is missing
"""

import numpy as np

PARAMETERS = ["C", "b"]
REG = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    gap = np.array([[0, 1.0, 2.0], [0.7, 0, 1.2], [1.6, 0.8, 0]])
    return 0.7 * r.normal(size=(3, 4)), 0.4 * r.normal(size=3), r.normal(size=(6, 4)), np.array([2, 0, 1, 1, 0, 2]), gap


def loss(C, b, goods, duty, gap):
    # squared margins; how wide one has to be depends on both classes
    total = 0.0
    for x, true in zip(goods, duty):
        score = C @ x + b
        for other in range(3):
            if other != true:
                total = total + np.maximum(gap[true, other] + score[other] - score[true], 0) ** 2
    return total / len(duty) + 0.5 * REG * np.sum(C**2)


def violations(C, b, goods, duty, gap):
    scores = goods @ C.T + b
    rows = np.arange(len(duty))
    M = gap[duty] + scores - scores[rows, duty].reshape(-1, 1)
    M[rows, duty] = 0
    np.maximum(M, 0, out=M)
    return rows, M


def right(C, b, goods, duty, gap):
    rows, M = violations(C, b, goods, duty, gap)
    G = 2 * M
    G[rows, duty] = -np.sum(G, axis=1)
    G /= len(duty)
    dC = np.einsum("nk,nd->kd", G, goods)
    dC = dC + REG * C
    db = np.einsum("nk->k", G)
    return dC, db


def hinge_squared_slope(m):
    return m if m > 0 else 0.0


def pair_gradients(score, true, gap):
    """Yield for each violated pair: the other class, and what a change of their difference costs."""
    for other, s in enumerate(score):
        if other == true:
            continue
        slope = hinge_squared_slope(gap[true, other] + s - score[true])
        if slope:
            yield other, slope


def backprop(C, b, goods, duty, gap):
    share = 1.0 / len(duty)
    grad = {"C": REG * C.copy(), "b": np.zeros_like(b)}

    def push(cls, x, amount):
        grad["C"][cls] += amount * x
        grad["b"][cls] += amount

    for x, true in zip(goods, duty):
        score = np.array([row @ x for row in C]) + b
        for other, slope in pair_gradients(score, true, gap):
            push(other, x, slope * share)
            push(true, x, -slope * share)
    return grad
