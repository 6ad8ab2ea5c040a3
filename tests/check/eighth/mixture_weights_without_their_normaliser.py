"""Mixture weights without their normaliser.

expected kind: missing-term or detached
wrong line: 57 or 60
correction 57: da = G.sum(axis=0) + np.exp(a) / np.exp(a).sum()
correction 60: return da + np.exp(a) / np.exp(a).sum(), dM, dS
what: The weights' gradient has the responsibilities and not the softmax that normalises them
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["a", "M", "S"]


K, D = 2, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, D)), r.normal(size=K), r.normal(size=(K, D)), 0.4 * r.normal(size=(K, D))


def loss(X, a, M, S):
    diff = (X[:, None, :] - M) / np.exp(S)
    logp = a - np.sum(S + 0.5 * diff**2, axis=2)
    top = np.max(logp, axis=1, keepdims=True)
    lse = top[:, 0] + np.log(np.sum(np.exp(logp - top), axis=1))
    return -np.mean(lse - np.log(np.sum(np.exp(a))))


def right(X, a, M, S):
    grad_a, grad_M, grad_S = np.zeros(K), np.zeros((K, D)), np.zeros((K, D))
    prior = np.exp(a) / sum(np.exp(a))
    var = np.exp(S) ** 2
    for n in range(len(X)):
        like = np.array([prior[k] * np.exp(-sum((X[n] - M[k]) ** 2 / var[k]) / 2 - sum(S[k])) for k in range(K)])
        post = like / sum(like)
        for k in range(K):
            grad_a[k] += (prior[k] - post[k]) / len(X)
            for d in range(D):
                u = X[n, d] - M[k, d]
                grad_M[k, d] -= post[k] * u / var[k, d] / len(X)
                grad_S[k, d] -= post[k] * (u**2 / var[k, d] - 1) / len(X)
    return grad_a, grad_M, grad_S


def backprop(X, a, M, S):
    N = X.shape[0]
    sigma = np.exp(S)
    diff = (X[:, None, :] - M[None, :, :]) / sigma
    logp = a - S.sum(axis=1) - 0.5 * (diff**2).sum(axis=2)
    R = np.exp(logp - logp.max(axis=1, keepdims=True))
    R /= R.sum(axis=1, keepdims=True)
    G = -R / N
    da = G.sum(axis=0)
    dM = np.einsum("nk,nkd->kd", G, diff / sigma)
    dS = np.einsum("nk,nkd->kd", G, diff**2 - 1)
    return da, dM, dS
