"""Reef log variance goes without the noise.

expected kind: missing-factor
wrong line: 95
correction 95: dlogvar = dz * eps * 0.5 * std
what: The noise that multiplies the deviation is not in the gradient of the log variance
source: https://github.com/ooples/AiDotNet/pull/998
said: a review: the gradient of the log variance by reparametrisation lacks the sample of the noise which the forward pass had used
"""

import numpy as np

PARAMETERS = ["A", "a", "M", "m", "S", "s", "B", "b", "C", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, h, k, n = 5, 4, 2, 6
    enc = r.normal(size=(d, h)), 0.4 * r.normal(size=h)
    code = [part for _ in range(2) for part in (0.8 * r.normal(size=(h, k)), 0.4 * r.normal(size=k))]
    dec = r.normal(size=(k, h)), 0.4 * r.normal(size=h), r.normal(size=(h, d)), 0.4 * r.normal(size=d)
    return *enc, *code, *dec, (r.uniform(size=(n, d)) < 0.5) * 1.0, r.normal(size=(n, k))


def loss(A, a, M, m, S, s, B, b, C, c, polyps, eps):
    e = np.tanh(polyps @ A + a)
    mu, logvar = e @ M + m, e @ S + s
    q = np.tanh((mu + np.exp(logvar / 2) * eps) @ B + b)
    logits = q @ C + c
    bernoulli = np.sum(np.log(1 + np.exp(logits)) - polyps * logits)
    kl = 0.5 * np.sum(mu**2 + np.exp(logvar) - 1 - logvar)
    return (bernoulli + kl) / polyps.shape[0]


class Reef:
    """Looks at one polyp at a time, gradients are summed up."""

    def __init__(self, weights):
        self.__dict__.update(weights)
        self.grads = {key: np.zeros(np.shape(value)) for key, value in weights.items()}

    def encode(self, x):
        e = np.tanh(x.dot(self.A) + self.a)
        return e, e.dot(self.M) + self.m, e.dot(self.S) + self.s

    def decode(self, z):
        q = np.tanh(z.dot(self.B) + self.b)
        return q, 1 / (1 + np.exp(-(q.dot(self.C) + self.c)))

    def collect(self, weight, bias, x, delta):
        self.grads[weight] += np.outer(x, delta)
        self.grads[bias] += delta
        return getattr(self, weight).dot(delta)

    def step(self, x, noise):
        e, mu, logvar = self.encode(x)
        variance = np.exp(logvar)
        z = mu + np.sqrt(variance) * noise
        q, p = self.decode(z)
        back = self.collect("C", "c", q, p - x)
        back = self.collect("B", "b", z, back * (1 - q * q))
        dmu = back + mu
        dstd = back * noise
        dlogvar = dstd * 0.5 * np.sqrt(variance) + 0.5 * (variance - 1)
        back = self.collect("M", "m", e, dmu) + self.collect("S", "s", e, dlogvar)
        self.collect("A", "a", x, back * (1 - e * e))


def right(A, a, M, m, S, s, B, b, C, c, polyps, eps):
    reef = Reef(dict(A=A, a=a, M=M, m=m, S=S, s=s, B=B, b=b, C=C, c=c))
    for x, noise in zip(polyps, eps):
        reef.step(x, noise)
    return {key: g / len(polyps) for key, g in reef.grads.items()}


def affine_back(dout, x, W):
    """Gradients of an affine layer: input, weights, bias."""
    return dout @ W.T, x.T @ dout, np.sum(dout, axis=0)


def backprop(A, a, M, m, S, s, B, b, C, c, polyps, eps):
    n = len(polyps)
    e = np.tanh(polyps @ A + a)
    mu, logvar = e @ M + m, e @ S + s
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    q = np.tanh(z @ B + b)
    seen = 1 / (1 + np.exp(-(q @ C + c)))

    # reconstruction
    dq, dC, dc = affine_back((seen - polyps) / n, q, C)
    dz, dB, db = affine_back(dq * (1 - q**2), z, B)
    # sampling
    dmu = dz
    dlogvar = dz * 0.5 * std
    # prior
    dmu = dmu + mu / n
    dlogvar = dlogvar + 0.5 * (std**2 - 1) / n
    de_mu, dM, dm = affine_back(dmu, e, M)
    de_logvar, dS, ds = affine_back(dlogvar, e, S)
    _, dA, da = affine_back((de_mu + de_logvar) * (1 - e**2), polyps, A)
    return dA, da, dM, dm, dS, ds, dB, db, dC, dc
