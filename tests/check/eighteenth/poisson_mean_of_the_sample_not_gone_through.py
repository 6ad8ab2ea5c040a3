"""Poisson mean of the sample not gone through.

expected kind: missing-term or detached
wrong line: 80 or 81 or 82
correction 80: d_mu = -np.sum(d_centred); d_centred += d_mu / n
correction 81: d_f = d_centred + d_mu / n
correction 82: d_w = self.X.T.dot(d_f + d_mu / n) + 2 * self.ridge * self.w
what: The way through the mean is worked out, and not added
source: https://github.com/pjreddie/darknet/issues/1723
said: the gradient of the mean lacks a part, which belongs to it by the paper
"""

import numpy as np

PARAMETERS = ["w", "gain", "shift"]
RIDGE = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), 0.5 * r.normal(size=1), r.normal(size=1), r.normal(size=8), np.array([0, 2, 1, 0, 3, 1, 0, 2])


def loss(w, gain, shift, x, counts):
    f = w[0] * x + w[1] * x**2 + w[2] * x**3
    mean = np.sum(f) / len(f)
    std = np.sqrt(np.sum((f - mean) ** 2) / len(f))
    eta = gain * (f - mean) / std + shift
    return np.mean(np.exp(eta) - counts * eta) + RIDGE * np.sum(w**2)


def polynomial(x, degree):
    return np.stack([x**p for p in range(1, degree + 1)], axis=1)


def standardise(f):
    mean, std = f.mean(), f.std()
    return (f - mean) / std, std


def standardise_backward(dz, z, std):
    n = len(z)
    dstd = -np.sum(dz * z) / std
    df = dz / std + dstd * z / n
    return df - np.mean(df)


def right(w, gain, shift, x, counts):
    features = polynomial(x, len(w))
    z, std = standardise(features @ w)
    rate = np.exp(gain * z + shift)
    deta = (rate - counts) / len(x)
    dgain = np.array([np.dot(deta, z)])
    dshift = np.array([np.sum(deta)])
    df = standardise_backward(gain * deta, z, std)
    dw = features.T @ df + 2 * RIDGE * w
    return dw, dgain, dshift


class PoissonRegression:
    def __init__(self, w, gain, shift, ridge):
        self.w, self.gain, self.shift, self.ridge = w, gain, shift, ridge

    def fit_statistics(self, x):
        self.X = np.vander(x, len(self.w) + 1, increasing=True)[:, 1:]
        self.f = self.X.dot(self.w)
        self.mu = np.mean(self.f)
        self.var = np.mean((self.f - self.mu) ** 2)

    def gradient(self, y):
        n = len(y)
        centred = self.f - self.mu
        eta = self.gain * centred * self.var**-0.5 + self.shift
        d_eta = (np.exp(eta) - y) / n
        d_gain = np.sum(d_eta * centred * self.var**-0.5)
        d_shift = np.sum(d_eta)
        d_centred = self.gain * d_eta * self.var**-0.5
        d_var = np.sum(self.gain * d_eta * centred) * -0.5 * self.var**-1.5
        d_centred += d_var * 2 * centred / n
        d_mu = -np.sum(d_centred)
        d_f = d_centred
        d_w = self.X.T.dot(d_f) + 2 * self.ridge * self.w
        return d_w, np.array([d_gain]), np.array([d_shift])


def backprop(w, gain, shift, x, counts):
    model = PoissonRegression(w, gain, shift, RIDGE)
    model.fit_statistics(x)
    return model.gradient(counts)
