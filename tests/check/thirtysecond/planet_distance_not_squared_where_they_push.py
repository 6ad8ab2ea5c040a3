"""Planet distance not squared where they push.

expected kind: missing-factor or wrong-point
wrong line: 58 or 57
correction 58: coeff /= dist_squared * (a * pow(dist_squared, B) + 1.0)
correction 57: coeff = -2.0 * B / np.sqrt(dist_squared)
what: What pushes two apart is divided by their distance, and not by its square, though it is multiplied with the difference that isn't normalised
source: https://github.com/lmcinnes/umap/issues/482
said: holds that the first squared distance in the denominator of the update for negative samples should have its root taken
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


def right(Y, a, near):
    first, second = np.triu_indices(len(Y), k=1)
    p = near[first, second]
    gap = Y[first] - Y[second]
    D = np.einsum("nd,nd->n", gap, gap)
    q = 1 / (1 + a * D**B)
    # minus log q pulls, minus log(1 - q) pushes; both by the squared distance
    pull = p * a * B * D ** (B - 1) * q
    push = -(1 - p) * B * q / D
    move = 2 * (pull + push)[:, None] * gap
    dY = np.zeros_like(Y)
    np.add.at(dY, np.r_[first, second], np.r_[move, -move])
    da = np.sum(p * D**B * q - (1 - p) * q / a)
    return {"Y": dY, "a": np.array([da])}


def attract(dist_squared, a):
    coeff = 2.0 * a * B * pow(dist_squared, B - 1.0)
    coeff /= a * pow(dist_squared, B) + 1.0
    return coeff


def repel(dist_squared, a):
    coeff = -2.0 * B
    coeff /= np.sqrt(dist_squared) * (a * pow(dist_squared, B) + 1.0)
    return coeff


def spread(dist_squared, a, weight):
    power = pow(dist_squared, B)
    return power / (1 + a * power) - (1 - weight) / a


def backprop(Y, a, near):
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
