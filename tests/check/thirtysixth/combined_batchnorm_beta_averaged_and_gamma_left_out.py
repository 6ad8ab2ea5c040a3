"""Batch normalisation, step by step on the way back.

expected kind: mean-for-sum + missing-factor or scale + missing-factor
wrong line: 42 and 44
correction 42: d_beta = d.sum(axis=0)
correction 44: d_normed = d * gamma
what: dbeta is averaged over the batch; the gradient of xhat lacks gamma
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

EPS = 1e-3


def loss(x, gamma, beta, t):
    mu, var = x.mean(axis=0), x.var(axis=0)
    return np.sum((gamma * (x - mu) / np.sqrt(var + EPS) + beta - t) ** 2)


def right(x, gamma, beta, t):
    m = len(x)
    centred = x - x.mean(axis=0)
    sd = np.sqrt(np.mean(centred ** 2, axis=0) + EPS)
    normed = centred / sd
    d = 2 * (gamma * normed + beta - t)
    d_beta = d.sum(axis=0)
    d_gamma = (d * normed).sum(axis=0)
    d_normed = d * gamma
    d_sd = -np.sum(d_normed * centred, axis=0) / sd ** 2
    d_centred = d_normed / sd + d_sd * centred / (m * sd)
    d_x = d_centred - d_centred.mean(axis=0)
    return d_x, d_gamma, d_beta


def backprop(x, gamma, beta, t):
    m = len(x)
    centred = x - x.mean(axis=0)
    sd = np.sqrt(np.mean(centred ** 2, axis=0) + EPS)
    normed = centred / sd
    d = 2 * (gamma * normed + beta - t)
    d_beta = d.mean(axis=0)
    d_gamma = (d * normed).sum(axis=0)
    d_normed = d
    d_sd = -np.sum(d_normed * centred, axis=0) / sd ** 2
    d_centred = d_normed / sd + d_sd * centred / (m * sd)
    d_x = d_centred - d_centred.mean(axis=0)
    return d_x, d_gamma, d_beta


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)) * 2 + 1, r.normal(size=4) + 2, r.normal(size=4), r.normal(size=(6, 4))
