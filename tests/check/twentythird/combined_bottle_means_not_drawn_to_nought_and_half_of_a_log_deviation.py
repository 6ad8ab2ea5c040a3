"""Combined bottle means not drawn to nought and half of a log deviation.

expected kind: missing-term + scale
wrong line: 75 and 76
correction 75: dmu = dz + BETA / len(eps) * cache["mu"]
correction 76: through = dz * SPREAD * eps * cache["sigma"]
what: The means get nothing from the divergence; the derivative by way of the sample has the half of a log variance, while it is the log of a deviation
source: https://github.com/y0ast/VAE-Torch/issues/3
said: asked what the one half is, somebody advises to have the log of the deviation, for which the derivative is without it; the means are the author's
"""

import numpy as np

PARAMETERS = ["A", "a", "M", "S", "B", "b"]
BETA, SPREAD = 0.7, 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    A, a, M, S = r.normal(size=(5, 3)), 0.3 * r.normal(size=5), r.normal(size=(2, 5)), 0.4 * r.normal(size=(2, 5))
    return A, a, M, S, r.normal(size=(3, 2)), 0.3 * r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=(4, 2))


def loss(A, a, M, S, B, b, X, eps):
    h = np.log(1 + np.exp(X @ A.T + a))
    mu, logsigma = h @ M.T, h @ S.T
    z = mu + np.exp(logsigma) * SPREAD * eps
    squares = 0.5 * np.sum((z @ B.T + b - X) ** 2)
    divergence = np.sum(0.5 * (np.exp(2 * logsigma) + mu**2 - 1) - logsigma)
    return (squares + BETA * divergence) / X.shape[0]


def right(A, a, M, S, B, b, X, eps):
    n = len(X)
    dA, da = np.zeros_like(A), np.zeros_like(a)
    dM, dS = np.zeros_like(M), np.zeros_like(S)
    dB, db = np.zeros_like(B), np.zeros_like(b)
    for x, e in zip(X, eps):
        pre = A @ x + a
        h = np.log1p(np.exp(pre))
        mu = M @ h
        sigma = np.exp(S @ h)
        noise = SPREAD * e
        z = mu + sigma * noise
        r = B @ z + b - x
        dB += np.outer(r, z)
        db += r
        dz = B.T @ r
        dmu = dz + BETA * mu
        dls = dz * sigma * noise
        dls += BETA * (sigma**2 - 1)
        dM += np.outer(dmu, h)
        dS += np.outer(dls, h)
        dh = M.T @ dmu + S.T @ dls
        dpre = dh / (1 + np.exp(-pre))
        dA += np.outer(dpre, x)
        da += dpre
    return dA / n, da / n, dM / n, dS / n, dB / n, db / n


def encode(p, X):
    pre = np.einsum("ni,hi->nh", X, p["A"]) + p["a"]
    h = np.logaddexp(pre, 0)
    return {"X": X, "pre": pre, "h": h, "mu": h @ p["M"].T, "sigma": np.exp(h @ p["S"].T)}


def decode_backward(p, cache, eps):
    n = len(eps)
    cache["z"] = cache["mu"] + SPREAD * eps * cache["sigma"]
    residual = (cache["z"] @ p["B"].T + p["b"] - cache["X"]) / n
    return residual @ p["B"], {"B": residual.T @ cache["z"], "b": residual.sum(0)}


def sample_backward(cache, dz, eps):
    dmu = dz
    through = 0.5 * dz * SPREAD * eps * cache["sigma"]
    prior = BETA / len(eps) * (cache["sigma"] ** 2 - 1)
    return dmu, through + prior


def encode_backward(p, cache, dmu, dls):
    grads = {"M": dmu.T @ cache["h"], "S": dls.T @ cache["h"]}
    dh = dmu @ p["M"] + dls @ p["S"]
    dpre = dh * (1 - np.exp(-cache["h"]))
    grads["A"], grads["a"] = dpre.T @ cache["X"], dpre.sum(0)
    return grads


def backprop(A, a, M, S, B, b, X, eps):
    p = {"A": A, "a": a, "M": M, "S": S, "B": B, "b": b}
    cache = encode(p, X)
    dz, grads = decode_backward(p, cache, eps)
    dmu, dls = sample_backward(cache, dz, eps)
    return {**grads, **encode_backward(p, cache, dmu, dls)}
