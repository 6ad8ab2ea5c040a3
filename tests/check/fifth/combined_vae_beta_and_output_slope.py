"""Combined vae beta and output slope.

expected kind: missing-factor + repeated-factor or missing-factor
wrong line: 59 and 62
correction 59: dlogits = sigmoid(cache["logits"]) - x
correction 62: dmu = dz + BETA * cache["mu"]
what: The weight of the divergence is missing at the means, and the logits of a cross entropy pass the slope of the
    sigmoid
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["We", "Wmu", "Wlv", "Wd"]
BETA = 4.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 5)), r.normal(size=(5, 2)) * 0.5, r.normal(size=(5, 2)) * 0.5, r.normal(size=(2, 4)),
        r.integers(0, 2, (6, 4)).astype(float), r.normal(size=(6, 2)),
    )


def loss(We, Wmu, Wlv, Wd, x, eps):
    h = np.tanh(x @ We)
    mu, lv = h @ Wmu, h @ Wlv
    logits = (mu + np.exp(0.5 * lv) * eps) @ Wd
    bce = np.sum(np.log(1 + np.exp(logits)) - x * logits)
    return bce + BETA * 0.5 * np.sum(mu**2 + np.exp(lv) - lv - 1)


def right(We, Wmu, Wlv, Wd, x, eps):
    h = np.tanh(x @ We)
    mu, s = h @ Wmu, np.exp(h @ Wlv / 2)
    z = mu + s * eps
    d = 1 / (1 + np.exp(-z @ Wd)) - x
    gz = d @ Wd.T
    gm, gl = gz + BETA * mu, gz * eps * s / 2 + BETA / 2 * (s * s - 1)
    return x.T @ ((gm @ Wmu.T + gl @ Wlv.T) * (1 - h * h)), h.T @ gm, h.T @ gl, z.T @ d


def sigmoid(x, derivative=False):
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s) if derivative else s


def backprop(We, Wmu, Wlv, Wd, x, eps):
    cache = {}
    cache["h"] = np.tanh(x @ We)
    cache["mu"] = cache["h"] @ Wmu
    cache["logvar"] = cache["h"] @ Wlv
    cache["std"] = np.exp(cache["logvar"] / 2)
    cache["z"] = cache["mu"] + cache["std"] * eps
    cache["logits"] = cache["z"] @ Wd
    grads = {}
    dlogits = (sigmoid(cache["logits"]) - x) * sigmoid(cache["logits"], True)
    grads["Wd"] = cache["z"].T @ dlogits
    dz = dlogits @ Wd.T
    dmu = dz + cache["mu"]
    dlogvar = dz * eps * 0.5 * cache["std"] + BETA * 0.5 * (np.exp(cache["logvar"]) - 1)
    grads["Wmu"] = cache["h"].T @ dmu
    grads["Wlv"] = cache["h"].T @ dlogvar
    dh = dmu @ Wmu.T + dlogvar @ Wlv.T
    grads["We"] = x.T @ (dh * (1 - cache["h"] ** 2))
    return grads
