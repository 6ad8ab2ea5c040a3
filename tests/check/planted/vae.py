"""Variational autoencoder with one hidden layer on each side, Bernoulli decoder, ELBO with beta."""
import numpy as np

PARAMETERS = ["We", "be", "Wm", "bm", "Wv", "bv", "Wd", "bd", "Wo", "bo"]
BETA = 0.7


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, size=(4, 6))
    eps = rng.normal(size=(4, 2))
    shapes = [(6, 5), 5, (5, 2), 2, (5, 2), 2, (2, 3), 3, (3, 6), 6]
    return x, eps, *[0.7 * rng.normal(size=s) for s in shapes]


def loss(x, eps, We, be, Wm, bm, Wv, bv, Wd, bd, Wo, bo):
    h = np.maximum(x @ We + be, 0)
    mu = h @ Wm + bm
    logvar = h @ Wv + bv
    z = mu + np.exp(0.5 * logvar) * eps
    d = np.tanh(z @ Wd + bd)
    p = 1 / (1 + np.exp(-(d @ Wo + bo)))
    bce = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p))
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (bce + BETA * kl) / x.shape[0]


def encode(x, P):
    a = x @ P["We"] + P["be"]
    h = a * (a > 0)
    return a, h, h @ P["Wm"] + P["bm"], h @ P["Wv"] + P["bv"]


def decode(z, P):
    d = np.tanh(z @ P["Wd"] + P["bd"])
    return d, 1 / (1 + np.exp(-d @ P["Wo"] - P["bo"]))


def backprop(x, eps, *params):
    P = dict(zip(PARAMETERS, params))
    N = len(x)
    a, h, mu, logvar = encode(x, P)
    sigma = np.exp(logvar / 2)
    z = mu + sigma * eps
    d, p = decode(z, P)
    G = {}

    # reconstruction
    dlogit = (p - x) / N
    G["Wo"] = d.T @ dlogit
    G["bo"] = dlogit.sum(axis=0)
    dd = dlogit @ P["Wo"].T
    dpre = dd * (1 - d**2)
    G["Wd"] = z.T @ dpre
    G["bd"] = dpre.sum(axis=0)
    dz = dpre @ P["Wd"].T

    # reparametrisation
    dmu = dz.copy()
    dlogvar = dz * eps * 0.5 * sigma

    # KL
    dmu += BETA * mu / N
    dlogvar += BETA * 0.5 * (np.exp(logvar) - 1) / N

    # encoder
    G["Wm"], G["bm"] = h.T @ dmu, dmu.sum(axis=0)
    G["Wv"], G["bv"] = h.T @ dlogvar, dlogvar.sum(axis=0)
    dh = dmu @ P["Wm"].T
    dh += dlogvar @ P["Wv"].T
    dh[a <= 0] = 0
    G["We"], G["be"] = x.T @ dh, dh.sum(axis=0)
    return G


MISTAKES = [
    ("dlogvar = dz * eps * 0.5 * sigma", "dlogvar = dz * eps * sigma", "missing-factor or scale", "the half of exp(logvar / 2) forgotten"),
    ("dlogvar = dz * eps * 0.5 * sigma", "dlogvar = dz * eps * 0.5", "missing-factor", "sigma itself forgotten: derivative of exp"),
    ("dlogvar = dz * eps * 0.5 * sigma", "dlogvar = dz * 0.5 * sigma", "missing-factor", "the noise forgotten"),
    ("    dmu += BETA * mu / N\n", "    dmu += mu / N\n", "missing-factor or scale", "beta forgotten for the mean's KL"),
    ("    dlogvar += BETA * 0.5 * (np.exp(logvar) - 1) / N\n", "    dlogvar += BETA * 0.5 * (1 - np.exp(logvar)) / N\n", "sign", "sign of the KL's gradient for the variance"),
    ("(np.exp(logvar) - 1) / N", "(sigma - 1) / N", "wrong-point", "standard deviation for variance in the KL"),
    ("    dmu += BETA * mu / N\n    dlogvar += BETA * 0.5 * (np.exp(logvar) - 1) / N\n", "    dmu += BETA * mu\n    dlogvar += BETA * 0.5 * (np.exp(logvar) - 1)\n", "sum-for-mean or missing-factor", "KL not averaged over the batch"),
    ("    dh += dlogvar @ P[\"Wv\"].T\n", "    dh = dlogvar @ P[\"Wv\"].T\n", "missing-term", "overwrites what came from the mean"),
    ("    dh[a <= 0] = 0\n", "    dh[dh <= 0] = 0\n", "wrong-mask", "ReLU's mask by the gradient"),
    ("    dlogvar += BETA * 0.5 * (np.exp(logvar) - 1) / N\n", "    dlogvar = BETA * 0.5 * (np.exp(logvar) - 1) / N\n", "missing-term", "the variance has no gradient by the sample"),
    ("dpre = dd * (1 - d**2)", "dpre = dd * d * (1 - d)", "wrong-activation", "sigmoid's derivative for tanh's"),
    ("dlogit = (p - x) / N", "dlogit = (p - x) * p * (1 - p) / N", "repeated-factor or another-loss", "sigmoid's derivative again although it has cancelled"),
    ("    G[\"Wd\"] = z.T @ dpre\n", "    G[\"Wd\"] = mu.T @ dpre\n", "wrong-point or stale-value", "the mean as the decoder's input"),
    ("    dmu = dz.copy()\n    dlogvar = dz * eps * 0.5 * sigma\n\n    # KL\n    dmu += BETA * mu / N\n", "    dmu = dz\n    dmu += BETA * mu / N\n    dlogvar = dz * eps * 0.5 * sigma\n\n    # KL\n", "repeated-term or wrong-point", "dmu is dz: the KL's term is added to it before the variance's gradient is taken"),
]
