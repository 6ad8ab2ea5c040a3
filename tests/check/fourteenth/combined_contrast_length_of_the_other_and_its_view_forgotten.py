"""Combined contrast length of the other and its view forgotten.

expected kind: wrong-parameter or wrong-point + missing-term or detached
wrong line: 72 and 74 or 75
correction 72: dz1[i] += p[j] * (z2[j] / (l1[i] * l2[j]) - cos[i, j] * z1[i] / l1[i] ** 2)
correction 74: dW = views.T @ dz1 + others.T @ dz2
correction 75: return dW + others.T @ dz2
what: The derivative of a cosine divides by the length of the other vector; what the weights get through the other view is forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]
TAU = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(5, 4)), r.normal(size=(5, 4))


def loss(W, views, others):
    z1, z2 = views @ W, others @ W
    u1 = z1 / np.sqrt(np.sum(z1 * z1, axis=1, keepdims=True))
    u2 = z2 / np.sqrt(np.sum(z2 * z2, axis=1, keepdims=True))
    sim = u1 @ u2.T / TAU
    return np.mean(np.log(np.sum(np.exp(sim), axis=1)) - np.diag(sim))


def normalize(z):
    norm = np.linalg.norm(z, axis=1, keepdims=True)
    return z / norm, norm


def normalize_backward(du, u, norm):
    return (du - u * np.sum(du * u, axis=1, keepdims=True)) / norm


def info_nce(u1, u2, tau):
    n = len(u1)
    logits = u1.dot(u2.T) / tau
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    dlogits = (probs - np.eye(n)) / n
    dsim = dlogits / tau
    return dsim.dot(u2), dsim.T.dot(u1)


def right(W, views, others):
    u1, norm1 = normalize(views.dot(W))
    u2, norm2 = normalize(others.dot(W))
    du1, du2 = info_nce(u1, u2, TAU)
    dz1 = normalize_backward(du1, u1, norm1)
    dz2 = normalize_backward(du2, u2, norm2)
    return views.T.dot(dz1) + others.T.dot(dz2)


def backprop(W, views, others):
    N = views.shape[0]
    z1, z2 = views @ W, others @ W
    l1, l2 = np.sqrt((z1**2).sum(1)), np.sqrt((z2**2).sum(1))
    cos = z1 @ z2.T / np.outer(l1, l2)
    dz1, dz2 = np.zeros_like(z1), np.zeros_like(z2)
    for i in range(N):
        p = np.exp(cos[i] / TAU)
        p = p / np.sum(p)
        p[i] -= 1
        p /= N * TAU
        for j in range(N):
            dz1[i] += p[j] * (z2[j] / (l1[i] * l2[j]) - cos[i, j] * z1[i] / l2[j] ** 2)
            dz2[j] += p[j] * (z1[i] / (l1[i] * l2[j]) - cos[i, j] * z2[j] / l2[j] ** 2)
    dW = views.T @ dz1
    return dW
