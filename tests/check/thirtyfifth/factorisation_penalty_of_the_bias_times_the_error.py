"""Matrix factorisation with biases: the bias of the user

expected kind: repeated-factor or wrong-parameter or unexplained
wrong line: 39
correction 39: grad["bu"][u] += -2 * error + 2 * lam * bu[u]
what: the error was factored out of the gradient of the user's bias, so that the penalty is multiplied by it
source: https://github.com/dandxy89/BellkorAlgorithm/issues/1
said: the gradient of the user's bias was 2 e (-1 + 2 l b); it should be -2 e + 2 l b
"""
import numpy as np

PARAMETERS = ["bu", "bi", "P", "Q"]
mean, lam = 3.2, 0.4


def loss(user, item, rating, bu, bi, P, Q):
    total = 0
    for u, i, r in zip(user, item, rating):
        err = r - mean - bu[u] - bi[i] - np.sum(P[u] * Q[i])
        total = total + err ** 2 + lam * (bu[u] ** 2 + bi[i] ** 2 + np.sum(P[u] ** 2) + np.sum(Q[i] ** 2))
    return total


def right(user, item, rating, bu, bi, P, Q):
    grad = {"bu": np.zeros_like(bu), "bi": np.zeros_like(bi), "P": np.zeros_like(P), "Q": np.zeros_like(Q)}
    for u, i, r in zip(user, item, rating):
        error = r - (mean + bu[u] + bi[i] + P[u].dot(Q[i]))
        grad["bu"][u] += -2 * error + 2 * lam * bu[u]
        grad["bi"][i] += -2 * error + 2 * lam * bi[i]
        grad["P"][u] += -2 * error * Q[i] + 2 * lam * P[u]
        grad["Q"][i] += -2 * error * P[u] + 2 * lam * Q[i]
    return grad


def backprop(user, item, rating, bu, bi, P, Q):
    grad = {"bu": np.zeros_like(bu), "bi": np.zeros_like(bi), "P": np.zeros_like(P), "Q": np.zeros_like(Q)}
    for u, i, r in zip(user, item, rating):
        error = r - (mean + bu[u] + bi[i] + P[u].dot(Q[i]))
        grad["bu"][u] += 2 * error * (-1 + lam * bu[u])
        grad["bi"][i] += -2 * error + 2 * lam * bi[i]
        grad["P"][u] += -2 * error * Q[i] + 2 * lam * P[u]
        grad["Q"][i] += -2 * error * P[u] + 2 * lam * Q[i]
    return grad


def data(seed=0):
    rng = np.random.default_rng(seed)
    cells = rng.permutation(20)[:11]
    return [cells // 5, cells % 5, rng.integers(1, 6, size=11) * 1.0, rng.normal(size=4), rng.normal(size=5),
            rng.normal(size=(4, 2)), rng.normal(size=(5, 2))]
