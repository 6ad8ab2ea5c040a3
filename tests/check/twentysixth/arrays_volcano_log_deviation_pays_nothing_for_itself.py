"""Arrays volcano log deviation pays nothing for itself.

expected kind: missing-term
wrong line: 70
correction 70: g_log = r * (1 - z * z)
given as: arrays
what: The gradient of the log-deviation lacks what comes from the deviation before the exponential
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "P", "M", "S"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A, P, M, S = r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=(4, 3)), 0.4 * r.normal(size=(4, 3))
    return A, P, M, S, r.normal(size=(6, 3)), r.normal(size=6)


def loss(A, P, M, S, tremors, ash):
    h = np.tanh(tremors @ A)
    scores, mu, logsigma = h @ P, h @ M, h @ S
    logpi = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    u = (ash[:, None] - mu) * np.exp(-logsigma)
    return -np.mean(np.log(np.sum(np.exp(logpi - 0.5 * u**2 - logsigma), axis=1)))


def softmax(a):
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def right(A, P, M, S, tremors, ash):
    n = len(ash)
    h = np.tanh(tremors @ A)
    pi, mu, sigma = softmax(h @ P), h @ M, np.exp(h @ S)
    u = (ash.reshape(-1, 1) - mu) / sigma
    joint = pi * np.exp(-0.5 * u**2) / sigma
    resp = joint / joint.sum(axis=1, keepdims=True)
    dscores = (pi - resp) / n
    dmu = -resp * u / sigma / n
    dlogsigma = resp * (1 - u**2) / n
    dP, dM, dS = h.T @ dscores, h.T @ dmu, h.T @ dlogsigma
    dh = dscores @ P.T + dmu @ M.T + dlogsigma @ S.T
    return tremors.T @ (dh * (1 - h**2)), dP, dM, dS


def normal(y, mu, sigma):
    return np.exp(-((y - mu) ** 2) / (2 * sigma**2)) / (np.sqrt(2 * np.pi) * sigma)


def backprop(A, P, M, S, tremors, ash):
    K = P.shape[1]
    dA, dP, dM, dS = (np.zeros(W.shape) for W in (A, P, M, S))
    for x, y in zip(tremors, ash):
        h = np.tanh(np.dot(x, A))
        weight = np.exp(np.dot(h, P))
        weight = weight / np.sum(weight)
        mu, sigma = np.dot(h, M), np.exp(np.dot(h, S))
        density = np.array([weight[k] * normal(y, mu[k], sigma[k]) for k in range(K)])
        dh = np.zeros(h.shape)
        for k in range(K):
            r = density[k] / np.sum(density)
            z = (y - mu[k]) / sigma[k]
            g_score = weight[k] - r
            g_mu = -r * z / sigma[k]
            g_log = -r * z * z
            for dW, W, g in ((dP, P, g_score), (dM, M, g_mu), (dS, S, g_log)):
                dW[:, k] += g * h / len(ash)
                dh += g * W[:, k] / len(ash)
        dA += np.outer(x, dh * (1 - h * h))
    return dict(A=dA, P=dP, M=dM, S=dS)
