"""Combined planet only the first moves and pulls unweighted.

expected kind: missing-term + missing-factor
wrong line: 79 and 75 or 77
correction 79: np.add.at(dY, np.r_[first, second], np.r_[move, -move])
correction 75: pull = p * a * B * D ** (B - 1) * q
correction 77: move = 2 * (p * pull + push)[:, None] * gap
what: The second of two planets gets no slope; the pull isn't weighted with how much they belong together
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Y", "a"]
B = 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    # a map of six planets, and how much each two of them belong together
    near = np.triu(r.uniform(0.05, 0.95, size=(6, 6)), 1)
    return 1.5 * r.normal(size=(6, 2)), r.uniform(0.8, 1.6, size=1), near + near.T


def loss(Y, a, near):
    total = 0.0
    for i in range(len(Y)):
        for j in range(i):
            q = 1 / (1 + a[0] * np.sum((Y[i] - Y[j]) ** 2) ** B)
            total = total - near[i, j] * np.log(q) - (1 - near[i, j]) * np.log(1 - q)
    return total


def attract(dist_squared, a):
    coeff = 2.0 * a * B * pow(dist_squared, B - 1.0)
    coeff /= a * pow(dist_squared, B) + 1.0
    return coeff


def repel(dist_squared, a):
    coeff = -2.0 * B
    coeff /= dist_squared * (a * pow(dist_squared, B) + 1.0)
    return coeff


def spread(dist_squared, a, weight):
    power = pow(dist_squared, B)
    return power / (1 + a * power) - (1 - weight) / a


def right(Y, a, near):
    grad, grad_a = [np.zeros(Y.shape[1]) for _ in Y], 0.0
    for i, current in enumerate(Y):
        for j, other in enumerate(Y):
            if i == j:
                continue
            dist_squared = sum((s - t) ** 2 for s, t in zip(current, other))
            w = near[i, j]
            coeff = w * attract(dist_squared, a[0]) + (1 - w) * repel(dist_squared, a[0])
            for d in range(len(current)):
                grad[i][d] += coeff * (current[d] - other[d])
            # each pair is met twice
            grad_a += 0.5 * spread(dist_squared, a[0], w)
    return np.array(grad), np.array([grad_a])


def backprop(Y, a, near):
    first, second = np.triu_indices(len(Y), k=1)
    p = near[first, second]
    gap = Y[first] - Y[second]
    D = np.einsum("nd,nd->n", gap, gap)
    q = 1 / (1 + a * D**B)
    # minus log q pulls, minus log(1 - q) pushes; both by the squared distance
    pull = a * B * D ** (B - 1) * q
    push = -(1 - p) * B * q / D
    move = 2 * (pull + push)[:, None] * gap
    dY = np.zeros_like(Y)
    np.add.at(dY, first, move)
    da = np.sum(p * D**B * q - (1 - p) * q / a)
    return {"Y": dY, "a": np.array([da])}
