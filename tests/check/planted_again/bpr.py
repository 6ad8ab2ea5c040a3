"""Bayesian personalised ranking: users, positive and negative items, indices that repeat."""
import numpy as np

PARAMETERS = ["P", "Q", "c"]
LAM = 0.2


def data(seed=0):
    rng = np.random.default_rng(seed)
    users, items, k, n = 4, 5, 3, 6
    u = rng.permutation(np.array([0, 1, 2, 3, 1, 1]))
    order = rng.permutation(items)
    i = order[rng.permutation(np.array([0, 1, 1, 2, 2, 3]))]
    j = (i + rng.permutation(np.array([1, 2, 3, 4, 1, 3]))) % items
    return u, i, j, rng.normal(size=(users, k)), rng.normal(size=(items, k)), 0.5 * rng.normal(size=items)


def loss(u, i, j, P, Q, c):
    diff = np.sum(P[u] * (Q[i] - Q[j]), axis=1) + c[i] - c[j]
    rank = np.mean(np.log(1 + np.exp(-diff)))
    norms = np.sum(P[u] ** 2) + np.sum(Q[i] ** 2) + np.sum(Q[j] ** 2)
    return rank + 0.5 * LAM * norms / len(u)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(u, i, j, P, Q, c):
    n = len(u)
    pu, qi, qj = P[u], Q[i], Q[j]
    diff = (pu * (qi - qj)).sum(axis=1) + c[i] - c[j]
    g = -sigmoid(-diff) / n
    decay = LAM / n

    dP, dQ, dc = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(c)
    grad_pu = g[:, None] * (qi - qj) + decay * pu
    grad_qi = g[:, None] * pu + decay * qi
    grad_qj = -g[:, None] * pu + decay * qj
    np.add.at(dP, u, grad_pu)
    np.add.at(dQ, i, grad_qi)
    np.add.at(dQ, j, grad_qj)
    for e in range(n):
        dc[i[e]] += g[e]
        dc[j[e]] -= g[e]
    return dP, dQ, dc


