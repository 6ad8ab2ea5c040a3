"""Siamese length held constant.

expected kind: missing-term or detached
wrong line: 53
correction 53: du = duv[:, None] * v + 2 * duu[:, None] * u
what: The length of the first vector is taken for a constant
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "P"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, P, x1, x2, t = (r.normal(size=s) for s in [(3, 4), (4, 3), (6, 3), (6, 3), 6])
    return W, P, x1, x2, np.tanh(t)


def loss(W, P, x1, x2, t):
    u, v = np.maximum(x1 @ W, 0) @ P, np.maximum(x2 @ W, 0) @ P
    norms = np.sqrt(np.sum(u * u, axis=1) * np.sum(v * v, axis=1) + 1e-2)
    return np.mean((np.sum(u * v, axis=1) / norms - t) ** 2)


def right(W, P, x1, x2, t):
    gW, gP, n = np.zeros_like(W), np.zeros_like(P), len(t)
    for a, b, target in zip(x1, x2, t):
        ha, hb = np.maximum(a.dot(W), 0), np.maximum(b.dot(W), 0)
        u, v = ha.dot(P), hb.dot(P)
        length = np.sqrt(u.dot(u) * v.dot(v) + 1e-2)
        cos = u.dot(v) / length
        g = 2 * (cos - target) / n
        gu = g * (v - cos / length * v.dot(v) * u) / length
        gv = g * (u - cos / length * u.dot(u) * v) / length
        gP += np.outer(ha, gu) + np.outer(hb, gv)
        gha, ghb = P.dot(gu), P.dot(gv)
        gha[ha <= 0] = 0
        ghb[hb <= 0] = 0
        gW += np.outer(a, gha) + np.outer(b, ghb)
    return {"W": gW, "P": gP}


def cosine_backward(u, v, dcos):
    uu, vv, uv = np.sum(u * u, axis=1), np.sum(v * v, axis=1), np.sum(u * v, axis=1)
    norm = np.sqrt(uu * vv + 1e-2)
    dnorm = -dcos * uv / norm**2
    duv = dcos / norm
    duu = dnorm * 0.5 * vv / norm
    dvv = dnorm * 0.5 * uu / norm
    du = duv[:, None] * v
    dv = duv[:, None] * u + 2 * dvv[:, None] * v
    return du, dv


def backprop(W, P, x1, x2, t):
    z1, z2 = x1 @ W, x2 @ W
    h1, h2 = np.maximum(z1, 0), np.maximum(z2, 0)
    u, v = h1 @ P, h2 @ P
    cos = np.sum(u * v, axis=1) / np.sqrt(np.sum(u * u, axis=1) * np.sum(v * v, axis=1) + 1e-2)
    du, dv = cosine_backward(u, v, 2 * (cos - t) / len(t))
    dP = h1.T @ du + h2.T @ dv
    dz1 = (du @ P.T) * (z1 > 0)
    dz2 = (dv @ P.T) * (z2 > 0)
    return x1.T @ dz1 + x2.T @ dz2, dP
