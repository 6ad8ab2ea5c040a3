"""Asteroid divergence of the mean for all orbits at once.

expected kind: sum-for-mean or missing-factor
wrong line: 92
correction 92: d["mu"] = d["z"] + share * v["mu"]
what: The mean pays the whole divergence, not its share of the batch
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "M", "R", "D", "F", "rho"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, h, k, n = 4, 4, 2, 6
    E, M, R = 0.8 * r.normal(size=(d, h)), 0.7 * r.normal(size=(h, k)), 0.4 * r.normal(size=(h, k))
    D, F = r.normal(size=(k, h)), r.normal(size=(h, d))
    return E, M, R, D, F, 0.4 * r.normal(size=d), r.normal(size=(n, d)), r.normal(size=(n, k))


def loss(E, M, R, D, F, rho, orbit, xi):
    e = np.tanh(orbit @ E)
    mu, logstd = e @ M, e @ R
    z = mu + np.exp(logstd) * xi
    guess = np.tanh(z @ D) @ F
    likelihood = np.sum(0.5 * ((orbit - guess) / np.exp(rho)) ** 2 + rho)
    divergence = np.sum(0.5 * (mu**2 + np.exp(2 * logstd) - 1) - logstd)
    return (likelihood + divergence) / orbit.shape[0]


def right(E, M, R, D, F, rho, orbit, xi):
    # encoder
    e = np.tanh(orbit @ E)
    mu, logstd = e @ M, e @ R
    std = np.exp(logstd)
    # decoder
    z = mu + std * xi
    f = np.tanh(z @ D)
    guess = f @ F
    sigma = np.exp(rho)

    n = orbit.shape[0]
    t = (guess - orbit) / sigma
    drho = np.sum(1 - t**2, axis=0) / n
    dguess = t / sigma / n
    dF = f.T @ dguess
    df = dguess @ F.T
    dpre_f = df * (1 - f**2)
    dD = z.T @ dpre_f
    dz = dpre_f @ D.T

    def divergence_gradient():
        dmu_kl = mu / n
        dlogstd_kl = (std**2 - 1) / n
        return dmu_kl, dlogstd_kl

    dmu_kl, dlogstd_kl = divergence_gradient()
    dmu = dz + dmu_kl
    dlogstd = dz * std * xi + dlogstd_kl
    dM = e.T @ dmu
    dR = e.T @ dlogstd
    de = dmu @ M.T + dlogstd @ R.T
    dE = orbit.T @ (de * (1 - e**2))
    return dE, dM, dR, dD, dF, drho


def through(p, x, xi):
    """Values of the autoencoder by name."""
    v = {"x": x, "xi": xi, "e": np.tanh(np.einsum("nd,dh->nh", x, p["E"]))}
    v["mu"] = np.einsum("nh,hk->nk", v["e"], p["M"])
    v["std"] = np.exp(np.einsum("nh,hk->nk", v["e"], p["R"]))
    v["z"] = v["mu"] + v["std"] * xi
    v["f"] = np.tanh(np.einsum("nk,kh->nh", v["z"], p["D"]))
    v["off"] = np.einsum("nh,hd->nd", v["f"], p["F"]) - x
    return v


def backprop(E, M, R, D, F, rho, orbit, xi):
    p = {"E": E, "M": M, "R": R, "D": D, "F": F, "rho": rho}
    v = through(p, orbit, xi)
    share = 1.0 / len(orbit)
    precision = np.exp(-2 * rho)
    g, d = {}, {}
    g["rho"] = 1 - precision * np.mean(v["off"] ** 2, axis=0)
    d["off"] = share * precision * v["off"]
    d["f"] = np.einsum("nd,hd->nh", d["off"], F) * (1 - v["f"] ** 2)
    d["z"] = np.einsum("nh,kh->nk", d["f"], D)
    # the code: what reconstructs and what is prior
    d["mu"] = d["z"] + v["mu"]
    d["logstd"] = d["z"] * (v["z"] - v["mu"]) + share * (v["std"] ** 2 - 1)
    d["e"] = np.einsum("nk,hk->nh", d["mu"], M) + np.einsum("nk,hk->nh", d["logstd"], R)
    d["e"] *= 1 - v["e"] ** 2
    for name, left, right_ in (("E", "x", "e"), ("M", "e", "mu"), ("R", "e", "logstd"), ("D", "z", "f"), ("F", "f", "off")):
        g[name] = np.einsum("ni,nj->ij", v[left], d[right_])
    return g
