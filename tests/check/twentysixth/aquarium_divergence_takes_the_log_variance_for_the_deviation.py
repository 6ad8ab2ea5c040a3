"""Aquarium divergence takes the log variance for the deviation.

expected kind: wrong-activation or another-loss
wrong line: 84
correction 84: dlv += 0.5 * (np.exp(self.lv) - 1) * share
what: The gradient of the divergence is that for a deviation, with the logarithm of the variance put in
source: https://github.com/deepchem/deepchem/pull/4888
said: the divergence squares the log-variance for the variance and so treats it as the deviation, which makes its gradients wrong
"""

import numpy as np

PARAMETERS = ["A", "a", "M", "S", "D", "d"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A, a, D, d = r.normal(size=(5, 4)), 0.5 * r.normal(size=4), r.normal(size=(2, 5)), 0.5 * r.normal(size=5)
    fish = (r.uniform(size=(6, 5)) < 0.5) * 1.0
    return A, a, 0.7 * r.normal(size=(4, 2)), 0.7 * r.normal(size=(4, 2)), D, d, fish, r.normal(size=(6, 2))


def loss(A, a, M, S, D, d, fish, noise):
    h = np.tanh(fish @ A + a)
    mu, logvar = h @ M, h @ S
    logits = (mu + np.exp(0.5 * logvar) * noise) @ D + d
    seen = np.sum(np.log(1 + np.exp(logits)) - fish * logits)
    divergence = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (seen + divergence) / fish.shape[0]


def encode(fish, A, a, M, S):
    h = np.tanh(fish.dot(A) + a)
    return h, h.dot(M), h.dot(S)


def divergence_backward(mu, logvar):
    return mu, 0.5 * (np.exp(logvar) - 1)


def right(A, a, M, S, D, d, fish, noise):
    n = fish.shape[0]
    h, mu, logvar = encode(fish, A, a, M, S)
    std = np.exp(logvar / 2)
    z = mu + std * noise
    logits = z.dot(D) + d
    # decoder
    dlogits = 1 / (1 + np.exp(-logits)) - fish
    dD = z.T.dot(dlogits) / n
    dd = dlogits.sum(axis=0) / n
    dz = dlogits.dot(D.T)
    # code
    kl_mu, kl_logvar = divergence_backward(mu, logvar)
    dmu = (dz + kl_mu) / n
    dlogvar = (dz * noise * std / 2 + kl_logvar) / n
    # encoder
    dM, dS = h.T.dot(dmu), h.T.dot(dlogvar)
    dh = dmu.dot(M.T) + dlogvar.dot(S.T)
    dpre = dh * (1 - h**2)
    return fish.T.dot(dpre), dpre.sum(axis=0), dM, dS, dD, dd


class Tank:
    """An autoencoder of one fish at a time."""

    def __init__(self, **weights):
        self.p = weights
        self.g = {name: np.zeros(w.shape) for name, w in weights.items()}

    def look(self, x, noise):
        self.x, self.noise = x, noise
        self.h = np.tanh(x @ self.p["A"] + self.p["a"])
        self.mu, self.lv = self.h @ self.p["M"], self.h @ self.p["S"]
        self.z = self.mu + np.sqrt(np.exp(self.lv)) * noise
        self.seen = 1 / (1 + np.exp(-(self.z @ self.p["D"] + self.p["d"])))

    def learn(self, share):
        wrong = (self.seen - self.x) * share
        self.g["D"] += np.outer(self.z, wrong)
        self.g["d"] += wrong
        back = self.p["D"] @ wrong
        dmu = back + self.mu * share
        dlv = 0.5 * back * self.noise * np.sqrt(np.exp(self.lv))
        dlv += (self.lv - 1 / self.lv) * share
        self.g["M"] += np.outer(self.h, dmu)
        self.g["S"] += np.outer(self.h, dlv)
        dh = (self.p["M"] @ dmu + self.p["S"] @ dlv) * (1 - self.h * self.h)
        self.g["A"] += np.outer(self.x, dh)
        self.g["a"] += dh


def backprop(A, a, M, S, D, d, fish, noise):
    tank = Tank(A=A, a=a, M=M, S=S, D=D, d=d)
    for x, eps in zip(fish, noise):
        tank.look(x, eps)
        tank.learn(1 / len(fish))
    return tank.g