MISTAKES = [
    ("np.add.at(dP, u, grad_pu)", "dP[u] += grad_pu", "missing-sum or missing-term", "users that repeat are counted once"),
    ("np.add.at(dP, u, grad_pu)", "dP[u] = grad_pu", "missing-sum or missing-term", "users that repeat are overwritten"),
    ("np.add.at(dQ, i, grad_qi)", "dQ[i] += grad_qi", "missing-sum or missing-term", "items that repeat are counted once"),
    ("np.add.at(dQ, i, grad_qi)\n    np.add.at(dQ, j, grad_qj)", "np.add.at(dQ, j, grad_qj)\n    dQ[i] = grad_qi", "missing-sum or missing-term", "positive items overwrite what they got as negatives"),
    ("    np.add.at(dQ, j, grad_qj)\n", "", "missing-term", "negative items forgotten"),
    ("np.add.at(dQ, j, grad_qj)", "np.add.at(dQ, i, grad_qj)", "wrong-point or wrong-shape or missing-term", "copied line: i for j"),
    ("np.add.at(dQ, i, grad_qi)", "np.add.at(dQ, u, grad_qi)", "wrong-point or wrong-shape", "user index in the item table"),
    ("np.add.at(dQ, j, grad_qj)", "np.subtract.at(dQ, j, grad_qj)", "sign", "minus twice"),
    ("g = -sigmoid(-diff) / n", "g = -sigmoid(diff) / n", "wrong-point or sign", "sigmoid of the wrong side"),
    ("g = -sigmoid(-diff) / n", "g = sigmoid(-diff) / n", "sign", "minus of the logarithm forgotten"),
    ("g = -sigmoid(-diff) / n", "g = -sigmoid(-diff)", "sum-for-mean", "mean forgotten"),
    ("g = -sigmoid(-diff) / n", "g = -sigmoid(diff) * (1 - sigmoid(diff)) / n", "wrong-activation or repeated-factor", "sigmoid' without the logarithm"),
    ("g = -sigmoid(-diff) / n", "g = -(diff < 1).astype(float) / n", "wrong-activation or another-loss", "hinge loss"),
    ("g = -sigmoid(-diff) / n", "g = -np.exp(-diff) / n", "missing-factor", "denominator of the derivative forgotten"),
    ("diff = (pu * (qi - qj)).sum(axis=1) + c[i] - c[j]", "diff = (pu * (qi - qj)).sum(axis=1)", "another-loss or missing-term", "item biases forgotten in the own forward pass"),
    ("diff = (pu * (qi - qj)).sum(axis=1) + c[i] - c[j]", "diff = (pu * (qi - qj)).sum(axis=1) + c[i] + c[j]", "another-loss or sign", "sign of the negative item's bias"),
    ("grad_pu = g[:, None] * (qi - qj) + decay * pu", "grad_pu = g[:, None] * qi + decay * pu", "missing-term", "negative item forgotten"),
    ("grad_pu = g[:, None] * (qi - qj) + decay * pu", "grad_pu = g[:, None] * (qj - qi) + decay * pu", "sign or swapped-operands", "difference turned around"),
    ("grad_pu = g[:, None] * (qi - qj) + decay * pu", "grad_pu = g[:, None] * (qi - qj + decay * pu)", "repeated-factor", "bracket: decay times the error"),
    ("grad_pu = g[:, None] * (qi - qj) + decay * pu", "grad_pu = g[:, None] * (qi - qj) - decay * pu", "sign", "decay with the sign of the update"),
    ("grad_pu = g[:, None] * (qi - qj) + decay * pu", "grad_pu = g[:, None] * (qi - qj) + decay * (qi - qj)", "wrong-parameter", "decay of the wrong vector"),
    ("grad_qi = g[:, None] * pu + decay * qi", "grad_qi = g[:, None] * pu", "missing-term", "decay forgotten"),
    ("grad_qi = g[:, None] * pu + decay * qi", "grad_qi = g[:, None] * qi + decay * qi", "wrong-parameter or wrong-point", "q for p"),
    ("grad_qi = g[:, None] * pu + decay * qi", "grad_qi = g[:, None] * P[i % len(P)] + decay * qi", "wrong-point or stale-value", "the user looked up with the item's index, made to fit"),
    ("grad_qi = g[:, None] * pu + decay * qi", "P = P.copy()\n    np.add.at(P, u, -0.5 * grad_pu)\n    pu = P[u]\n    grad_qi = g[:, None] * pu + decay * qi", "updated-parameter", "user vectors updated before the items' gradients"),
    ("grad_qj = -g[:, None] * pu + decay * qj", "grad_qj = g[:, None] * pu + decay * qj", "sign", "minus of the negative item forgotten"),
    ("grad_qj = -g[:, None] * pu + decay * qj", "grad_qj = -g[:, None] * pu + decay * qi", "wrong-parameter or wrong-point", "decay of the positive item"),
    ("grad_qj = -g[:, None] * pu + decay * qj", "grad_qj = -grad_qi", "sign or wrong-point", "as if all were antisymmetric, the decay too"),
    ("decay = LAM / n", "decay = LAM", "sum-for-mean", "decay not averaged"),
    ("decay = LAM / n", "decay = 2 * LAM / n", "scale", "½ not seen"),
    ("grad_pu = g[:, None] * (qi - qj) + decay * pu\n", "grad_pu = g[:, None] * (qi - qj)\n    dP += decay * P\n", "another-loss or missing-factor or missing-sum", "every user's decay once, however often they occur"),
    ("        dc[j[e]] -= g[e]\n", "", "missing-term", "negative item's bias forgotten"),
    ("dc[j[e]] -= g[e]", "dc[j[e]] += g[e]", "sign", "plus"),
    ("dc[i[e]] += g[e]", "dc[i[e]] = g[e]", "missing-sum or missing-term", "= for +="),
    ("        dc[j[e]] -= g[e]", "    dc[j[e]] -= g[e]", "missing-sum or missing-term", "fell out of the loop"),
    ("dc[i[e]] += g[e]", "dc[i[e]] += g[e] + decay * c[i[e]]", "repeated-term", "biases are not regularised"),
    ("dc[i[e]] += g[e]", "dc[e % len(c)] += g[e]", "wrong-point or wrong-shape", "position in the batch for the item"),
]
