"""Beehive each layer goes back with the gamma of the one below.

expected kind: wrong-parameter or stale-value
wrong line: 87
correction 87: dshat = dout * gamma[l]
what: In the loop back over the layers gamma is read one layer too early
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta", "w"]
EPS = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    layers, width = 3, 3
    W = r.normal(size=(layers, width, width))
    gamma, beta = r.uniform(0.5, 2.0, size=(layers, width)), 0.5 * r.normal(size=(layers, width))
    return W, gamma, beta, r.normal(size=width), r.normal(size=(6, width)), r.normal(size=6)


def loss(W, gamma, beta, w, cells, honey):
    a = cells
    for l in range(W.shape[0]):
        s = a @ W[l]
        c = s - np.mean(s, axis=0)
        a = np.tanh(gamma[l] * (c / np.sqrt(np.mean(c * c, axis=0) + EPS)) + beta[l])
    return 0.5 * np.sum((a @ w - honey) ** 2)


def through(a, M, g, b):
    """One layer, and all that is needed on the way back."""
    s = np.einsum("ni,ih->nh", a, M)
    centered = s - s.mean(axis=0)
    spread = np.sqrt(centered.var(axis=0) + EPS)
    out = np.tanh(centered / spread * g + b)
    return out, {"enter": a, "leave": out, "centered": centered, "spread": spread}


def right(W, gamma, beta, w, cells, honey):
    history, a = [], cells
    for M, g, b in zip(W, gamma, beta):
        a, kept = through(a, M, g, b)
        history.append(kept)
    error = a @ w - honey
    grads = {"W": np.empty_like(W), "gamma": np.empty_like(gamma), "beta": np.empty_like(beta)}
    grads["w"] = np.einsum("n,nh->h", error, a)
    d = np.einsum("n,h->nh", error, w)
    for l, kept in reversed(list(enumerate(history))):
        d = d * (1 - kept["leave"] ** 2)
        normed = kept["centered"] / kept["spread"]
        grads["beta"][l] = np.einsum("nh->h", d)
        grads["gamma"][l] = np.einsum("nh,nh->h", d, normed)
        d *= gamma[l] / kept["spread"]
        d -= d.mean(axis=0) + normed * (d * normed).mean(axis=0)
        grads["W"][l] = np.einsum("ni,nh->ih", kept["enter"], d)
        d = np.einsum("nh,ih->ni", d, W[l])
    return grads


def backprop(W, gamma, beta, w, cells, honey):
    L, n = len(W), len(cells)
    acts, caches = [cells], []
    for l in range(L):
        s = acts[l] @ W[l]
        mu = 1.0 / n * np.sum(s, axis=0)
        smu = s - mu
        var = 1.0 / n * np.sum(smu**2, axis=0)
        sqrtvar = np.sqrt(var + EPS)
        ivar = 1.0 / sqrtvar
        shat = smu * ivar
        acts.append(np.tanh(gamma[l] * shat + beta[l]))
        caches.append((smu, var, sqrtvar, ivar, shat))
    diff = acts[L] @ w - honey
    dW, dgamma, dbeta = np.zeros(W.shape), np.zeros(gamma.shape), np.zeros(beta.shape)
    dw = acts[L].T @ diff
    da = np.outer(diff, w)
    for l in range(L - 1, -1, -1):
        smu, var, sqrtvar, ivar, shat = caches[l]
        dout = da * (1 - acts[l + 1] ** 2)
        # scale and shift
        dbeta[l] = np.sum(dout, axis=0)
        dgamma[l] = np.sum(dout * shat, axis=0)
        dshat = dout * gamma[l - 1]
        # the deviation
        divar = np.sum(dshat * smu, axis=0)
        dsqrtvar = -divar / sqrtvar**2
        dvar = 0.5 * dsqrtvar / np.sqrt(var + EPS)
        # what was centered
        dsmu = dshat * ivar + 2 * smu * dvar / n
        ds = dsmu - np.sum(dsmu, axis=0) / n
        dW[l] = acts[l].T @ ds
        da = ds @ W[l].T
    return dW, dgamma, dbeta, dw
