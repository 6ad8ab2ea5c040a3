"""Foundry deviation not squared in the divergence.

expected kind: missing-factor or wrong-point
wrong line: 83
correction 83: to_log_sigma = weight * (sigma * sigma - 1)
what: The divergence is led back with the deviation where its square belongs
source: https://github.com/pytorch/examples/issues/225
said: the last term of the divergence should be sigma squared, the code is said to have sigma
"""

import numpy as np

PARAMETERS = ["A", "a0", "M", "S", "B", "D", "d0"]
BETA = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    A, a0 = 0.7 * r.normal(size=(4, 3)), 0.3 * r.normal(size=4)
    M, S = 0.8 * r.normal(size=(2, 4)), 0.4 * r.normal(size=(2, 4))
    B, D, d0 = r.normal(size=(4, 2)), r.normal(size=(3, 4)), 0.3 * r.normal(size=3)
    return A, a0, M, S, B, D, d0, r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(A, a0, M, S, B, D, d0, cast, noise):
    # the encoder gives the mean and the logarithm of the deviation
    h = np.tanh(cast @ A.T + a0)
    mean, log_sigma = h @ M.T, h @ S.T
    code = mean + np.exp(log_sigma) * noise
    rebuilt = np.tanh(code @ B.T) @ D.T + d0
    error = 0.5 * np.sum((rebuilt - cast) ** 2, axis=1)
    divergence = np.sum(0.5 * (mean**2 + np.exp(2 * log_sigma) - 1) - log_sigma, axis=1)
    return np.mean(error + BETA * divergence)


def forward_all(p, cast, noise):
    v = {"x": cast, "noise": noise}
    v["h"] = np.tanh(np.einsum("ni,hi->nh", cast, p["A"]) + p["a0"])
    v["mean"] = np.einsum("nh,lh->nl", v["h"], p["M"])
    v["sigma"] = np.exp(np.einsum("nh,lh->nl", v["h"], p["S"]))
    v["code"] = v["mean"] + v["sigma"] * noise
    v["k"] = np.tanh(np.einsum("nl,kl->nk", v["code"], p["B"]))
    v["out"] = np.einsum("nk,ik->ni", v["k"], p["D"]) + p["d0"]
    return v


def right(A, a0, M, S, B, D, d0, cast, noise):
    p = dict(A=A, a0=a0, M=M, S=S, B=B, D=D, d0=d0)
    v = forward_all(p, cast, noise)
    g = {}
    d_out = (v["out"] - cast) / len(cast)
    g["D"], g["d0"] = np.einsum("ni,nk->ik", d_out, v["k"]), d_out.sum(0)
    d_k = np.einsum("ni,ik->nk", d_out, D) * (1 - v["k"] ** 2)
    g["B"] = np.einsum("nk,nl->kl", d_k, v["code"])
    d_code = np.einsum("nk,kl->nl", d_k, B)
    # the divergence pulls the codes to the standard normal distribution
    pull = BETA / len(cast)
    d_mean = d_code + pull * v["mean"]
    d_log_sigma = d_code * v["noise"] * v["sigma"] + pull * (v["sigma"] ** 2 - 1)
    g["M"] = np.einsum("nl,nh->lh", d_mean, v["h"])
    g["S"] = np.einsum("nl,nh->lh", d_log_sigma, v["h"])
    d_h = (d_mean @ M + d_log_sigma @ S) * (1 - v["h"] ** 2)
    g["A"], g["a0"] = np.einsum("nh,ni->hi", d_h, cast), d_h.sum(0)
    return g


def affine(x, W, bias=0.0):
    return x @ W.T + bias, (x, W)


def affine_back(g, cache):
    x, W = cache
    return g @ W, g.T @ x, g.sum(axis=0)


def tanh_back(g, y):
    return g - g * y * y


def divergence_back(mean, sigma, weight):
    """Return the gradients with respect to the mean and the logarithm of the deviation."""
    to_mean = weight * mean
    to_log_sigma = weight * (sigma - 1)
    return to_mean, to_log_sigma


def backprop(A, a0, M, S, B, D, d0, cast, noise):
    n = len(cast)
    pre, cache_A = affine(cast, A, a0)
    h = np.tanh(pre)
    mean, cache_M = affine(h, M)
    log_sigma, cache_S = affine(h, S)
    sigma = np.exp(log_sigma)
    pre, cache_B = affine(mean + sigma * noise, B)
    k = np.tanh(pre)
    rebuilt, cache_D = affine(k, D, d0)
    gk, gD, gd0 = affine_back((rebuilt - cast) / n, cache_D)
    gcode, gB, _ = affine_back(tanh_back(gk, k), cache_B)
    kl_mean, kl_log_sigma = divergence_back(mean, sigma, BETA / n)
    gh_m, gM, _ = affine_back(gcode + kl_mean, cache_M)
    gh_s, gS, _ = affine_back(gcode * noise * sigma + kl_log_sigma, cache_S)
    _, gA, ga0 = affine_back(tanh_back(gh_m + gh_s, h), cache_A)
    return gA, ga0, gM, gS, gB, gD, gd0
